/** Both languages are whole: the same keys and gaps, no words of the other one, and no word that stands in a component. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { en } from '../../src/dashboard/words/en.ts'
import { fill } from '../../src/dashboard/words/fill.ts'
import { zh } from '../../src/dashboard/words/zh.ts'

const source = path.resolve(import.meta.dirname, '../../src/dashboard')
const keys = Object.keys(zh).sort()
const chinese: Readonly<Record<string, string>> = zh
const english: Readonly<Record<string, string>> = en
const han = /\p{Script=Han}/u
/** Names of things that have no other: of the program and its command, of a measure, of the other language, of keys. */
const latinAllowed = /\b(?:Forewarn|forewarn run|forewarn|PSI|EN|A4)\b|\[ \]/g
const gap = /\{\w+(?:#[^}]*)?\}/g

const gapsIn = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name = '']) => name))].sort()

test('the dictionaries have the same keys', () => {
  expect(Object.keys(en).sort()).toEqual(keys)
})

test('each has the same gaps in both, and is in its language', () => {
  for (const key of keys) {
    const [one = '', other = ''] = [chinese[key], english[key]]
    expect(gapsIn(other), key).toEqual(gapsIn(one))
    expect(one.replace(gap, '').replace(latinAllowed, ''), key).not.toMatch(/[A-Za-z]{2,}/)
    if (key !== 'frame.language') expect(other, key).not.toMatch(han)
  }
})

test('every key is used, and none is asked that there is not', () => {
  const all = globSync('**/*.{ts,tsx}', { cwd: source, exclude: ['words/**'] })
    .map((file) => readFileSync(path.join(source, file), 'utf8'))
    .join('\n')
  // Those that are put together, such as `level.${level}`, are known by how they begin.
  const beginnings = [...all.matchAll(/`(\w+\.)\$\{/g)].map(([, begin = '']) => begin)
  const unused = keys.filter(
    (key) =>
      !all.includes(`'${key}'`) && !all.includes(`"${key}"`) && !beginnings.some((begin) => key.startsWith(begin)),
  )
  expect(unused).toEqual([])
})

test('no component has words of its own', () => {
  const found = globSync('**/*.tsx', { cwd: source }).flatMap((file) => {
    const tree = ts.createSourceFile(
      file,
      readFileSync(path.join(source, file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
      ts.ScriptKind.TSX,
    )
    return bareWords(tree).map((text) => `${file}: ${text}`)
  })
  expect(found).toEqual([])
})

const spoken = new Set(['title', 'aria-label', 'placeholder', 'alt', 'aria-valuetext'])
const isWord = (text: string): boolean => /\p{L}{2,}/u.test(text.replace('Forewarn', ''))

/** Texts between tags, and attributes that are read out. */
function bareWords(node: ts.Node): string[] {
  const own =
    ts.isJsxText(node) ||
    (ts.isJsxAttribute(node) &&
      spoken.has(node.name.getText()) &&
      node.initializer !== undefined &&
      ts.isStringLiteral(node.initializer))
      ? [node.getText()].filter(isWord)
      : []
  const below: string[] = []
  ts.forEachChild(node, (child) => void below.push(...bareWords(child)))
  return [...own, ...below]
}

test('a gap takes a number, and a word after it is one thing for one', () => {
  const one = { count: 1, text: '1' }
  expect(fill('{n} {n#warning|warnings} of {what}', { n: one, what: 'x' })).toBe('1 warning of x')
  expect(fill('{n} {n#warning|warnings}', { n: { count: 2, text: '2' } })).toBe('2 warnings')
  expect(fill('{missing}', {})).toBe('{missing}')
})
