/**
 * Tables as tests: a history in lines of text, each with what must become of it. A fate stands two or more spaces behind its record;
 * a line without one is applied.
 *
 *   await play(`
 *     when    record                       fate
 *     1       E1 CMP.COMPLAINT #a          applied
 *     2 9h    E1 takes back #a as #r       retraction
 *   `)
 *
 * `when` is a day and a time of the profile's clock; a line without one joins the line before it. Records:
 *
 *   E1 CMP.COMPLAINT #a        an event; then any of: ago=3d severity=5 amount=1000 from=hotline at=P1/X1 (also at=P1/ and at=/X1)
 *   E1 takes back #a as #r     a retraction
 *   E1 is P1 X1                the enterprise's place; then `closed`
 *   E1 grade B                 a grade; then any of: ago=3d in=2d
 *   nothing                    only time passes
 *
 * Or a history in numbers, each with the level at which its cell must stand when the day is over:
 *
 *   await play(`
 *     day   cell   events  from  level
 *     1-12  P1/X   3       3     calm
 *     13    P1/X   40      9     red early
 *     13    P1/    0       0     calm
 *   `)
 *
 * `from`: so many enterprises send the events, one after the other, evenly over the day. `P1/` is a region with all its industries, `/X`
 * an industry of the whole country. `early`: the day was not over when the cell came to its level. A last day without events ends the one before.
 */
import { expect } from 'vitest'
import { type Digest, digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import type { Notice } from '../../src/notices.ts'
import { append, type FoldSetting, foldToEnd, memoryLog, type TestRecord } from './fold.ts'
import type { OracleResult, OracleTick } from './oracle.ts'
import { readFates, readScores, readTicks, warningsOf } from './readFold.ts'
import { tinyModel } from './tinyModel.ts'
import { tinyProfile } from './tinyProfile.ts'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
/** Midnight of day 1 by the clock of the tiny profile, UTC+8. */
export const dayOneMs = Date.parse('2026-03-02T00:00:00.000+08:00')
export const dayOneTick = tinyProfile.calendar.tickOf(dayOneMs)

export type Played = {
  log: Log
  digest: Digest
  notices: Notice[]
  fates: OracleResult['fates']
  scores: OracleResult['scores']
  /** Lines of one day, sorted: `P1 X A CMP.COMPLAINT 2`; sources are left out. */
  counts(dayNumber: number): string[]
  late(dayNumber: number): string[]
  /** `P X: 3 events, 2 enterprises, 5 squares` of the nodes given. */
  nodes(dayNumber: number, ...wanted: string[]): string[]
  stock(dayNumber: number): string[]
}

export async function play(
  text: string,
  setting: FoldSetting = { profile: tinyProfile, model: tinyModel(tinyProfile) },
): Promise<Played> {
  const table = text.includes('level') ? levelTable(text) : recordTable(text)
  const { records } = table
  const log = await memoryLog(setting.partitions)
  await append(log, records)
  const notices: Notice[] = []
  await foldToEnd(log, setting, (notice) => notices.push(notice))
  const fates = await readFates(log, records)
  const { said, wanted } = await table.lines(log, fates)
  expect(said).toEqual(wanted)
  const ticks = await readTicks(log, setting.profile)
  const of = (dayNumber: number): OracleTick | undefined => ticks.get(dayOneTick + dayNumber - 1)
  const shown = (map: ReadonlyMap<string, number> | undefined): string[] =>
    [...(map ?? [])]
      .filter(([key]) => !key.includes('from:'))
      .map(([key, sum]) => `${key.replaceAll('|', ' ')} ${sum}`)
      .sort()
  return {
    log,
    digest: await digest(log),
    notices,
    fates,
    scores: await readScores(log),
    counts: (dayNumber) => shown(of(dayNumber)?.counts),
    late: (dayNumber) =>
      [...(of(dayNumber)?.late ?? [])]
        .map(
          ([key, sum]) =>
            `day ${Number(key.split('|')[0]) - dayOneTick + 1}: ${key.split('|').slice(1).join(' ')} ${sum}`,
        )
        .sort(),
    nodes: (dayNumber, ...wanted) =>
      wanted.map((node) => {
        const sum = of(dayNumber)?.nodes.get(node.replace(' ', '|'))
        return sum === undefined
          ? `${node}: nothing`
          : `${node}: ${sum.events} events, ${sum.enterprises} enterprises, ${sum.squares} squares`
      }),
    stock: (dayNumber) => shown(of(dayNumber)?.stock),
  }
}

/** The records of a table, and its lines as the fold has them beside those that were written. */
type Table = {
  records: readonly TestRecord[]
  lines(log: Log, fates: Played['fates']): Promise<{ said: string[]; wanted: string[] }>
}

function recordTable(text: string): Table {
  const rows = rowsOf(text)
  const records: TestRecord[] = []
  let timeMs = dayOneMs
  for (const [when, what] of rows) {
    if (when !== '') timeMs = timeOf(when)
    records.push(recordOf(what, timeMs))
  }
  const line = (row: readonly string[]): string => row.join(' | ')
  return {
    records,
    lines: async (_, fates) => ({
      said: rows.map(([when, what], at) => line([when, what, [fates[at].fate, fates[at].code ?? ''].join(' ').trim()])),
      wanted: rows.map(line),
    }),
  }
}

function levelTable(text: string): Table {
  const rows = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([days, cell, events, from, ...level]) =>
      daysOf(days).map((dayNumber) => {
        const [region, industry] = cell.split('/')
        return { dayNumber, region, industry, events: Number(events), from: Number(from), level: level.join(' ') }
      }),
    )
  const line = ({ dayNumber, region, industry }: (typeof rows)[number], level: string): string =>
    `${dayNumber} ${region}/${industry} ${level}`
  const records = rows.flatMap(({ dayNumber, region, industry, events, from }, row) =>
    Array.from({ length: events }, (_, n) => {
      const timeMs = dayOneMs + (dayNumber - 1) * day + Math.floor(((n + 1) * day) / (events + 1) / minute) * minute
      return recordOf(`E${(n % from) + 1} CMP.COMPLAINT #${row}.${n} at=${region}/${industry}`, timeMs)
    }),
  )
  const lastMs = dayOneMs + Math.max(...rows.map(({ dayNumber }) => dayNumber)) * day
  return {
    records: [...records, recordOf('nothing', lastMs)].sort((a, b) => a.timeMs - b.timeMs),
    lines: async (log) => {
      const levelOf = await levelsOf(log)
      return { said: rows.map((row) => line(row, levelOf(row))), wanted: rows.map((row) => line(row, row.level)) }
    },
  }
}

/** `3` or `1-12`. */
function daysOf(text: string): number[] {
  const [first, last = first] = text.split('-').map(Number)
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

type CellOfDay = { dayNumber: number; region: string; industry: string }

/** The level at which a cell stands at the end of a day; `early` if it came to it before that end. */
async function levelsOf(log: Log): Promise<(of: CellOfDay) => string> {
  const warnings = await warningsOf(log)
  return ({ dayNumber, region, industry }) => {
    const tick = dayOneTick + dayNumber - 1
    const latest = warnings
      .filter((one) => one.region === region && one.industry === industry && one.tick <= tick)
      .at(-1)
    return `${latest?.level ?? 'calm'}${latest?.tick === tick && latest.early ? ' early' : ''}`
  }
}

/** When, record and fate of each line below the header; the record begins where the header says, the fate after two spaces. */
export function rowsOf(text: string): [when: string, what: string, fate: string][] {
  const [header, ...lines] = text.split('\n').filter((line) => line.trim() !== '')
  const from = header.indexOf('record')
  return lines.map((line) => {
    const [what, fate = 'applied'] = line
      .slice(from)
      .trim()
      .split(/\s{2,}/)
    return [line.slice(0, from).trim(), what, fate]
  })
}

/** `2 9h` or `2 9h30m` or `2 9h30m5s`. */
function timeOf(when: string): number {
  const [dayNumber, clock = ''] = when.split(' ')
  return dayOneMs + (Number(dayNumber) - 1) * day + lengthOf(clock)
}

/** `3d`, `2h20m`, `1800d`; negative with a minus before it. */
function lengthOf(text: string): number {
  const units: Readonly<Record<string, number>> = { d: day, h: hour, m: minute, s: 1_000 }
  const length = [...text.matchAll(/([\d.]+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit],
    0,
  )
  return text.startsWith('-') ? -length : length
}

function recordOf(what: string, timeMs: number): TestRecord {
  const [who, kind, ...rest] = what.split(' ')
  const options = new Map(
    rest.filter((word) => word.includes('=')).map((word): [string, string] => [word.split('=')[0], word.split('=')[1]]),
  )
  const occurredAt = new Date(
    timeMs - lengthOf(options.get('ago') ?? '') + lengthOf(options.get('in') ?? ''),
  ).toISOString()
  const one = (topic: TestRecord['topic'], value: object): TestRecord => ({ topic, key: who, timeMs, value })
  if (who === 'nothing')
    return { topic: 'commands', key: null, timeMs, value: { id: `at ${timeMs}`, actor: 'test', kind: 'import.begin' } }
  if (kind === 'is')
    return one('enterprises', {
      id: who,
      region: rest[0],
      industry: rest[1],
      ...(rest[2] === 'closed' ? { status: 'closed' } : {}),
    })
  if (kind === 'grade') return one('credit-grades', { enterpriseId: who, grade: rest[0], effectiveAt: occurredAt })
  if (kind === 'takes') {
    const [target, own] = rest.filter((word) => word.startsWith('#')).map((word) => word.slice(1))
    return one('risk-events', { id: own, enterpriseId: who, type: 'PEN.NOTE', occurredAt, retracts: target })
  }
  const id = rest.find((word) => word.startsWith('#'))?.slice(1) ?? ''
  const [region, industry] = (options.get('at') ?? '/').split('/')
  const [severity, amount, source] = [options.get('severity'), options.get('amount'), options.get('from')]
  return one('risk-events', {
    id,
    enterpriseId: who,
    type: kind,
    occurredAt,
    ...(severity === undefined ? {} : { severity: Number(severity) }),
    ...(amount === undefined ? {} : { amount: Number(amount) }),
    ...(source === undefined ? {} : { source }),
    ...(region === '' ? {} : { region }),
    ...(industry === '' ? {} : { industry }),
  })
}
