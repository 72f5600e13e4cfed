/**
 * The audit: accounts that must agree, kept by a second hand from what tasks put out, and from nothing of how they counted it.
 *
 *   fates of events = sums of the part                     an enterprise task, each beat
 *   rows scored now = those of before + sums of parts      the same, each tick
 *   sums of parts = leaves of the tick = its judged nodes  the watch, each tick
 *
 * FOREWARN_ASSERT=1 turns it on; else nothing of it runs. What does not agree stops the task before it is committed.
 */
import { CellPart, FateColumns, fates } from '../streams/outputs.ts'
import type { Profile } from '../streams/profile.ts'
import { ArchiveRecord, type TickRecord } from '../streams/ticks.ts'
import type { TopicName } from '../streams/topics.ts'
import { type CellKeys, cellKeys } from './cells.ts'
import type { Known } from './enterprise/known.ts'
import { flag } from './enterprise/rows/rows.ts'
import { ForewarnError } from './errors.ts'
import type { BeatRecords } from './fold/beatRecords.ts'
import { jsonOf } from './json.ts'
import type { Output } from './log/port.ts'
import type { TaskId } from './log/tasks.ts'
import { lattice } from './watch/lattice.ts'

/** Takes what a task read in a beat and what it said. @throws ForewarnError FW_INTERNAL with the two accounts that differ. */
export type Audit = (beat: number, records: BeatRecords, outputs: readonly Output[]) => void

type Rows = Known['rows']
type Audited = { readonly id: TaskId; readonly profile: Profile; readonly known?: { readonly rows: Rows } }

/** Another profile in force is another audit. */
export function auditOf(task: Audited): Audit {
  const made = (): Audit =>
    task.id.kind === 'watch' ? auditOfWatch(task.profile) : auditOfEnterprises(task.profile, task.known?.rows)
  let { profile } = task
  let audit = made()
  return (beat, records, outputs) => {
    if (task.profile !== profile) audit = made()
    profile = task.profile
    audit(beat, records, outputs)
  }
}

/** Decoded events arrive, kept ones are counted once, and each that is taken back was counted before. */
function auditOfEnterprises(profile: Profile, rows: Rows | undefined): Audit {
  const auditRisk = rows && auditOfRisk(rows)
  const keys = cellKeys(profile)
  const { types } = profile
  return (beat, _, outputs) => {
    const agree = agreement(`beat ${beat}`)
    const parts = said(outputs, 'cell-parts', CellPart.parse)
    const fateOf = fatesOfEvents(said(outputs, 'fates', FateColumns.parse))
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
    auditRisk?.(agree, parts)
  }
}

type Scored = { enterprises: number; logOdds: number }

/** What the rows are counted with is what parts have said since the rows were last looked at: in each beat that begins another tick. */
function auditOfRisk(rows: Rows): (agree: Agree, parts: readonly CellPart[]) => void {
  let before: (Scored & { tick: number }) | undefined
  let told: Scored = { enterprises: 0, logOdds: 0 }
  return (agree, parts) => {
    for (const { risk } of parts)
      told = {
        enterprises: told.enterprises + sum(risk?.enterprises ?? []),
        logOdds: told.logOdds + sum(risk?.logOdds ?? []),
      }
    const tick = parts.at(0)?.tick
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
function auditOfWatch(profile: Profile): Audit {
  const keys = cellKeys(profile)
  const { axisOf, whole } = lattice(profile, keys)
  let parts: CellPart[] = []
  let isFirst = true
  return (beat, records, outputs) => {
    const agree = agreement(`beat ${beat}`)
    parts.push(...records.parts.map(({ value }) => CellPart.parse(jsonOf(value))))
    const pages = said(outputs, 'ticks', ArchiveRecord.parse).filter((page): page is TickRecord => page.kind === 'tick')
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

function said<T>(outputs: readonly Output[], topic: TopicName, parse: (json: unknown) => T): T[] {
  return outputs.filter((one) => one.topic === topic).map(({ record }) => parse(jsonOf(record.value)))
}

function columnSums(
  keys: CellKeys,
  columns: readonly { keys: readonly number[]; sums: readonly number[] }[],
): number[] {
  const found: number[] = new Array(keys.columns.count).fill(0)
  for (const { keys: counted, sums } of columns)
    for (const [at, key] of counted.entries()) found[keys.column(key)] += sums[at]
  return found
}

/** How many risk events came to a fate, or to the dead letters with a code. */
function fatesOfEvents(pages: readonly FateColumns[]): (fateOrCode: string) => number {
  const counts = new Map<string, number>()
  for (const { topics, counts: rows, fates: kinds, codes } of pages) {
    const topicOf = topics.flatMap((topic, block): string[] => new Array(rows[block]).fill(topic))
    for (const [row, kind] of Buffer.from(kinds, 'base64').entries()) {
      if (topicOf[row] !== 'risk-events') continue
      const name = fates[kind] === 'dead' ? (codes[row] ?? 'dead') : fates[kind]
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  return (fateOrCode) => counts.get(fateOrCode) ?? 0
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
