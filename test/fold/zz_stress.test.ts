import fc from 'fast-check'
import { expect, it } from 'vitest'
import { append, bytesOf, foldToEnd, memoryLog } from '../support/fold.ts'
import { histories } from '../support/histories.ts'
import { oracle } from '../support/oracle.ts'
import { fateLines, readFates, readScores, readTicks, scoreLines, tickLines } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000 } as const
it('stress', async () => {
  const fates: Record<string, number> = {}
  let scores = 0, ticks = 0, late = 0
  try {
    await fc.assert(
      fc.asyncProperty(histories(Number(process.env.SIZE ?? 120)), async (records) => {
        const log = await memoryLog()
        await append(log, records)
        await foldToEnd(log, setting)
        const wanted = oracle(records.map((one) => ({ ...one, bytes: bytesOf(one.value) })), setting)
        for (const f of wanted.fates) { const k = `${f.fate} ${f.code ?? ''}`; fates[k] = (fates[k] ?? 0) + 1 }
        scores += wanted.scores.length; ticks += wanted.ticks.size; for (const t of wanted.ticks.values()) late += t.late.size
        expect(fateLines(records, await readFates(log, records))).toEqual(fateLines(records, wanted.fates))
        expect(scoreLines(await readScores(log))).toEqual(scoreLines(wanted.scores))
        expect(tickLines(await readTicks(log, tinyProfile))).toEqual(tickLines(wanted.ticks))
      }),
      { seed: Number(process.env.SEED ?? 1), numRuns: Number(process.env.RUNS ?? 600), interruptAfterTimeLimit: 50_000 },
    )
  } finally { console.log(fates, { scores, ticks, late }) }
}, 200_000)
