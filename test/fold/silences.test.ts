/** Silences through the whole fold: the same notices with any partitions and restarts; who was heard is told by the hour. */
import { beforeAll, expect, it } from 'vitest'
import { digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { type PublicNotice, PublicNotice as PublicNoticeContract } from '../../streams/outputs.ts'
import { append, foldInSessions, foldToEnd, memoryLog, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { historyStartMs } from '../support/histories.ts'
import { all } from '../support/readFold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const [hourMs, dayMs] = [3_600_000, 86_400_000]
const setting = { profile: tinyProfile, model: null }

const made = generatedHistory({ seed: 4, days: 32, enterprises: 60, eventsPerDay: 100 })

/** Where each enterprise is; E1 moves about. */
const regionOf = new Map(
  made.flatMap(({ topic, key, value }) =>
    topic === 'enterprises' && typeof value === 'object' && 'region' in value ? [[key, String(value.region)]] : [],
  ),
)

/** The hotline says nothing on days 20, 21 and 22, and the court nothing of province P from day 25 on. */
const history = made.filter(({ topic, key, timeMs, value }: TestRecord) => {
  if (topic !== 'risk-events' || typeof value !== 'object' || !('source' in value)) return true
  const day = Math.floor((timeMs - historyStartMs) / dayMs)
  if (value.source === 'hotline') return day < 20 || day > 22
  const isOfP = key === 'place:P2' || key === 'E1' || regionOf.get(key)?.startsWith('P') === true
  return value.source !== 'court' || day < 25 || !isOfP
})

let plain: Log
beforeAll(async () => {
  plain = await folded(1)
})

async function folded(partitions: number): Promise<Log> {
  const log = await memoryLog(partitions)
  await append(log, history)
  await foldToEnd(log, setting)
  return log
}

async function noticesOf(log: Log): Promise<PublicNotice[]> {
  const found: PublicNotice[] = []
  for await (const notice of all(log, 'notices', PublicNoticeContract.parse)) found.push(notice)
  return found
}

it('tells the silences once, at the coarsest region, and their ends', async () => {
  const notices = await noticesOf(plain)
  const said = notices.flatMap((notice) =>
    notice.kind === 'SourceSilent' || notice.kind === 'SourceSpoke'
      ? [`${notice.kind} ${notice.source} ${notice.region} ${dayOf(notice.tick)}`]
      : [],
  )
  expect(said).toEqual(['SourceSilent hotline  21', 'SourceSpoke hotline  23', 'SourceSilent court P 26'])
})

const dayOf = (tick: number): number => tick - tinyProfile.calendar.tickOf(historyStartMs)

it('who was heard is told for each hour in which a record came and at the end of each tick, with what came so far', async () => {
  const heard = (await noticesOf(plain)).flatMap((one) => (one.kind === 'SourcesHeard' ? [one] : []))
  const offsetMs = tinyProfile.file.tick.utcOffsetMinutes * 60_000
  const labelOf = (ms: number): string => new Date(ms + offsetMs).toISOString().slice(0, 13)
  // A dead letter is not heard: nobody knows whose it is.
  const arrived = history.filter(
    ({ topic, value }) =>
      topic === 'risk-events' && typeof value === 'object' && !('type' in value && value.type === 'OTHER'),
  )
  const hours = new Set(arrived.map(({ timeMs }) => labelOf(timeMs)))
  for (const { tick } of heard) hours.add(`${tinyProfile.calendar.label(tick)}T23`)
  expect(heard.map(({ hour }) => hour)).toEqual([...hours].sort())
  for (const { hour, tick, sources } of heard) {
    const endMs = Date.parse(`${hour}:00:00.000Z`) - offsetMs + hourMs
    const soFar = arrived.filter(({ timeMs }) => timeMs < endMs && tinyProfile.calendar.tickOf(timeMs) === tick)
    expect(sources.flatMap(({ records }) => records).reduce((sum, one) => sum + one, 0)).toBe(soFar.length)
    const before = arrived.filter(({ timeMs }) => timeMs < endMs)
    const lastMs = Math.floor(before[before.length - 1].timeMs / 1_000) * 1_000 + 1_000
    expect(
      sources
        .flatMap(({ lastHeard }) => lastHeard)
        .sort()
        .at(-1),
    ).toBe(new Date(lastMs).toISOString())
  }
})

it('says the same with any partitions, and through restarts in the middle of ticks and silences', async () => {
  const wanted = await digest(plain)
  expect(await digest(await folded(3))).toEqual(wanted)
  const log = await memoryLog(3)
  await append(log, history)
  const last = history[history.length - 1].timeMs
  const cuts = [3.5, 19.2, 20.9, 21.5, 22.99, 23.01, 26.4].map((day) =>
    Math.floor((historyStartMs + day * dayMs) / 1_000),
  )
  await foldInSessions(
    log,
    setting,
    [...cuts, Math.floor(last / 1_000)].map((beat, at) => ({ throughBeats: [beat], checkpoint: at % 3 !== 2 })),
  )
  expect(await digest(log)).toEqual(wanted)
})
