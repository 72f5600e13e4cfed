/** Where to strike, drawn from a seed: three of four aim into a restore, a commit or a checkpoint, the others at any time. */
import type { Random } from '../models/random.ts'
import type { Aim } from './victim.ts'

/** Delays after the line, in milliseconds; a commit takes about 20, a checkpoint 5 to 15, a restore up to some hundred. */
const targets = [
  { kind: 'EpochCommitting', weight: 0.3, nthMax: 4, delayMsMax: 16 },
  { kind: 'CheckpointWriting', weight: 0.3, nthMax: 3, delayMsMax: 8 },
  { kind: 'Restoring', weight: 0.15, nthMax: 2, delayMsMax: 12 },
  { kind: 'start', weight: 0.25, nthMax: 1, delayMsMax: 3_000 },
] as const

export function drawAim(random: Random): Aim {
  const { kind, nthMax, delayMsMax } = drawTarget(random())
  const atOnce = kind !== 'start' && random() < 0.4
  return { kind, nth: 1 + Math.floor(random() * nthMax), delayMs: atOnce ? 0 : random() * delayMsMax }
}

/** The target in whose share of 0..1 a number lies. */
function drawTarget(at: number): (typeof targets)[number] {
  let below = 0
  for (const target of targets) {
    below += target.weight
    if (at < below) return target
  }
  return targets[0]
}

/** Seconds between two checkpoints: every commit, or so rarely that a restart has beats to fold again. */
export function drawCheckpointEvery(random: Random): string {
  return ['0.01', '0.5', '3'][Math.floor(random() * 3)]
}

/** Late enough for every task to be restored before. */
export function aimAfterRestore(random: Random): Aim {
  return { kind: 'EpochCommitting', nth: 1 + Math.floor(random() * 2), delayMs: random() * 16 }
}
