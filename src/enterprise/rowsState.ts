/** The rows of an enterprise task as a part of its state: how many, then of each its id, place, flags, score, log-odds, grades and facts. All else derives from these. */

import { z } from 'zod'
import { gradeHour, gradeWords } from '../../models/facts.ts'
import type { WordReader, WordWriter } from '../fold/pages.ts'
import type { StatePart } from '../fold/state.ts'
import { type EnterpriseRows, flag } from './rows/rows.ts'
import type { TableFold } from './rows/tables.ts'
import type { TouchedRows } from './rows/touchedRows.ts'

const Head = z.object({ rows: z.int(), stride: z.int() })

type Owner = Pick<TouchedRows, 'ids' | 'rows'> & { tables: TableFold; openTick: () => number | undefined }

/** `openTick` is asked when rows are loaded: grades that begin later are scheduled. */
export function rowsState(owner: Owner): StatePart {
  return { name: 'rows', version: 2, save: (out) => save(owner, out), load: (from) => load(owner, from) }
}

function* save({ ids, rows, tables }: Owner, out: WordWriter): Iterable<void> {
  out.putJson({ rows: rows.count, stride: rows.stride } satisfies z.infer<typeof Head>)
  for (let row = 0; row < rows.count; row++) {
    if (row % rowsAPage === 0) out.endPage()
    out.putBytes(ids.bytesOf(row))
    out.put(rows.place(row))
    out.put(rows.flags(row))
    out.put(rows.probabilityBits(row))
    out.put(rows.logOdds(row) ?? 0)
    const grades = rows.grades(row)
    out.put(grades.count)
    out.putWords(grades.words, grades.offset, grades.count * gradeWords)
    const facts = rows.facts(row)
    out.put(facts.count)
    out.putWords(facts.words, facts.offset, facts.count * facts.stride)
    if (rows.has(row, flag.moved)) {
      const history = tables.places.get(row) ?? []
      out.put(history.length)
      for (const { fromTick, place } of history) {
        out.put(fromTick)
        out.put(place)
      }
    }
    if (out.isFull) yield
  }
}

const rowsAPage = 4_096 // half a megabyte, as long as they have few facts
const rowsASlice = 10_000 // some 30 ms

/** @throws Error when the words are not what `save` writes. */
function* load({ ids, rows, tables, openTick }: Owner, from: WordReader): Iterable<void> {
  const head = Head.parse(from.takeJson())
  if (head.stride !== rows.stride) throw new Error(`facts of ${head.stride} words in a checkpoint for ${rows.stride}`)
  const tick = openTick()
  for (let row = 0; row < head.rows; row++) {
    if (row % rowsASlice === rowsASlice - 1) yield
    const id = Buffer.from(from.takeBytes()).toString('latin1')
    if (ids.findOrAdd(id) !== row) throw new Error('an enterprise stands twice in the checkpoint')
    const place = from.take()
    const flags = from.take()
    rows.add(place, flags, 0)
    rows.setProbabilityBits(row, from.take())
    const logOdds = from.take()
    rows.setLogOdds(row, rows.has(row, flag.scored) ? logOdds : undefined)
    const grades = Array.from({ length: from.take() * gradeWords }, () => from.take())
    if (grades.length > 0) rows.setGrades(row, grades)
    for (let at = 0; at < grades.length; at += gradeWords) {
      if (tick !== undefined) tables.schedule(row, gradeHour(grades[at]), tick)
    }
    loadFacts(rows, row, from)
    if (rows.has(row, flag.moved))
      tables.places.set(
        row,
        Array.from({ length: from.take() }, () => ({ fromTick: from.take(), place: from.take() })),
      )
  }
}

function loadFacts(rows: EnterpriseRows, row: number, from: WordReader): void {
  const fact = new Int32Array(rows.stride)
  for (let count = from.take(); count > 0; count--) {
    for (let word = 0; word < fact.length; word++) fact[word] = from.take()
    rows.insertFact(row, fact, 0) // already in order: goes to the end
  }
}
