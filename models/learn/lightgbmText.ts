/** The outer form of LightGBM's text model: lines `key=value` of the head and of each tree, and what follows the trees. */

/** Lines `key=value` up to the next section; a line without `=` has an empty value. */
export class Fields {
  readonly #values = new Map<string, string>()
  constructor(lines: readonly string[]) {
    for (const line of lines) {
      const at = line.indexOf('=')
      this.#values.set(at < 0 ? line : line.slice(0, at), at < 0 ? '' : line.slice(at + 1))
    }
  }

  has(key: string): boolean {
    return this.#values.has(key)
  }

  /** @throws Error when the line is missing. */
  text(key: string): string {
    const value = this.#values.get(key)
    if (value === undefined) throw new Error(`the line ${key}= is missing; save the model again with LightGBM 3 or 4`)
    return value
  }

  words(key: string): string[] {
    return this.text(key).split(' ').filter(Boolean)
  }

  /** @throws Error when there are not `count` of them, or one is no finite number and has no meaning in `named`. */
  numbers(key: string, count: number, named: ReadonlyMap<string, number> = new Map()): number[] {
    const words = this.words(key)
    if (words.length !== count)
      throw new Error(`${key}: ${words.length} values instead of ${count}; the file is damaged, copy the whole file`)
    return words.map((word) => {
      const value = named.get(word) ?? Number(word)
      if (!Number.isFinite(value)) throw new Error(`${key}: ${word} is no finite number; train again`)
      return value
    })
  }

  number(key: string): number {
    return this.numbers(key, 1)[0]
  }
}

export type Sections = { head: Fields; trees: Fields[]; tail: string[] }

/** @throws Error when the text is no LightGBM model, or not a whole one. */
export function sectionsOf(text: string): Sections {
  const lines = text.split(/\r?\n/)
  if (lines[0] !== 'tree')
    throw new Error(
      'the file is no LightGBM text model: its first line is not "tree"; write one with Booster.save_model',
    )
  const starts = lines.flatMap((line, at) => (line.startsWith('Tree=') ? [at] : []))
  const end = lines.indexOf('end of trees')
  if (end < 0)
    throw new Error(`the file is cut short: no line "end of trees" after ${starts.length} trees; copy the whole file`)
  const head = new Fields(lines.slice(1, starts[0] ?? end))
  const sizes = head.words('tree_sizes').length
  if (starts.length !== sizes)
    throw new Error(`the file is not whole: ${starts.length} of ${sizes} trees; copy the whole file`)
  const tail = lines.slice(end)
  if (tail.includes('parameters:') && !tail.includes('end of parameters'))
    throw new Error('the file is cut short: no line "end of parameters"; copy the whole file')
  const trees = starts.map((start, at) => new Fields(lines.slice(start, starts[at + 1] ?? end)))
  return { head, trees, tail }
}
