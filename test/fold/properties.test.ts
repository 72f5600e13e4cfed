import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { append, bytesOf, foldToEnd, memoryLog } from '../support/fold.ts'
import { histories } from '../support/histories.ts'
import { oracle } from '../support/oracle.ts'
import { fateLines, readFates, readScores, readTicks, scoreLines, tickLines } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const seed = 20_260_302
const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000 } as const

describe('a fold of any history', () => {
  it('is what the oracle says', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), async (records) => {
        const log = await memoryLog()
        await append(log, records)
        await foldToEnd(log, setting)
        const wanted = oracle(records.map((one) => ({ ...one, bytes: bytesOf(one.value) })), setting)
        expect(fateLines(records, await readFates(log, records))).toEqual(fateLines(records, wanted.fates))
        expect(scoreLines(await readScores(log))).toEqual(scoreLines(wanted.scores))
        expect(tickLines(await readTicks(log, tinyProfile))).toEqual(tickLines(wanted.ticks))
      }),
      { seed, numRuns: 300 },
    )
  })
})
