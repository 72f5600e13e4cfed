/** Drift in a whole fold: the same counts however the log is cut, exactly the rows of the slices, and nothing without a reference. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { hourOf } from '../../models/facts.ts'
import { featureNames } from '../../models/features.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { isScored, rowProbability } from '../../src/enterprise/score/score.ts'
import { featureProfile } from '../../src/featureProfile.ts'
import { digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import type { Notice } from '../../src/notices.ts'
import { hash64 } from '../../streams/hash.ts'
import { type ModelDrifted, PublicNotice } from '../../streams/outputs.ts'
import { madeUpReference, plainPsi } from '../support/drift.ts'
import {
  append,
  foldInSessions,
  foldToEnd,
  inSmallBatches,
  memoryLog,
  openTasks,
  stepAll,
  type TestRecord,
} from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { historyStartMs } from '../support/histories.ts'
import { chunkRecords, modelCommand, modelFolder, overridden } from '../support/models.ts'
import { partsOf } from '../support/parts.ts'
import { all } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const day = 86_400_000
const beatMs = 3_600_000
const { calendar } = tinyProfile
const names = featureNames(featureProfile(tinyProfile))
const reference = madeUpReference(names.length)
const bare = tinyModel(tinyProfile)
const model: RiskModel = { ...bare, reference }
const setting = { profile: tinyProfile, model, beatMs }
const days = 36
const records = generatedHistory({ seed: 5, days, enterprises: 560, eventsPerDay: 60 })
const firstTick = calendar.tickOf(historyStartMs)
const endBeat = (tick: number): number => calendar.endMs(tick) / beatMs - 1

type Judged = Extract<Notice, { kind: 'TickJudged' }>
/** Ticks as they were judged; what a restart judges again replaces what was told before. */
function driftListener(): { listener: (notice: Notice) => void; driftOf: Map<number, Judged['drift']> } {
  const driftOf = new Map<number, Judged['drift']>()
  const listener = (notice: Notice): void => {
    if (notice.kind === 'TickJudged') driftOf.set(notice.tick, notice.drift)
  }
  return { listener, driftOf }
}

async function folded(partitions: number, some: readonly TestRecord[] = records, by: typeof setting = setting) {
  const log = await memoryLog(partitions)
  await append(log, some)
  const { listener, driftOf } = driftListener()
  await foldToEnd(log, by, listener)
  return { log, driftOf, digest: await digest(log) }
}

async function drifted(log: Log): Promise<ModelDrifted[]> {
  const found: ModelDrifted[] = []
  for await (const notice of all(log, 'notices', PublicNotice.parse))
    if (notice.kind === 'ModelDrifted') found.push(notice)
  return found
}

let plain: Awaited<ReturnType<typeof folded>>
beforeAll(async () => {
  plain = await folded(1)
})

describe('drift of the champion', () => {
  it('is the same with any number of partitions, in small batches, and through restarts with and without checkpoints', async () => {
    const beats = [...new Set(records.map(({ timeMs }) => Math.floor(timeMs / beatMs)))]
    const stop = fc.record({ at: fc.nat({ max: beats.length - 1 }), checkpoint: fc.boolean() })
    const cuts = fc.record({
      partitions: fc.constantFrom(1, 2, 3),
      sizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }),
      stops: fc.array(stop, { minLength: 1, maxLength: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(cuts, async ({ partitions, sizes, stops }) => {
        const log = await memoryLog(partitions)
        await append(log, records)
        const { listener, driftOf } = driftListener()
        const sessions = [...stops.toSorted((x, y) => x.at - y.at), { at: beats.length - 1, checkpoint: false }].map(
          ({ at, checkpoint }) => ({ throughBeats: [beats[at]], checkpoint }),
        )
        await foldInSessions(inSmallBatches(log, sizes), setting, sessions, listener)
        expect(await digest(log)).toEqual(plain.digest)
        expect(driftOf).toEqual(plain.driftOf)
      }),
      { numRuns: 4, examples: [[{ partitions: 3, sizes: [1_000], stops: [] }]] },
    )
  })

  it('is the index by the book of the rows whose slices closed in the last thirty ticks, each row once', async () => {
    const log = await memoryLog()
    await append(log, records)
    const { runners, watchRunner, enterprises } = await openTasks(log, setting)
    const slices: { score: number; features: number[] }[][] = []
    for (let tick = firstTick; tick < firstTick + days; tick++) {
      await stepAll(runners, watchRunner, endBeat(tick))
      const { known } = enterprises[0]
      const { rows, ids } = known
      const { features, probabilityOf } = rowProbability(known, model)
      const slice: (typeof slices)[number] = []
      for (let row = 0; row < rows.count; row++) {
        const { high, low } = hash64(ids.idOf(row))
        const isDue = ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)) % 30n === BigInt(tick) % 30n
        if (!isDue || !isScored(rows, row)) continue
        const score = probabilityOf(row, hourOf(calendar.endMs(tick))) ?? Number.NaN
        slice.push({ score, features: [...features] })
      }
      slices.push(slice)
    }
    for (const at of [28, 29, 33, days - 1]) {
      const rows = slices.slice(Math.max(0, at - 29), at + 1).flat()
      const found = plain.driftOf.get(firstTick + at)
      expect(found?.rows).toBe(rows.length)
      expect(found?.indexes.map(({ feature }) => feature)).toEqual([undefined, ...names])
      for (const [series, { psi }] of found?.indexes.entries() ?? []) {
        const wanted =
          series === 0
            ? plainPsi(
                reference.score,
                rows.map(({ score }) => score),
              )
            : plainPsi(
                reference.features[series - 1],
                rows.map(({ features }) => features[series - 1]),
              )
        expect(psi, names[series - 1] ?? 'score').toBeCloseTo(wanted, 9)
      }
    }
    expect(plain.driftOf.get(firstTick + 33)?.rows).toBe(560)
  })

  it('is told once of the score and of each feature that lies elsewhere', async () => {
    const notices = await drifted(plain.log)
    const told = notices.map(({ feature }) => feature ?? 'score')
    expect(told.length).toBeGreaterThan(3)
    expect(new Set(told).size).toBe(told.length)
    for (const { tick, feature, psi, rows, model: hash } of notices) {
      const { indexes = [], ...state } = plain.driftOf.get(tick) ?? {}
      expect(indexes.find((one) => one.feature === feature)?.psi).toBe(psi)
      expect(psi).toBeGreaterThanOrEqual(0.25)
      expect({ rows, hash }).toEqual({ ...state, hash: model.hash })
    }
  })

  it('of a model without a reference says nothing, and its log is as it was', async () => {
    const { log, driftOf, digest: said } = await folded(1, records, { ...setting, model: bare })
    expect([...driftOf.values()].every((one) => one === undefined)).toBe(true)
    expect(driftOf.size).toBeGreaterThan(30)
    for await (const part of partsOf(log)) expect(part).not.toHaveProperty('drift')
    expect(await drifted(log)).toEqual([])
    for (const topic of ['scores', 'fates', 'ticks', 'cell-warnings'] as const)
      expect(said[topic]).toEqual(plain.digest[topic])
  })

  it('starts anew with a promotion, and ends with one of a model without a reference', async () => {
    const [measured, without] = [modelFolder({ weight: 2, change: { reference } }), modelFolder({ weight: 0.4 })]
    const at = (afterDays: number): number => historyStartMs + afterDays * day
    const promote = (id: string, afterDays: number, hash: string): TestRecord =>
      modelCommand(id, at(afterDays - 1), firstTick + afterDays, { kind: 'model.promote', hash, ...overridden })
    const story = [
      ...chunkRecords(measured, at(2)),
      ...chunkRecords(without, at(2)),
      promote('p', 10, measured.hash),
      promote('q', 32, without.hash),
    ]
    const some = [...records, ...story].toSorted((x, y) => x.timeMs - y.timeMs)
    const one = await folded(1, some)
    const rowsAfter = (afterDays: number): number | undefined => one.driftOf.get(firstTick + afterDays)?.rows
    const daily = (from: number, to: number): number => {
      const of = (tick: number): number => plain.driftOf.get(firstTick + tick)?.rows ?? 0
      return of(to) - (from === 0 ? 0 : of(from - 1))
    }
    expect([rowsAfter(9), rowsAfter(10), rowsAfter(20), rowsAfter(32)]).toEqual([
      daily(0, 9),
      daily(10, 10),
      daily(10, 20),
      undefined,
    ])
    expect((await drifted(one.log)).every(({ model: hash }) => hash === measured.hash)).toBe(true)
    const three = await folded(3, some)
    expect(three.digest).toEqual(one.digest)
    expect(three.driftOf).toEqual(one.driftOf)
  })
})
