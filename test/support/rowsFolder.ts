/** Made-up folders of training rows, by the program's own writer, and profiles that they are of. */

import type { Dataset } from '../../models/learn/dataset.ts'
import { Random } from '../../src/simulate/random.ts'
import { writeRows } from '../../src/training/extract/writeRows.ts'
import { compileProfile, type Profile, ProfileFile } from '../../streams/profile.ts'
import type { RowsDictionary } from '../../streams/trainingRows.ts'
import { tinySource } from './tinyProfile.ts'

/** Ticks after a row by which its label is known: 3 + 1 days, ticks of a day. */
export const labelTicks = 4

/** The tiny profile with a label, and one band edge for each of its bands above the lowest. */
export function labelledProfile(training: object = {}, name = 'tiny'): Profile {
  return compileProfile({
    ...tinySource,
    file: ProfileFile.parse({
      ...tinySource.file,
      name,
      label: { kind: 'outcome-within', days: 3, delayDays: 1, gridTicks: 2 },
      training: { bandShares: [0.9, 0.97], ...training },
    }),
  })
}

const firstTick = 20_500

/** Rows of one enterprise each, ten a tick: `a` raises the risk, `b` lowers it, `c` tells nothing. */
export function riskyRows(rows: number, seed = 1): Dataset {
  const random = new Random(seed, 'risky-rows')
  const values = new Float64Array(rows * 3)
  const labels = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) {
    const [a, b, c] = [random.normal(), random.normal(), random.normal()]
    values.set([2 + a, 5 * b, c], row * 3)
    labels[row] = random.chance(1 / (1 + Math.exp(1.5 - 1.5 * a + b))) ? 1 : 0
  }
  return {
    names: ['a', 'b', 'c'],
    values,
    labels,
    ticks: Int32Array.from(labels, (_, row) => firstTick + Math.floor(row / 10)),
    ids: Array.from(labels, (_, row) => `E${row % 10}`),
    regions: Array.from(labels, (_, row) => (row % 2 === 0 ? 'P' : 'Q')),
    industries: Array.from(labels, (_, row) => (row % 3 === 0 ? 'X' : 'Y')),
    grades: Array.from(labels, (_, row) => ['A', 'D'][row % 2]),
  }
}

/** The rows as a folder, in the order in which they are given. */
export async function rowsFolder(
  folder: string,
  profile: Profile,
  { names, values, labels, ticks, ids, regions, industries, grades }: Dataset,
): Promise<RowsDictionary> {
  async function* rows() {
    for (const [row, label] of labels.entries()) {
      const features = values.slice(row * names.length, (row + 1) * names.length)
      const place = { region: regions[row], industry: industries[row], grade: grades[row] }
      yield { id: ids[row], tick: ticks[row], label: label === 1 ? (1 as const) : (0 as const), ...place, features }
    }
  }
  const choice = { features: [...names], defaults: [...names], leftOut: [] }
  return (await writeRows(folder, { peers: {}, logFromTick: undefined, rows: rows() }, { profile, choice })).dictionary
}
