/** What counted in a tick, and of whom: the facts of the open tick that rows hold at its close, in pages of columns. */
import { factHour, factSource, factTick, factType, freshBit, tombstoneBit } from '../../models/facts.ts'
import type { Contributions } from '../../streams/contributions.ts'
import type { Profile } from '../../streams/profile.ts'
import type { CellKeys } from '../cells.ts'
import type { Emit } from '../fold/task.ts'
import { jsonBytes } from '../json.ts'
import { contributionFactsMax } from '../limits.ts'
import type { CellContributions } from './cellContributions.ts'
import { inOrderOfId } from './rows/idOrder.ts'
import type { EnterpriseIds } from './rows/ids.ts'
import { type EnterpriseRows, rowsAhead } from './rows/rows.ts'
import { isScored } from './score/score.ts'

export type ContributionSource = {
  profile: Profile
  keys: CellKeys
  ids: EnterpriseIds
  rows: EnterpriseRows
  contributions: Pick<CellContributions, 'countedLeaf' | 'gradeAt'>
  /** Whether a model scores: else nobody has a band. */
  isScoring: boolean
}

export type ContributionHead = Pick<Contributions, 'task' | 'tick' | 'beat'>

/** Rows in order of id, page after page; nothing where no fact counted. `rows`: those that may hold facts of the tick. */
export function* writeContributions(
  source: ContributionSource,
  touched: readonly number[],
  head: ContributionHead,
  partition: number,
  emit: Emit,
): Iterable<void> {
  if (touched.length === 0) return
  const { ids, rows } = source
  const sorted = yield* inOrderOfId(ids, touched)
  const pages = [new Page(source, head)]
  for (let at = 0; at < sorted.length; at++) {
    if (at % rowsAhead === 0) rows.warm(sorted, at, Math.min(at + rowsAhead, sorted.length))
    const row = sorted[at]
    const { words, stride, offset, count } = rows.facts(row)
    for (let word = offset; word < offset + count * stride; word += stride) {
      if (factTick(words[word + 3]) !== head.tick || (words[word + 2] & tombstoneBit) !== 0) continue
      if (pages[pages.length - 1].length === contributionFactsMax) {
        pages.push(new Page(source, head))
        yield
      }
      pages[pages.length - 1].add(row, words, word)
    }
  }
  if (pages[0].length === 0) return
  for (const [page, columns] of pages.entries()) {
    const record = columns.record(page, pages.length)
    emit({ topic: 'contributions', partition, record: { key: head.task, value: jsonBytes(record) } })
    yield
  }
}

/** Texts of numbers, each once, in the order in which they came. */
class Dictionary {
  readonly values: string[] = []
  readonly #textOf: (number: number) => string
  readonly #index: number[] = []

  constructor(textOf: (number: number) => string) {
    this.#textOf = textOf
  }

  indexOf(number: number): number {
    const known = this.#index[number]
    if (known !== undefined) return known
    const index = this.values.push(this.#textOf(number)) - 1
    this.#index[number] = index
    return index
  }
}

class Page {
  readonly #source: ContributionSource
  readonly #head: ContributionHead
  readonly #enterprises: Contributions['enterprises'] = { ids: [], grades: [], bands: [] }
  readonly #cells: Contributions['cells'] = { regions: [], industries: [] }
  readonly #cellIndex = new Map<number, number>()
  readonly #types: Dictionary
  readonly #sources: Dictionary
  readonly #facts: Omit<Contributions['facts'], 'hashes'> = {
    enterprise: [],
    cell: [],
    type: [],
    source: [],
    fresh: [],
    hour: [],
  }
  readonly #hashes: number[] = []
  #last: number | undefined

  constructor(source: ContributionSource, head: ContributionHead) {
    const { types, sources } = source.profile
    this.#source = source
    this.#head = head
    this.#types = new Dictionary((type) => types[type].code)
    this.#sources = new Dictionary((one) => sources[one])
  }

  get length(): number {
    return this.#facts.enterprise.length
  }

  /** `at`: the first word of the fact. */
  add(row: number, words: Int32Array, at: number): void {
    const { contributions } = this.#source
    if (row !== this.#last) this.#addEnterprise(row)
    this.#hashes.push(words[at], words[at + 1])
    const facts = this.#facts
    facts.cell.push(this.#cellOf(contributions.countedLeaf(row, words, at, this.#head.tick)))
    facts.type.push(this.#types.indexOf(factType(words[at + 2])))
    facts.source.push(this.#sources.indexOf(factSource(words[at + 3])))
    facts.fresh.push((words[at + 3] & freshBit) === 0 ? 0 : 1)
    facts.hour.push(factHour(words[at + 2]))
    facts.enterprise.push(this.#enterprises.ids.length - 1)
  }

  record(page: number, pages: number): Contributions {
    const words = this.#hashes
    const hashes = Buffer.alloc(4 * words.length)
    for (let at = 0; at < words.length; at++) hashes.writeInt32BE(words[at], 4 * at)
    return {
      ...this.#head,
      tickLabel: this.#source.profile.calendar.label(this.#head.tick),
      ...{ page, pages, enterprises: this.#enterprises, cells: this.#cells },
      types: this.#types.values,
      sources: this.#sources.values,
      facts: { ...this.#facts, hashes: hashes.toString('base64') },
    }
  }

  #addEnterprise(row: number): void {
    const { profile, ids, rows, contributions, isScoring } = this.#source
    this.#last = row
    this.#enterprises.ids.push(ids.idOf(row))
    this.#enterprises.grades.push(profile.grades[contributions.gradeAt(row, this.#head.tick)])
    this.#enterprises.bands.push(isScoring && isScored(rows, row) ? profile.file.bands[rows.band(row)].code : '')
  }

  #cellOf(cell: number): number {
    const known = this.#cellIndex.get(cell)
    if (known !== undefined) return known
    const { profile, keys } = this.#source
    this.#cells.regions.push(profile.regions.nodes[keys.region(cell)].code)
    const index = this.#cells.industries.push(profile.industries.nodes[keys.industry(cell)].code) - 1
    this.#cellIndex.set(cell, index)
    return index
  }
}
