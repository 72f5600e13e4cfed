/** A challenger scores in shadow: nothing else changes, and what it says is what it would say alone. */
import { expect, it } from 'vitest'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { EnterpriseTask } from '../../src/enterprise/task.ts'
import type { LogRecord, Output } from '../../src/log/port.ts'
import { ShadowScore } from '../../streams/outputs.ts'
import { bytesOf } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { loadState, savedState } from '../support/state.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const beatMs = 3_600_000
const champion = tinyModel(tinyProfile)
/** Other weights: half the log-odds, and bands of its own. */
const challenger: RiskModel = {
  ...champion,
  hash: 'c'.repeat(64),
  bandEdges: [0.1, 0.3],
  score: (features) => {
    const probability = champion.score(features)
    return probability === undefined ? undefined : probability / 2
  },
}
const history = generatedHistory({
  seed: 3,
  days: 30,
  enterprises: 40,
  eventsPerDay: 20,
  outbreakDays: [20],
  outbreakEvents: 60,
})
const beats = [...Map.groupBy(history, ({ timeMs }) => Math.floor(timeMs / beatMs))].sort(([a], [b]) => a - b)

function newTask(second?: RiskModel): EnterpriseTask {
  const setting = { profile: tinyProfile, model: champion, challenger: second, beatMs }
  return new EnterpriseTask({ ...setting, partition: 0, partitions: 1, hashSeed: [0, 0], listener: () => {} })
}

function run(task: EnterpriseTask, some: typeof beats): Output[] {
  const outputs: Output[] = []
  let offset = 0
  for (const [beat, records] of some) {
    const of = (topic: string): LogRecord[] =>
      records
        .filter((record) => record.topic === topic)
        .map(({ key, timeMs, value }) => ({ offset: offset++, timeMs, key, value: bytesOf(value), headers: null }))
    task.fold(beat, Object.fromEntries(task.inputs.map(({ name, topic }) => [name, of(topic)])), (output) =>
      outputs.push(output),
    )
  }
  return outputs
}

const isShadow = ({ topic }: Output): boolean => topic === 'shadow-scores'
const shadowsOf = (outputs: readonly Output[]): ShadowScore[] =>
  outputs.filter(isShadow).map(({ record }) => ShadowScore.parse(JSON.parse(Buffer.from(record.value).toString())))

it('leaves every other output as it was, to the byte', () => {
  const alone = run(newTask(), beats)
  const beside = run(newTask(challenger), beats)
  expect(alone.some(isShadow)).toBe(false)
  expect(beside.filter((output) => !isShadow(output))).toEqual(alone)
})

it('says what it would say alone: its probability whenever that moved by a step, and its own band', () => {
  const shadows = shadowsOf(run(newTask(challenger), beats))
  expect(shadows.length).toBeGreaterThan(50)
  const { bands, scoreStepMin } = tinyProfile.file
  const last = new Map<string, number>()
  for (const { enterpriseId, probability, band, model } of shadows) {
    expect(Math.abs(probability - (last.get(enterpriseId) ?? 0))).toBeGreaterThanOrEqual(scoreStepMin - 1e-7)
    expect(band).toBe(bands[challenger.bandEdges.filter((edge) => probability >= edge).length].code)
    expect(model).toBe(challenger.hash)
    last.set(enterpriseId, Math.fround(probability))
  }
  // A champion in its place publishes at these moves too, and besides at changes of band.
  const scoreOf = (outputs: readonly Output[]): string[] =>
    outputs
      .filter(({ topic }) => topic === 'scores')
      .map(({ record }) => {
        const { enterpriseId, beat, probability } = JSON.parse(Buffer.from(record.value).toString())
        return `${enterpriseId} ${beat} ${probability}`
      })
  const inItsPlace = new EnterpriseTask({
    profile: tinyProfile,
    model: { ...challenger, bandEdges: [0.998, 0.999] },
    beatMs,
    partition: 0,
    partitions: 1,
    hashSeed: [0, 0],
    listener: () => {},
  })
  const asChampion = scoreOf(run(inItsPlace, beats))
  const asShadow = shadows
    .filter(({ cause }) => cause === 'records')
    .map(({ enterpriseId, beat, probability }) => `${enterpriseId} ${beat} ${probability}`)
  expect(asShadow.slice(0, 20)).toEqual(asChampion.slice(0, 20))
})

it('goes on from a checkpoint as if it had never stopped; another challenger begins anew', () => {
  const whole = newTask(challenger)
  const at = Math.floor(beats.length / 2)
  run(whole, beats.slice(0, at))
  const saved = savedState(whole)
  const restored = newTask(challenger)
  loadState(restored, saved)
  const without = newTask()
  loadState(without, saved)
  const other = newTask({ ...challenger, hash: 'd'.repeat(64) })
  loadState(other, saved)
  const rest = run(whole, beats.slice(at))
  expect(run(restored, beats.slice(at))).toEqual(rest)
  expect(run(without, beats.slice(at))).toEqual(rest.filter((output) => !isShadow(output)))
  expect(shadowsOf(run(other, beats.slice(at))).length).toBeGreaterThan(shadowsOf(rest).length)
})
