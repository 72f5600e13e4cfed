/** The secret of a process: tables in memory find ids by a hash that it keys, so that nobody can choose ids that meet in one place. */
import { randomInt } from 'node:crypto'

/** Two unsigned 32-bit words. Nothing that is written depends on them. */
export type HashSeed = readonly [number, number]

/** Drawn where tasks are made, never in a fold. */
export function drawHashSeed(): HashSeed {
  return [randomInt(2 ** 32), randomInt(2 ** 32)]
}
