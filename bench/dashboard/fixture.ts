/** A large read model, the same for ever: records as a log of a year would have them, folded by the product's own folds. */

import { Editions } from '../../src/readmodel/editions.ts'
import { type Numbering, numberingOf } from '../../src/readmodel/numbering.ts'
import type { Store } from '../../src/readmodel/store.ts'
import { followed } from '../../src/readmodel/topics.ts'
import type { Level } from '../../streams/outputs.ts'
import { levels } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { Sfc32 } from '../../streams/sfc32.ts'
import { type LevelColumn, levelColumns, type TickRecord } from '../../streams/ticks.ts'
import { type TopicName, warningTopics } from '../../streams/topics.ts'
import type { Warning } from '../../streams/warnings.ts'

export type Size = { busyCells: number; ticks: number; open: number; ended: number; enterprises: number }
export const wholeSize: Size = {
  busyCells: 33_000,
  ticks: 365,
  open: 5_000,
  ended: 95_000,
  enterprises: 1_000_000,
}

type Said = { topic: TopicName; value: object | string; timeMs: number }
const recordsATransaction = 2_000
const scoredShare = 20 // one enterprise in so many has a published score
const firstTick = 20_454 // 2026-01-01

/** Folds it all into an empty store; the seconds that the folding took, without the making of records. */
export function fill(store: Store, profile: Profile, size: Size): number {
  const beatMs = 1_000
  const editions = new Editions({ editions: [{ profile, fromTick: Number.NEGATIVE_INFINITY }], beatMs })
  let [offset, foldedMs] = [0, 0]
  let waiting: Said[] = []
  const flush = (): void => {
    const records = waiting.map(({ topic, value, timeMs }) => ({
      topic,
      record: {
        ...{ offset: offset++, key: null, headers: null, timeMs },
        value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
      },
    }))
    const begunMs = performance.now()
    store.write(() => {
      for (const { topic, record } of records) followed.get(topic)?.(store, editions, record)
    })
    foldedMs += performance.now() - begunMs
    waiting = []
  }
  for (const said of everything(profile, size)) {
    waiting.push(said)
    if (waiting.length >= (said.topic === 'ticks' ? 1 : recordsATransaction)) flush()
  }
  flush()
  return foldedMs / 1_000
}

/** In the order in which the follower reads a log from its beginning. */
function* everything(profile: Profile, size: Size): Generator<Said> {
  const numbering = numberingOf(profile)
  const random = new Sfc32(1, 'large read model')
  yield* warnings(numbering, size, random)
  yield* notices(numbering, size, random)
  yield* ticks(numbering, size, random)
  yield* enterprises(numbering, size, random)
}

function placeOf({ profile, grid }: Numbering, random: Sfc32): Pick<Warning, 'region' | 'industry' | 'axis'> {
  const region = profile.regions.nodes[grid.regions[random.int(grid.regions.length)]].code
  const industry = profile.industries.nodes[grid.industries[random.int(grid.industries.length)]].code
  return { region, industry, axis: region === '' ? 'industry' : industry === '' ? 'region' : 'cell' }
}

/** Each is raised, rises or falls once, and is cleared if it has ended; spread over all ticks. */
function* warnings(numbering: Numbering, { ticks, open, ended }: Size, random: Sfc32): Generator<Said> {
  const { calendar, hash } = numbering.profile
  const all = Array.from({ length: open + ended }, (_, at) => {
    const isOpen = at < open
    const raised = firstTick + (isOpen ? ticks - 1 - random.int(28) : random.int(ticks - 10))
    const steps: [number, Level, Level][] = [[raised, 'calm', levels[1 + random.int(3)]]]
    const [, , level] = steps[0]
    const moved = Math.min(raised + 1 + random.int(4), firstTick + ticks - 1)
    const next = levels[1 + random.int(4)]
    if (next !== level) steps.push([moved, level, next])
    if (!isOpen) steps.push([moved + 4, steps.at(-1)?.[2] ?? level, 'calm'])
    return { at, place: placeOf(numbering, random), raised, steps }
  })
  const changes = all
    .flatMap(({ at, place, raised, steps }) =>
      steps.map(([tick, before, level]) => ({ at, place, raised, tick, before, level })),
    )
    .sort((a, b) => a.tick - b.tick || a.at - b.at)
  for (const { at, place, raised, tick, before, level } of changes) {
    const [region, industry] = [place.region || '全国', place.industry || '各行业']
    const count = 5 + random.int(60)
    const expected = 1 + random.int(2_000) / 100
    yield {
      topic: warningTopics[place.axis],
      timeMs: calendar.endMs(tick) - 1,
      value: {
        ...{ id: `count.${at}.${calendar.label(raised)}`, statistic: 'count', ...place },
        ...{
          change: before === 'calm' ? 'raised' : level === 'calm' ? 'cleared' : 'level',
          level,
          levelBefore: before,
        },
        ...{
          tick,
          tickLabel: calendar.label(tick),
          raisedTick: raised,
          early: false,
          beat: calendar.endMs(tick) / 1_000,
        },
        ...{ at: new Date(calendar.endMs(tick)).toISOString(), parents: [], children: [], profile: hash },
        ...{ model: hash, foldVersion: 5 },
        sentences: {
          zh: `${region}${industry}本日新增风险事件${count}起（预期${expected}起），涉及经营主体${count}户`,
          en: `${region} ${industry}: ${count} events this day, ${expected} expected, ${count} enterprises`,
        },
        evidence: {
          ...{ count, expected, variance: 2 * expected, p: 1e-5, q: 1e-4, rateRatio: count / expected, value: 400 },
          ...{ limit: 100, enterprises: count, effectiveEnterprises: count, byType: { 'CMP.COMPLAINT': count } },
          familySize: 33_000,
        },
      } satisfies Warning,
    }
  }
}

function* notices({ profile }: Numbering, { ticks }: Size, random: Sfc32): Generator<Said> {
  const { calendar, sources, regions } = profile
  const provinces = regions.nodes.filter(({ depth }) => depth === 1).map(({ code }) => code)
  for (let tick = firstTick; tick < firstTick + ticks; tick++) {
    const heard = new Date(calendar.endMs(tick) - 1_000).toISOString()
    yield {
      topic: 'notices',
      timeMs: calendar.endMs(tick) - 1,
      value: {
        ...{ kind: 'SourcesHeard', hour: `${calendar.label(tick)}T23`, tick, tickLabel: calendar.label(tick) },
        sources: sources.slice(1).map((source) => ({
          ...{ source, regions: provinces, lastHeard: provinces.map(() => heard) },
          records: provinces.map(() => 20 + random.int(400)),
        })),
      },
    }
  }
}

/** Every tick counts in the same busy cells; what is written of it differs by its numbers alone, so it is made once. */
function* ticks(numbering: Numbering, { ticks, busyCells }: Size, random: Sfc32): Generator<Said> {
  const { profile, keys, grid } = numbering
  const { calendar } = profile
  const nodes = random
    .shuffle(grid.regions.flatMap((region) => grid.industries.map((industry) => keys.cell(region, industry))))
    .slice(0, busyCells)
    .sort((a, b) => a - b)
  const counts = new Map<number, number>()
  for (let at = 0; at < busyCells / 2; at++) {
    const type = random.int(profile.types.length)
    const graded = keys.graded(nodes[random.int(nodes.length)], random.int(profile.grades.length))
    counts.set(keys.counted(graded, keys.columns.type(type)), 1 + random.int(4))
  }
  const sorted = [...counts].sort(([a], [b]) => a - b)
  const body = JSON.stringify({
    counts: { keys: sorted.map(([key]) => key), sums: sorted.map(([, sum]) => sum) },
    nodes: {
      keys: nodes,
      events: nodes.map(() => random.int(30)),
      enterprises: nodes.map(() => random.int(20)),
      squares: nodes.map(() => random.int(60)),
    },
    ...{ late: [], early: [] },
  } satisfies Pick<TickRecord, 'counts' | 'nodes' | 'late' | 'early'>).slice(1)
  const judged = nodes.filter((_, at) => at % 5 === 0)
  const floats = (length: number, scale: number): string =>
    Buffer.from(Float32Array.from({ length }, () => 0.1 + random.next() * scale).buffer).toString('base64')
  const keysOf = (some: readonly number[]): string => Buffer.from(Uint32Array.from(some).buffer).toString('base64')
  const of: Record<LevelColumn, string> = {
    ...{ enterprises: floats(judged.length, 900), meanLogOdds: floats(judged.length, -3) },
    ...{ atSameGrades: floats(judged.length, 0.2), risky: floats(judged.length, 90) },
    ...{ expected: floats(judged.length, 90), standardError: floats(judged.length, 9) },
  }
  if (Object.keys(of).length !== levelColumns.length) throw new Error('a column of the levels is missing')
  const expected = { keys: keysOf(nodes), means: floats(nodes.length, 20), variances: floats(nodes.length, 40) }
  const stood = { keys: keysOf(judged), means: floats(judged.length, -3), variances: floats(judged.length, 0.01) }
  for (let tick = firstTick; tick < firstTick + ticks; tick++) {
    const timeMs = calendar.endMs(tick) - 1
    const head = {
      kind: 'tick',
      tick,
      label: calendar.label(tick),
      beat: calendar.endMs(tick) / 1_000,
      page: 0,
      pages: 1,
    }
    yield { topic: 'ticks', timeMs, value: `${JSON.stringify(head).slice(0, -1)},${body}` }
    const paged = { kind: 'expected', tick, page: 0, pages: 1 }
    yield { topic: 'ticks', timeMs, value: { ...paged, statistic: 'count', ...expected } }
    yield { topic: 'ticks', timeMs, value: { ...paged, statistic: 'risk', ...stood, levels: of } }
  }
}

const words = [
  '华',
  '盛',
  '达',
  '隆',
  '信',
  '恒',
  '泰',
  '源',
  '丰',
  '瑞',
  '鑫',
  '宏',
  '安',
  '康',
  '嘉',
  '悦',
  '诚',
  '德',
  '兴',
  '荣',
]
const kinds = ['商贸', '餐饮', '科技', '建筑', '物流', '服饰', '食品', '医药', '装饰', '教育']

function* enterprises({ profile, grid }: Numbering, { enterprises, ticks }: Size, random: Sfc32): Generator<Said> {
  const { calendar, regions, industries, hash } = profile
  const last = firstTick + ticks - 1
  for (let at = 0; at < enterprises; at++) {
    const id = `91${String(at).padStart(15, '0')}X`
    const place = regions.nodes[grid.regions[1 + random.int(grid.regions.length - 1)]]
    const industry = industries.nodes[grid.industries[1 + random.int(grid.industries.length - 1)]].code
    const letters = Array.from({ length: 3 }, () => words[random.int(words.length)]).join('')
    const name = `${place.names.zh ?? ''}${letters}${kinds[random.int(kinds.length)]}有限公司`
    yield { topic: 'enterprises', timeMs: calendar.endMs(firstTick), value: { id, region: place.code, industry, name } }
    if (at % scoredShare !== 0) continue
    const probability = random.next()
    yield {
      topic: 'scores',
      timeMs: calendar.endMs(last) - 1,
      value: {
        ...{ enterpriseId: id, asOf: new Date(calendar.endMs(last)).toISOString(), beat: calendar.endMs(last) / 1_000 },
        ...{ tick: last, probability, band: 'watch', grade: 'B', model: hash, cause: 'records', evidence: [] },
        reasons: [{ feature: 'count.all.7d', logOdds: probability, text: 'count.all.7d', facts: [] }],
      },
    }
  }
}
