/** State of an enterprise task as pages: a head with the model desk, then row by row its id, place, flags, score, grades and facts. All else derives from these. */

import { z } from 'zod'
import { gradeHour, gradeWords } from '../../models/facts.ts'
import { WordReader, WordWriter } from '../fold/pages.ts'
import type { ModelDesk } from '../registry/desk.ts'
import { SavedDesk } from '../registry/deskState.ts'
import type { EnterpriseIds } from './ids.ts'
import { type Neighbourhood, SavedNeighbourhood } from './neighbourhood.ts'
import { type EnterpriseRows, flag } from './rows.ts'
import type { TableFold } from './tables.ts'

export type EnterpriseState = {
  readonly ids: EnterpriseIds
  readonly rows: EnterpriseRows
  readonly clock: { openTick: number | undefined; tables: TableFold }
  /** The challenger's column, where there is one. */
  readonly shadow:
    | { hash: string; published(row: number): number; setPublished(row: number, p: number): void }
    | undefined
  readonly neighbourhood: Pick<Neighbourhood, 'looksAround' | 'save' | 'load'>
  readonly desk: ModelDesk
  /** Seats the models in force by it. */
  loadDesk(saved: SavedDesk): void
  setOpenTick(tick: number | undefined): void
}

const Head = z.object({
  openTick: z.int().nullable(),
  rows: z.int(),
  stride: z.int(),
  challenger: z.string().optional(),
  neighbourhood: SavedNeighbourhood.optional(),
  desk: SavedDesk,
})

export function* saveState({ ids, rows, clock, shadow, neighbourhood, desk }: EnterpriseState): Iterable<Uint8Array> {
  const out = new WordWriter()
  out.putJson({
    openTick: clock.openTick ?? null,
    rows: rows.count,
    stride: rows.stride,
    ...(shadow === undefined ? {} : { challenger: shadow.hash }),
    ...(neighbourhood.looksAround ? { neighbourhood: neighbourhood.save() } : {}),
    desk: desk.save(),
  } satisfies z.infer<typeof Head>)
  for (let row = 0; row < rows.count; row++) {
    out.putBytes(Buffer.from(ids.idOf(row), 'latin1'))
    out.put(rows.place(row))
    out.put(rows.flags(row))
    out.put(rows.probabilityBits(row))
    const grades = rows.grades(row)
    out.put(grades.count)
    for (let at = 0; at < grades.count * gradeWords; at++) out.put(grades.words[grades.offset + at])
    const facts = rows.facts(row)
    out.put(facts.count)
    for (let at = 0; at < facts.count * facts.stride; at++) out.put(facts.words[facts.offset + at])
    if (rows.has(row, flag.moved)) {
      const history = clock.tables.places.get(row) ?? []
      out.put(history.length)
      for (const { fromTick, place } of history) {
        out.put(fromTick)
        out.put(place)
      }
    }
    yield* out.takeFull()
  }
  if (shadow !== undefined) out.putDoubles(Float64Array.from({ length: rows.count }, (_, row) => shadow.published(row)))
  yield* out.finish()
}

const rowsASlice = 10_000 // some 30 ms

/** Yields between slices. @throws Error when the pages are not what `saveState` writes. */
export function* loadState(state: EnterpriseState, pages: Iterable<Uint8Array>): Iterable<void> {
  const { ids, rows, clock } = state
  const from = new WordReader(pages)
  const head = Head.parse(from.takeJson())
  if (head.stride !== rows.stride) throw new Error(`facts of ${head.stride} words in a checkpoint for ${rows.stride}`)
  state.loadDesk(head.desk)
  for (let row = 0; row < head.rows; row++) {
    if (row % rowsASlice === rowsASlice - 1) yield
    const id = Buffer.from(from.takeBytes()).toString('latin1')
    if (ids.findOrAdd(id) !== row) throw new Error('an enterprise stands twice in the checkpoint')
    const place = from.take()
    const flags = from.take()
    rows.add(place, flags, 0)
    rows.setProbabilityBits(row, from.take())
    const grades = Array.from({ length: from.take() * gradeWords }, () => from.take())
    if (grades.length > 0) rows.setGrades(row, grades)
    for (let at = 0; at < grades.length; at += gradeWords) {
      if (head.openTick !== null) clock.tables.schedule(row, gradeHour(grades[at]), head.openTick)
    }
    loadFacts(rows, row, from)
    if (rows.has(row, flag.moved))
      clock.tables.places.set(
        row,
        Array.from({ length: from.take() }, () => ({ fromTick: from.take(), place: from.take() })),
      )
  }
  if (head.challenger !== undefined && head.challenger === state.shadow?.hash) {
    for (const [row, probability] of from.takeDoubles().entries()) state.shadow.setPublished(row, probability)
  }
  if (head.neighbourhood !== undefined) state.neighbourhood.load(head.neighbourhood)
  state.setOpenTick(head.openTick ?? undefined)
}

function loadFacts(rows: EnterpriseRows, row: number, from: WordReader): void {
  const fact = new Int32Array(rows.stride)
  for (let count = from.take(); count > 0; count--) {
    for (let word = 0; word < fact.length; word++) fact[word] = from.take()
    rows.insertFact(row, fact, 0) // already in order: goes to the end
  }
}
