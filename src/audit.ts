/**
 * The audit: accounts that must agree, kept by a second hand from what tasks put out, and from nothing of how they counted it.
 *
 *   fates of events = sums of the part                     an enterprise task, each beat
 *   rows scored now = those of before + sums of parts      the same, each tick
 *   sums of parts = leaves of the tick = its judged nodes  the watch, each tick
 *
 * FOREWARN_ASSERT=1 turns it on; else nothing of it runs. What does not agree stops the task before it is committed.
 */
import type { CellPart } from '../streams/outputs.ts'
import type { Profile } from '../streams/profile.ts'
import { ArchiveRecord, type TickRecord } from '../streams/ticks.ts'
import { type CellKeys, cellKeys } from './cells.ts'
import { partOf } from './columns/cellPart.ts'
import { fateRowsIn } from './columns/fateRows.ts'
import { unpacked } from './columns/packedRecords.ts'
import type { Known } from './enterprise/known.ts'
import { flag } from './enterprise/rows/rows.ts'
import { ForewarnError } from './errors.ts'
import type { BeatRecords } from './fold/beatRecords.ts'
import { jsonOf } from './json.ts'
import type { LogRecord, NewRecord, Output } from './log/port.ts'
import type { TaskId } from './log/tasks.ts'
import { lattice } from './watch/lattice.ts'

/** @throws ForewarnError FW_INTERNAL with the two accounts that differ. */
export type Audit = {
  /** Takes what a task read in a beat. */
  beat(beat: number, records: BeatRecords): void
  /** Takes all that it said in the beats since the last call. */
  epoch(outputs: readonly Output[]): void
}

/** What a task said in one beat. */
type Said = { parts: CellPart[]; fates: EventFates; ticks: TickRecord[] }
/** Under one profile. */
type AuditUnder = {
  ofBeat(beat: number, records: BeatRecords, said: Said): void
  /** After those of all beats of an epoch: what the task says in it is in its rows now. */
  ofEpoch?(lastBeat: number, parts: readonly CellPart[]): void
}

type Rows = Known['rows']
type Audited = { readonly id: TaskId; readonly profile: Profile; readonly known?: { readonly rows: Rows } }

/** Another profile in force is another audit. */
export function auditOf(task: Audited): Audit {
  const made = (): AuditUnder =>
    task.id.kind === 'watch' ? auditOfWatch(task.profile) : auditOfEnterprises(task.profile, task.known?.rows)
  let { profile } = task
  let audit = made()
  let read: { beat: number; records: BeatRecords; audit: AuditUnder }[] = []
  return {
    beat(beat, records) {
      if (task.profile !== profile) audit = made()
      profile = task.profile
      read.push({ beat, records, audit })
    },
    epoch(outputs) {
      const said = saidByBeat(outputs)
      for (const { beat, records, audit: under } of read) under.ofBeat(beat, records, said(beat))
      const last = read.at(-1)?.beat
      if (last !== undefined)
        audit.ofEpoch?.(
          last,
          read.filter((one) => one.audit === audit).flatMap(({ beat }) => said(beat).parts),
        )
      read = []
    },
  }
}

/** Decoded events arrive, kept ones are counted once, and each that is taken back was counted before. */
function auditOfEnterprises(profile: Profile, rows: Rows | undefined): AuditUnder {
  const auditRisk = rows && auditOfRisk(rows)
  const keys = cellKeys(profile)
  const { types } = profile
  const ofBeat: AuditUnder['ofBeat'] = (beat, _, { parts, fates: fatesOf }) => {
    const agree = agreement(`beat ${beat}`)
    const fateOf = (fateOrCode: string): number => fatesOf.get(fateOrCode) ?? 0
    const counted = columnSums(
      keys,
      parts.map(({ counts }) => ({ keys: counts.keys, sums: counts.deltas })),
    )
    const late = columnSums(
      keys,
      parts.map((part) => ({ keys: part.late.keys, sums: part.late.deltas })),
    )
    const { stale, retracted } = keys.columns
    const ofTypes = sum(counted.slice(0, types.length)) + counted[stale]
    const ofSources = sum(counted.slice(types.length, stale))
    agree('events by type and stale ones', ofTypes, 'events by source', ofSources)
    const kept = fateOf('applied') + fateOf('stale')
    agree('events kept', kept, 'events counted, with those taken back', ofSources + counted[retracted])
    const arrived = sum(parts.flatMap(({ arrivals }) => arrivals.deltas))
    const others = fateOf('duplicate') + fateOf('conflict') + fateOf('absorbed') + fateOf('FW_ROW_FULL')
    agree('events that arrived', arrived, 'fates of such', kept + fateOf('retraction') + others)
    const gone = counted[retracted] + late[retracted]
    if (gone > fateOf('retraction')) agree('events taken back', gone, 'retractions', fateOf('retraction'))
  }
  return { ofBeat, ofEpoch: (lastBeat, parts) => auditRisk?.(agreement(`beat ${lastBeat}`), parts) }
}

type Scored = { enterprises: number; logOdds: number }

/** What the rows are counted with is what parts have said since the rows were last looked at: after each epoch that ends in another tick. */
function auditOfRisk(rows: Rows): (agree: Agree, parts: readonly CellPart[]) => void {
  let before: (Scored & { tick: number }) | undefined
  let told: Scored = { enterprises: 0, logOdds: 0 }
  return (agree, parts) => {
    for (const { risk } of parts)
      told = {
        enterprises: told.enterprises + sum(risk?.enterprises ?? []),
        logOdds: told.logOdds + sum(risk?.logOdds ?? []),
      }
    const tick = parts.at(-1)?.tick
    if (tick === undefined || tick === before?.tick) return
    const now = scoredOf(rows)
    if (before !== undefined) {
      agree(
        'scored enterprises in rows',
        now.enterprises,
        'those of before and parts',
        before.enterprises + told.enterprises,
      )
      agree('log-odds of rows', now.logOdds, 'those of before and parts', before.logOdds + told.logOdds)
    }
    before = { ...now, tick }
    told = { enterprises: 0, logOdds: 0 }
  }
}

function scoredOf(rows: Rows): Scored {
  const found = { enterprises: 0, logOdds: 0 }
  for (let row = 0; row < rows.count; row++) {
    const logOdds = rows.logOdds(row)
    if (logOdds === undefined || !rows.has(row, flag.registered) || rows.has(row, flag.closed)) continue
    found.enterprises++
    found.logOdds += logOdds
  }
  return found
}

/** What parts say since the last tick closed is what the archive says of the tick; the first tick after a start may have begun before it. */
function auditOfWatch(profile: Profile): AuditUnder {
  const keys = cellKeys(profile)
  const { axisOf, whole } = lattice(profile, keys)
  let parts: CellPart[] = []
  let isFirst = true
  const ofBeat: AuditUnder['ofBeat'] = (beat, records, { ticks: pages }) => {
    const agree = agreement(`beat ${beat}`)
    parts.push(...records.parts.map(partOf))
    if (pages.length === 0) return
    const archived = columnSums(
      keys,
      pages.map(({ counts }) => counts),
    )
    const told = columnSums(
      keys,
      parts.map(({ counts }) => ({ keys: counts.keys, sums: counts.deltas })),
    )
    for (const [column, count] of archived.entries())
      if (!isFirst) agree(`parts of column ${column}`, told[column], 'tick archive', count)
    const wanted = eventsAbove(pages)
    for (const { nodes } of pages) {
      for (const [at, node] of nodes.keys.entries()) {
        agree(`leaves below node ${node}`, wanted.get(node) ?? 0, 'the node', nodes.events[at])
        wanted.delete(node)
      }
    }
    for (const [node, events] of wanted) agree(`leaves below node ${node}`, events, 'no such node', 0)
    parts = []
    isFirst = false
  }

  return { ofBeat }

  /** Events of judged types at every node above their leaves. */
  function eventsAbove(pages: readonly TickRecord[]): Map<number, number> {
    const found = new Map<number, number>()
    for (const { counts } of pages) {
      for (const [at, key] of counts.keys.entries()) {
        if (profile.types[keys.column(key)]?.judged !== true) continue
        const leaf = keys.cellOf(keys.gradedOf(key))
        for (const region of profile.regions.pathOf(keys.region(leaf))) {
          for (const industry of profile.industries.pathOf(keys.industry(leaf))) {
            const node = keys.cell(region, industry)
            if (node === whole || axisOf(node) !== undefined) found.set(node, (found.get(node) ?? 0) + counts.sums[at])
          }
        }
      }
    }
    return found
  }
}

type Agree = (what: string, count: number, other: string, otherCount: number) => void

function agreement(where: string): Agree {
  return (what, count, other, otherCount) => {
    if (count !== otherCount)
      throw new ForewarnError('FW_INTERNAL', [
        `the audit of ${where} has ${count} of ${what}, and ${otherCount} of ${other}`,
      ])
  }
}

/** How many risk events came to a fate, or to the dead letters with a code. */
type EventFates = Map<string, number>

function saidByBeat(outputs: readonly Output[]): (beat: number) => Said {
  const found = new Map<number, Said>()
  const of = (beat: number): Said => {
    const known = found.get(beat) ?? { parts: [], fates: new Map(), ticks: [] }
    found.set(beat, known)
    return known
  }
  for (const { topic, record } of outputs) {
    if (topic === 'cell-parts') for (const part of unpacked(asRead(record)).map(partOf)) of(part.beat).parts.push(part)
    else if (topic === 'fates') addFates(record, of)
    else if (topic === 'ticks') {
      const page = ArchiveRecord.parse(jsonOf(record.value))
      if (page.kind === 'tick') of(page.beat).ticks.push(page)
    }
  }
  return of
}

function addFates(record: NewRecord, of: (beat: number) => Said): void {
  for (const { topic, beat, fate, code } of fateRowsIn(record)) {
    if (topic !== 'risk-events') continue
    const counts = of(beat).fates
    const name = fate === 'dead' ? (code ?? fate) : fate
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
}

/** A record that was just said, as a reader of the log meets it. */
const asRead = ({ key, value, timeMs = 0 }: NewRecord): LogRecord => ({ offset: 0, timeMs, key, value, headers: null })

function columnSums(
  keys: CellKeys,
  columns: readonly { keys: readonly number[]; sums: readonly number[] }[],
): number[] {
  const found: number[] = new Array(keys.columns.count).fill(0)
  for (const { keys: counted, sums } of columns)
    for (const [at, key] of counted.entries()) found[keys.column(key)] += sums[at]
  return found
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
