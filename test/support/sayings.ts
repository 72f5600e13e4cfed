/** What a log might say to whoever reads its outputs: any warnings, ticks, notices, scores and registers, in an order that a fold could write. */
import fc from 'fast-check'
import { cellKeys } from '../../src/cells.ts'
import { type Level, levels } from '../../streams/outputs.ts'
import type { TickRecord } from '../../streams/ticks.ts'
import { type TopicName, warningTopics } from '../../streams/topics.ts'
import { Warning } from '../../streams/warnings.ts'
import { tinyProfile } from './tinyProfile.ts'

export type Said = { topic: TopicName; value: object; timeMs: number }

const firstTick = 20_500
const cells = [
  { axis: 'region', region: 'P', industry: '' },
  { axis: 'region', region: 'P1', industry: '' },
  { axis: 'industry', region: '', industry: 'X' },
  { axis: 'cell', region: 'P1', industry: 'X' },
  { axis: 'cell', region: 'Q', industry: 'Y' },
] as const
const { calendar, regions, industries, types } = tinyProfile
const keys = cellKeys(tinyProfile)

type Move = { cell: number; level: number; count: number }

/** A day: which cells move to which level, counts of a leaf, who is scored, and whether a source falls silent or speaks. */
const day = fc.record({
  moves: fc.array(fc.record({ cell: fc.nat(cells.length - 1), level: fc.nat(4), count: fc.nat(99) }), { maxLength: 4 }),
  counts: fc.array(fc.record({ cell: fc.nat(cells.length - 1), count: fc.integer({ min: 1, max: 20 }) }), {
    maxLength: 4,
  }),
  scored: fc.array(fc.record({ enterprise: fc.nat(4), probability: fc.nat(100) }), { maxLength: 3 }),
  registered: fc.array(
    fc.record({
      enterprise: fc.nat(4),
      name: fc.constantFrom('Alpha Works', 'Beta <b>Noodles</b>', '贵阳某某有限公司'),
    }),
    { maxLength: 2 },
  ),
  notice: fc.constantFrom('none', 'silent', 'spoke', 'heard'),
})

type Day = typeof day extends fc.Arbitrary<infer One> ? One : never

/** Up to so many days; of more than eight all of them. */
export function sayings(days = 8): fc.Arbitrary<Said[]> {
  return fc.array(day, { minLength: days > 8 ? days : 1, maxLength: days }).map((days) => {
    const standing = new Map<number, { level: number; raisedTick: number }>()
    return days.flatMap((one, at) => saidOn(firstTick + at, one, standing))
  })
}

function saidOn(
  tick: number,
  { moves, counts, scored, registered, notice }: Day,
  standing: Map<number, { level: number; raisedTick: number }>,
): Said[] {
  const timeMs = calendar.endMs(tick) - 1_000
  const say = (topic: TopicName, value: object): Said => ({ topic, value, timeMs })
  return [
    ...registered.map(({ enterprise, name }) =>
      say('enterprises', { id: `E${enterprise}`, region: 'P1', industry: 'X1', name }),
    ),
    ...scored.map(({ enterprise, probability }) => say('scores', scoreOf(`E${enterprise}`, probability / 100, tick))),
    ...moves.flatMap((move) =>
      warningOf(tick, move, standing).map((warning) => say(warningTopics[warning.axis], warning)),
    ),
    ...noticeOf(tick, notice).map((value) => say('notices', value)),
    say('ticks', tickOf(tick, counts)),
  ]
}

function warningOf(
  tick: number,
  { cell, level, count }: Move,
  standing: Map<number, { level: number; raisedTick: number }>,
): Warning[] {
  const before = standing.get(cell)
  const from = before?.level ?? 0
  if (from === level && level === 0) return []
  const raisedTick = from === 0 ? tick : (before?.raisedTick ?? tick)
  // Raised once a tick: a second raise in the same tick would have the id of the first.
  if (from === 0 && before?.raisedTick === tick) return []
  standing.set(cell, { level, raisedTick })
  const place = cells[cell]
  const [now, was]: [Level, Level] = [levels[level], levels[from]]
  const id = ['count', place.axis, place.region, place.industry, calendar.label(raisedTick)]
    .filter((part) => part !== '')
    .join('.')
  const evidence = {
    count,
    expected: 3.5,
    variance: 4.5,
    p: 0.01,
    q: 0.02,
    rateRatio: count / 3.5,
    enterprises: 4,
    effectiveEnterprises: 3,
    byType: {},
    familySize: 9,
  }
  const change = from === 0 ? 'raised' : level === 0 ? 'cleared' : from === level ? 'amended' : 'level'
  return [
    {
      ...{ ...place, id, change, level: now, levelBefore: was, tick, tickLabel: calendar.label(tick), raisedTick },
      ...{ early: false, beat: calendar.endMs(tick) / 1_000 - 1, at: new Date(calendar.endMs(tick)).toISOString() },
      ...{
        parents: [],
        children: [],
        sentences: { en: `${place.region} ${count}` },
        profile: tinyProfile.hash,
        model: null,
        foldVersion: 5,
      },
      ...{ statistic: 'count', evidence },
    },
  ]
}

function tickOf(tick: number, counts: readonly { cell: number; count: number }[]): TickRecord {
  const leaf = keys.cell(regions.leafOf[regions.find('P1')], industries.leafOf[industries.find('X')])
  const counted = counts.reduce((sum, { count }) => sum + count, 0)
  const sums = new Map<number, number>()
  for (const { cell, count } of counts) {
    const node = keys.cell(regions.find(cells[cell].region), industries.find(cells[cell].industry))
    sums.set(node, (sums.get(node) ?? 0) + count)
  }
  const nodes = [...sums.keys()].sort((a, b) => a - b)
  const zeros = nodes.map(() => 0)
  return {
    ...{ kind: 'tick', tick, label: calendar.label(tick), beat: calendar.endMs(tick) / 1_000 - 1, page: 0, pages: 1 },
    counts: { keys: [keys.counted(keys.graded(leaf, 0), keys.columns.type(types[0].index))], sums: [counted] },
    nodes: { keys: nodes, events: nodes.map((node) => sums.get(node) ?? 0), enterprises: zeros, squares: zeros },
    ...{ late: [], early: [] },
  }
}

function scoreOf(enterpriseId: string, probability: number, tick: number): object {
  return {
    ...{
      enterpriseId,
      asOf: new Date(calendar.endMs(tick)).toISOString(),
      beat: calendar.endMs(tick) / 1_000 - 1,
      tick,
    },
    ...{
      probability,
      band: probability > 0.5 ? 'high' : 'low',
      grade: 'A',
      model: 'm',
      cause: 'records',
      reasons: [],
      evidence: [],
    },
  }
}

function noticeOf(tick: number, kind: 'none' | 'silent' | 'spoke' | 'heard'): object[] {
  const of = { tick, tickLabel: calendar.label(tick), source: 'hotline', region: 'P' }
  const at = new Date(calendar.endMs(tick)).toISOString()
  if (kind === 'silent') return [{ ...of, kind: 'SourceSilent', expected: 3 }]
  if (kind === 'spoke')
    return [{ ...of, kind: 'SourceSpoke', at, silentSince: calendar.label(tick - 1), silentTicks: 1 }]
  if (kind === 'heard')
    return [
      {
        kind: 'SourcesHeard',
        hour: `${of.tickLabel}T23`,
        tick,
        tickLabel: of.tickLabel,
        sources: [{ source: 'hotline', regions: ['P'], records: [tick % 7], lastHeard: [at] }],
      },
    ]
  return []
}

/** The plain oracle: of each warning the last record up to the end of a tick, or of all. */
export function topicsOf(said: readonly Said[]): { ticks: number[]; standing(tick: number | undefined): Warning[] } {
  const warnings = said.flatMap(({ topic, value }) => (topic.endsWith('-warnings') ? [Warning.parse(value)] : []))
  const ticks = said.flatMap(({ topic, timeMs }) => (topic === 'ticks' ? [calendar.tickOf(timeMs)] : []))
  return {
    ticks,
    standing: (tick) => {
      const last = new Map<string, Warning>()
      for (const warning of warnings) if (tick === undefined || warning.tick <= tick) last.set(warning.id, warning)
      return [...last.values()]
    },
  }
}
