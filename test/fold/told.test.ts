/** What the tasks tell for the metrics of models: rows that a model refused, commands that were refused, artefacts that are whole. */
import { describe, expect, it } from 'vitest'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Notice } from '../../src/notices.ts'
import { append, type FoldSetting, foldToEnd, memoryLog, type TestRecord } from '../support/fold.ts'
import { chunkRecords, modelCommand, modelFolder, overridden } from '../support/models.ts'
import { at, champion, inOrderOfTime, market, setting, tickOfDay, told } from '../support/promotions.ts'

async function play(more: readonly TestRecord[], by: FoldSetting = setting) {
  const log = await memoryLog()
  await append(log, inOrderOfTime([...market(), ...more]))
  const notices: Notice[] = []
  await foldToEnd(log, by, (notice) => notices.push(notice))
  return { notices, ...(await told(log)) }
}

describe('a row that the model refuses', () => {
  const recent = champion.featureNames.indexOf('count.all.7d')
  const picky: RiskModel = {
    ...champion,
    score: (features) => (features[recent] > 1 ? undefined : champion.score(features)),
  }

  it('is counted and gets no number: what was last said of it stands', async () => {
    const refusing = await play([], { ...setting, model: picky })
    const refused = refusing.notices.reduce((sum, one) => sum + (one.kind === 'BeatFolded' ? one.unscorable : 0), 0)
    expect(refused).toBeGreaterThan(5)
    const plain = await play([])
    expect(plain.notices.every((one) => one.kind !== 'BeatFolded' || one.unscorable === 0)).toBe(true)
    expect(refusing.scores.length).toBeLessThan(plain.scores.length)
    expect(refusing.scores.every(({ probability }) => probability > 0)).toBe(true)
  })
})

describe('the registry', () => {
  const whole = modelFolder({ weight: 2 })
  const half = modelFolder({ weight: 3 })
  const promote = (id: string, hash: string): TestRecord =>
    modelCommand(id, at(2, 10), tickOfDay(5), { kind: 'model.promote', hash, ...overridden })

  it('tells why a command was refused, and how many artefacts are whole', async () => {
    const { notices } = await play([
      ...chunkRecords(whole, at(3, 9)),
      ...chunkRecords(half, at(2, 9), 400).slice(1),
      promote('known', whole.hash),
      promote('half', half.hash),
      promote('none', '9'.repeat(64)),
    ])
    const answers = notices.flatMap((one) => (one.kind === 'CommandAnswered' ? [one.code ?? one.accepted] : []))
    expect(answers.toSorted()).toEqual(['FW_MODEL_INCOMPLETE', 'FW_MODEL_UNKNOWN', true])
    const byTick = notices.flatMap((one) => (one.kind === 'TickJudged' ? [one.artifacts] : []))
    expect(byTick.slice(0, 4)).toEqual([0, 0, 1, 1])
  })
})
