/**
 * What the records of a node in a tick are made of, of which its kind follows (kinds.ts): whole numbers out of the counts at leaves, which the
 * archive has too. Looked at only where evidence calls.
 */
import type { Profile } from '../../../streams/profile.ts'
import type { Makeup } from '../../../streams/ticks.ts'
import { rootIndex } from '../../../streams/tree.ts'
import type { WarningShares } from '../../../streams/warnings.ts'
import type { CellKeys } from '../../cells.ts'
import type { TickAggregates } from '../tickAggregates.ts'
import type { CountEvidence } from './countEvidence.ts'
import { allEvents } from './streams.ts'

/** Of fewer records elsewhere nobody can tell what is usual of a source, and fewer own ones show no share and are no upload. */
const elsewhereMin = 30
const ownMin = 10
/** A source that brings as much everywhere is no news. */
const usualMax = 0.8

/** Undefined for a node without records. */
export function makeupOf(
  aggregates: TickAggregates,
  node: number,
  of: { profile: Profile; keys: CellKeys },
): Makeup | undefined {
  const { profile, keys } = of
  const { columns } = keys
  const sums = aggregates.columnSums(node)
  const bySource = profile.sources.map((_, source) => sums[columns.source(source)])
  const [records, ofSource] = [total(bySource), Math.max(...bySource)]
  if (records <= 0) return undefined
  const most = bySource.indexOf(ofSource)
  const ofTypes = profile.groups.map((_, group) =>
    profile.types.reduce(
      (max, type) => (type.judged && type.group === group ? Math.max(max, sums[type.index]) : max),
      0,
    ),
  )
  const nationwide = keys.cell(rootIndex, keys.industry(node))
  const all = nationwide === node ? undefined : aggregates.columnSums(nationwide)
  const elsewhere = all && {
    records: total(profile.sources.map((_, source) => all[columns.source(source)])) - records,
    ofSource: all[columns.source(most)] - ofSource,
  }
  return {
    ...{ records, stale: sums[columns.stale], ofSource, source: profile.sources[most] },
    ...(elsewhere === undefined ? {} : { elsewhere }),
    ...{ events: aggregates.nodes.eventsOf(node), backlog: aggregates.backlog.of(node), ofTypes },
  }
}

/** What is known of shares; of the rise that of a source by what it has elsewhere, and that of a type by its group. */
export function sharesOf(evidence: CountEvidence): WarningShares {
  const { makeup } = evidence
  if (makeup === undefined) return {}
  const { records, stale, ofSource, events, backlog } = makeup
  const [source, type] = [sourceInRise(evidence, makeup), typeInRise(evidence, makeup)]
  return {
    ...(events > 0 ? { ofBacklog: backlog / events } : {}),
    // Which source the stale ones are of is not counted: where one brought most, they are taken for its own.
    ...(records < ownMin ? {} : { stale: within(stale / ofSource), ofUploader: ofSource / records }),
    ...(source === undefined ? {} : { ofSource: source }),
    ...(type === undefined ? {} : { ofType: type }),
  }
}

/** As many of its records are usual as it has elsewhere among those that were expected. */
function sourceInRise(
  { allEvents: events, allExpected }: CountEvidence,
  { records, ofSource, elsewhere }: Makeup,
): number | undefined {
  if (elsewhere === undefined || elsewhere.records < elsewhereMin || records < ownMin || events <= allExpected)
    return undefined
  const [usual, share] = [allExpected / events, elsewhere.ofSource / elsewhere.records]
  return share > usualMax ? undefined : within((ofSource / records - usual * share) / (1 - usual))
}

/** Part of its group in the rise of all events, times its part of the group; known where a group burns. */
function typeInRise(
  { stream, events, expected, allEvents: all, allExpected }: CountEvidence,
  { ofTypes }: Makeup,
): number | undefined {
  if (stream === allEvents || all <= allExpected || events <= expected) return undefined
  return within((events - expected) / (all - allExpected)) * within(ofTypes[stream - 1] / events)
}

const within = (share: number): number => Math.min(1, Math.max(0, share))
const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
