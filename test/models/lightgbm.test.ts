/** Models of LightGBM score and explain here as they do there. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseLightGbm } from '../../models/learn/lightgbm.ts'
import { trees } from '../../models/risk/trees.ts'
import { describeWhere } from '../kafka/support.ts'
import { largestDifference } from '../support/difference.ts'
import { standardFeatures } from '../support/randomTrees.ts'
import { science } from '../support/science.ts'

const numbers = z.base64().transform((text) => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return new Float64Array(bytes.buffer)
})
const Reference = z.object({
  name: z.string(),
  model: z.string(),
  features: z.int(),
  rows: numbers,
  rawScores: numbers,
  probabilities: numbers,
  contributions: numbers,
})

const Refused = z.object({ blame: z.string(), model: z.string() })

const available = await science.available()

/** Lines of JSON that a script beside this file prints; none where there is no LightGBM. */
async function linesOf<Contract extends z.ZodType>(script: string, contract: Contract): Promise<z.output<Contract>[]> {
  if (available !== true) return []
  const text = await science.run(path.join(import.meta.dirname, script), '')
  return text
    .trim()
    .split('\n')
    .map((line) => contract.parse(JSON.parse(line)))
}
const references = await linesOf('lightgbmModels.py', Reference)
const refused = await linesOf('lightgbmRefused.py', Refused)

describeWhere(available, 'beside LightGBM', () => {
  test.each(references)('$name', ({ model, features: size, rows, rawScores, probabilities, contributions }) => {
    const { featureNames, trees: weights, sigmoid } = parseLightGbm(model)
    expect(featureNames).toHaveLength(size)
    const core = trees({ features: standardFeatures(featureNames), trees: weights })
    const logOdds = new Float64Array(rows.length / size)
    expect(logOdds.length).toBeGreaterThan(10_000)
    core.logOdds(rows, logOdds)
    expect(
      largestDifference(
        logOdds,
        rawScores.map((raw) => raw * sigmoid),
      ),
    ).toBeLessThan(1e-9)
    expect(
      largestDifference(
        logOdds.map((each) => 1 / (1 + Math.exp(-each))),
        probabilities,
      ),
    ).toBeLessThan(1e-9)

    const out = new Float64Array(size + 1)
    for (let row = 0; row < contributions.length / (size + 1); row++) {
      core.contributions(rows.subarray(row * size, (row + 1) * size), out.subarray(0, size))
      out[size] = core.baseLogOdds
      const theirs = contributions.subarray(row * (size + 1), (row + 1) * (size + 1)).map((each) => each * sigmoid)
      expect(largestDifference(out, theirs), `row ${row}`).toBeLessThan(1e-9)
      expect(Math.abs(out.reduce((sum, each) => sum + each) - logOdds[row])).toBeLessThan(1e-9)
    }
  })

  test.each(refused)('$blame is refused', ({ blame, model }) => {
    expect(() => parseLightGbm(model)).toThrow(blame)
    expect(() => parseLightGbm(model)).toThrow(/; train (on|with) .*\w+=?\w+/)
  })
})
