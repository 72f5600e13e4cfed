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
 */
import { expect } from 'vitest'
import { type Digest, digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import type { Notice } from '../../src/notices.ts'
import { append, type FoldSetting, foldToEnd, memoryLog, type TestRecord } from './fold.ts'
import type { OracleResult, OracleTick } from './oracle.ts'
import { readFates, readScores, readTicks } from './readFold.ts'
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
  const lines = rowsOf(text)
  const records: TestRecord[] = []
  let timeMs = dayOneMs
  for (const [when, what] of lines) {
    if (when !== '') timeMs = timeOf(when)
    records.push(recordOf(what, timeMs))
  }
  const log = await memoryLog(setting.partitions)
  await append(log, records)
  const notices: Notice[] = []
  await foldToEnd(log, setting, (notice) => notices.push(notice))
  const fates = await readFates(log, records)
  const said = lines.map(
    ([when, what], at) =>
      `${when} | ${what} | ${fates[at].fate}${fates[at].code === undefined ? '' : ` ${fates[at].code}`}`,
  )
  expect(said).toEqual(lines.map(([when, what, fate]) => `${when} | ${what} | ${fate}`))
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
