/**
 * How records may spell a place or an industry of a table, as registers do: codes with more digits, full-width digits, the letter of a
 * section before the code, names. A profile says which spellings it takes; each is read where there is one thing that it can mean.
 */
import { z } from 'zod'
import type { CodeTree } from './tree.ts'
import { unknownCode, unknownIndex } from './tree.ts'

export const Spellings = z.strictObject({
  /** Letters and digits of full width for those of ASCII, small letters for capitals, spaces around. */
  fullWidth: z.boolean().default(false),
  /** Codes of so many digits (`from`) are cut to so many (`to`): 440106012 and 440106000000 are 440106. */
  cut: z.strictObject({ from: z.array(z.int().min(2)).min(1), to: z.int().min(1) }).optional(),
  /** The letters of a node above before the code: F5211 is 5211. */
  prefixed: z.boolean().default(false),
  /** Digits cut off the end until the table has the code: 5139 is 513. */
  trimmed: z.boolean().default(false),
  /** Names, alone where one node has them, or after names of nodes above; these words in them say nothing. */
  names: z.strictObject({ without: z.array(z.string().min(1)).default([]) }).optional(),
})
export type Spellings = z.infer<typeof Spellings>

/** What a text spells: the index of a node, or UNKNOWN's. */
export type Speller = (text: string) => number

export function speller(tree: CodeTree, spellings: Spellings | undefined): Speller {
  if (spellings === undefined) return tree.find
  const { fullWidth, cut, prefixed, trimmed, names } = spellings
  let byName: Speller | undefined

  return (text) => {
    const known = tree.find(text)
    if (known !== unknownIndex || text === unknownCode) return known
    const plain = fullWidth ? text.normalize('NFKC').trim().toUpperCase() : text
    if (plain === '') return unknownIndex
    const code = cut?.from.includes(plain.length) && /^\d+$/.test(plain) ? plain.slice(0, cut.to) : plain
    const found = tree.find(code)
    if (found !== unknownIndex) return found
    const behind = prefixed ? afterPrefix(code) : undefined
    const own = behind === undefined ? deepest(code) : deepest(behind.rest)
    if (own !== unknownIndex && (behind === undefined || isAbove(behind.prefix, own))) return own
    if (names === undefined) return unknownIndex
    byName ??= nameReader(tree, names.without)
    return byName(text)
  }

  /** The code itself, or what is left of it when digits are cut off its end. */
  function deepest(code: string): number {
    for (let length = code.length; length > 0; length--) {
      const found = tree.find(code.slice(0, length))
      if (found !== unknownIndex || !trimmed || !/^\d+$/.test(code)) return found
    }
    return unknownIndex
  }

  function isAbove(code: string, index: number): boolean {
    const above = tree.find(code)
    return above !== unknownIndex && tree.pathOf(index).includes(above)
  }
}

/** `F5211`, `F-5211`: the letters, and what stands behind them. */
function afterPrefix(code: string): { prefix: string; rest: string } | undefined {
  const [, prefix, rest] = /^([A-Z]+)[ .-]?(\d+)$/.exec(code) ?? []
  return prefix === undefined ? undefined : { prefix, rest }
}

/**
 * Reads names of all languages: of a node alone, and after names of nodes above it, some or all. A name that several nodes have
 * means the outermost where one holds the others, and else nothing. Former names are read where no node has the name today.
 */
function nameReader(tree: CodeTree, without: readonly string[]): Speller {
  const fillers = without.map(plainName)
  const plain = (name: string): string => fillers.reduce((text, filler) => text.replaceAll(filler, ''), plainName(name))
  const isNamed = (code: string): boolean => code !== '' && code !== unknownCode && !code.endsWith(`/${unknownCode}`)
  const today = named(
    tree.nodes.filter(({ code }) => isNamed(code)).map(({ index, names }) => ({ node: index, names })),
  )
  const former = named(tree.others)
  return (text) => today.get(plain(text)) ?? former.get(plain(text)) ?? unknownIndex

  function named(list: readonly Pick<CodeTree['others'][number], 'node' | 'names'>[]): ReadonlyMap<string, number> {
    const byName = new Map<string, number>()
    for (const { node, names } of list) {
      const above = tree.pathOf(node).slice(list === tree.others ? 0 : 1, -1)
      for (const [language, name] of Object.entries(names)) {
        if (plain(name) === '') continue
        const outer = above.map((at) => plain(tree.nodes[at].names[language] ?? '')).reverse()
        for (let chosen = 0; chosen < 2 ** outer.length; chosen++)
          add(byName, outer.filter((_, at) => (chosen >> at) & 1).join('') + plain(name), node)
      }
    }
    return byName
  }

  function add(byName: Map<string, number>, name: string, node: number): void {
    const held = byName.get(name)
    if (held === undefined || tree.pathOf(held).includes(node)) byName.set(name, node)
    else if (!tree.pathOf(node).includes(held)) byName.set(name, unknownIndex)
  }
}

/** Spaces and marks between names do not count. */
function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]/gu, '')
}
