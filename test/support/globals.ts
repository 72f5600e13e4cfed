/** What a module takes from nowhere: the names that it uses and neither declares nor imports, and the modules that it imports. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

export type Taken = {
  /** `Map`, `Math.max`, `new Date(1)`: a global with the member taken of it, as it stands. */
  globals: string[]
  /** Names of methods and properties that are read of anything. */
  members: string[]
  /** Modules imported for their values; types leave no trace. */
  imports: { from: string; names: string[] }[]
}

export function takenBy(file: string): Taken {
  return takenIn(file, readFileSync(file, 'utf8'))
}

export function takenIn(file: string, text: string): Taken {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const declared = new Set<string>()
  const taken: Taken = { globals: [], members: [], imports: [] }
  visitAll(source, (node) => {
    if (isDeclaration(node) && node.name !== undefined && ts.isIdentifier(node.name)) declared.add(node.name.text)
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const names = valuesOf(node)
      if (names !== undefined) taken.imports.push({ from: node.moduleSpecifier.text, names })
    }
  })
  visitAll(source, (node) => {
    if (ts.isPropertyAccessExpression(node)) taken.members.push(node.name.text)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      taken.globals.push('import()')
    if (ts.isIdentifier(node) && isUsed(node) && !declared.has(node.text)) taken.globals.push(asItStands(node))
  })
  return taken
}

/** The files given and all of ours that they import for their values. */
export function reachedFrom(files: readonly string[]): string[] {
  const reached = new Set<string>()
  const waiting = [...files]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    for (const { from } of takenBy(file).imports) if (from.startsWith('.')) waiting.push(join(dirname(file), from))
  }
  return [...reached].sort()
}

function visitAll(node: ts.Node, visit: (node: ts.Node) => void): void {
  const isType =
    ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeParameterDeclaration(node)
  if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) return
  if (isType || (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node))) return
  visit(node)
  node.forEachChild((child) => visitAll(child, visit))
}

type Declaration = ts.NamedDeclaration & { name?: ts.Node }

function isDeclaration(node: ts.Node): node is Declaration {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionLike(node) ||
    ts.isClassLike(node) ||
    ts.isImportClause(node) ||
    ts.isImportSpecifier(node) ||
    ts.isNamespaceImport(node)
  )
}

/** Values that an import brings; undefined where it brings types alone. */
function valuesOf({ importClause }: ts.ImportDeclaration): string[] | undefined {
  if (importClause === undefined) return []
  if (importClause.isTypeOnly) return undefined
  const { name, namedBindings } = importClause
  const whole = name === undefined ? [] : ['default']
  if (namedBindings === undefined) return whole
  if (ts.isNamespaceImport(namedBindings)) return ['*']
  const named = namedBindings.elements.filter((one) => !one.isTypeOnly)
  if (named.length === 0 && whole.length === 0) return undefined
  return [...whole, ...named.map((one) => (one.propertyName ?? one.name).text)]
}

/** An identifier that stands for a value, and not for the name of a property, a label or a declaration. */
function isUsed(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isQualifiedName(parent) || ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isImportClause(parent)) return false
  if (ts.isBindingElement(parent)) return parent.initializer === node
  if (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) return parent.initializer === node
  return !(ts.isMethodDeclaration(parent) || ts.isAccessor(parent) || ts.isMetaProperty(parent))
}

function asItStands(node: ts.Identifier): string {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return `${node.text}.${parent.name.text}`
  if (ts.isNewExpression(parent) && parent.expression === node)
    return `new ${node.text}(${parent.arguments?.length ?? 0})`
  return ts.isCallExpression(parent) && parent.expression === node ? `${node.text}()` : node.text
}
