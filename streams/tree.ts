/**
 * A code tree: regions or industries. Node 0 is the root ('', the whole country or all industries), node 1 is UNKNOWN, its child.
 * Codes of any level may be used in records. Cells are counted at the leaves of a cut of the tree (`cutAt`): the deepest level
 * that is judged. Every inner node above the cut has a child `<code>/UNKNOWN`, for records that say no more than the inner code,
 * so that a parent's count is always the sum of its children's. A code that is retired, or that means no more than a node, is none
 * itself: it is another name of the node at which its records count.
 */
export type CodeRow = {
  code: string
  parent: string
  names: Readonly<Record<string, string>>
  centre?: Centre | undefined
  /** The code of the node at which records with this code count. */
  countsAt?: string | undefined
}

/** Where the middle of a region lies, in degrees: -90 to 90 north, -180 to 180 east. */
export type Centre = { lat: number; lon: number }

export type TreeNode = {
  readonly index: number
  readonly code: string
  /** Index of the parent; the root is its own parent. */
  readonly parent: number
  /** Root 0, then 1 .. number of levels. */
  readonly depth: number
  readonly names: Readonly<Record<string, string>>
  readonly centre?: Centre | undefined
}

export const rootIndex = 0
export const unknownIndex = 1
export const unknownCode = 'UNKNOWN'

export type CodeTree = {
  readonly nodes: readonly TreeNode[]
  /** Level names, outermost first: `['province', 'prefecture', 'county']`. */
  readonly levels: readonly string[]
  /** The index of every code, of those too that count at another. */
  readonly codes: ReadonlyMap<string, number>
  /** Codes that are no nodes, with the node at which each counts. */
  readonly others: readonly { code: string; node: number; names: Readonly<Record<string, string>> }[]
  /** Index of a code, or UNKNOWN's. */
  find(code: string): number
  has(code: string): boolean
  /** Index of the node that a record names, in one of the spellings that the profile takes, or UNKNOWN's. */
  read(text: string): number
  /** The leaf of the cut at which a record with this node counts. */
  readonly leafOf: Uint16Array
  /** For a leaf of the cut: itself and its ancestors, the root last. Judged nodes are among them. */
  pathOf(leaf: number): readonly number[]
  /** Depth of the cut. */
  readonly cutDepth: number
  /** The same codes, cut at another level. Nodes that both have may have other indices. @throws Error for a level that there is not. */
  cutAt(level: string): CodeTree
}

/** @throws Error naming the row, for an unknown parent or node to count at, a code used twice, a cycle or a tree deeper than its levels. */
export function codeTree(
  rows: readonly CodeRow[],
  levels: readonly string[],
  cutLevel: string,
  rootNames: Readonly<Record<string, string>>,
): CodeTree {
  const cutDepth = levels.indexOf(cutLevel) + 1
  if (cutDepth === 0) throw new Error(`level ${cutLevel} is none of ${levels.join(', ')}`)
  const nodes: TreeNode[] = [
    { index: rootIndex, code: '', parent: rootIndex, depth: 0, names: rootNames },
    { index: unknownIndex, code: unknownCode, parent: rootIndex, depth: 1, names: { en: 'Unknown', zh: '未知' } },
  ]
  const indexOf = new Map<string, number>([
    ['', rootIndex],
    [unknownCode, unknownIndex],
  ])
  const add = (code: string, parent: number, { names, centre }: Pick<CodeRow, 'names' | 'centre'>): void => {
    if (indexOf.has(code)) throw new Error(`code ${code} stands twice`)
    const depth = nodes[parent].depth + 1
    if (depth > levels.length) throw new Error(`code ${code} is deeper than the levels ${levels.join(', ')}`)
    indexOf.set(code, nodes.length)
    nodes.push({ index: nodes.length, code, parent, depth, names, centre })
  }
  for (const [line, row] of rows.entries()) {
    if (row.countsAt !== undefined) continue
    const parent = indexOf.get(row.parent)
    if (parent === undefined) throw new Error(`row ${line + 1}: parent ${row.parent} of ${row.code} is not above it`)
    add(row.code, parent, row)
  }
  const hasChild = new Set(nodes.slice(2).map((node) => node.parent))
  for (const node of [...nodes]) {
    if (node.index > unknownIndex && node.depth < cutDepth && hasChild.has(node.index)) {
      add(`${node.code}/${unknownCode}`, node.index, { names: unknownNames(node) })
    }
  }
  const codes = new Map(indexOf)
  const others: CodeTree['others'][number][] = []
  for (const [line, { code, parent, names, countsAt }] of rows.entries()) {
    if (countsAt === undefined) continue
    if (parent !== '') throw new Error(`row ${line + 1}: ${code} counts at ${countsAt}, and has a parent`)
    const node = countsAt === '' ? undefined : indexOf.get(countsAt)
    if (node === undefined)
      throw new Error(`row ${line + 1}: ${code} counts at ${countsAt}, which is no node of the tree`)
    if (codes.has(code)) throw new Error(`code ${code} stands twice`)
    codes.set(code, node)
    others.push({ code, node, names })
  }
  const leafOf = Uint16Array.from(nodes, (node) => leafOfNode(node))
  const find = (code: string): number => codes.get(code) ?? unknownIndex
  const paths = new Map<number, readonly number[]>()
  return {
    nodes,
    levels,
    cutDepth,
    cutAt: (level) => codeTree(rows, levels, level, rootNames),
    leafOf,
    codes,
    others,
    has: (code) => codes.has(code),
    find,
    read: find,
    pathOf: (leaf) => {
      const known = paths.get(leaf)
      if (known) return known
      if (nodes[leaf] === undefined) throw new Error(`the tree has no node ${leaf}`)
      const path = [leaf]
      for (let at = leaf; at !== rootIndex; at = nodes[at].parent) path.push(nodes[at].parent)
      paths.set(leaf, path)
      return path
    },
  }

  function leafOfNode(node: TreeNode): number {
    if (node.index === rootIndex) return unknownIndex
    const { code, index } = atDepth(nodes, node, cutDepth)
    return indexOf.get(`${code}/${unknownCode}`) ?? index
  }
}

/** A node, or the one above it at a depth. */
export function atDepth(nodes: readonly TreeNode[], node: TreeNode, depth: number): TreeNode {
  let at = node
  while (at.depth > depth) at = nodes[at.parent]
  return at
}

/** Which nodes lie below this one, itself included: 1 or 0 by node. */
export function nodesUnder({ nodes, pathOf }: CodeTree, top: number): Uint8Array {
  return Uint8Array.from(nodes, ({ index }) => (pathOf(index).includes(top) ? 1 : 0))
}

function unknownNames(node: TreeNode): Record<string, string> {
  return Object.fromEntries(
    Object.entries(node.names).map(([language, name]) => [
      language,
      language === 'zh' ? `${name}（未知）` : `${name} (unknown)`,
    ]),
  )
}

/** The code of the outermost node above a code; '' of the root. */
export function outermost(tree: CodeTree, code: string): string {
  let at = tree.find(code)
  while (at !== rootIndex && tree.nodes[at].parent !== rootIndex) at = tree.nodes[at].parent
  return tree.nodes[at].code
}
