/**
 * Where a process is, by the lines it wrote. Each line is on its way before the next thing is done, so the last line that came out
 * of a killed process says what was under way when it was struck.
 *
 *   start ──► restore ──► fold ⇄ commit
 *                          ⇅
 *                      checkpoint
 */
import type { LogLine } from '../e2e/forewarn.ts'

export const phases = ['start', 'restore', 'fold', 'commit', 'checkpoint'] as const
export type Phase = (typeof phases)[number]

/** Phases in which the log or the state of a task is half done. */
export const insidePhases: readonly Phase[] = ['restore', 'commit', 'checkpoint']

export type Story = {
  /** The phase of the last line. */
  phase: Phase
  /** Checkpoints that a restore did not use, or not as a whole. */
  skipped: { task: unknown; slot: unknown }[]
  /** Beats folded again, when every task was restored. */
  beatsFoldedAgain: number | undefined
}

/** `tasks`: how many have to be restored. */
export function readStory(lines: readonly LogLine[], tasks: number): Story {
  let phase: Phase = 'start'
  const skipped: Story['skipped'] = []
  const replayed: number[] = []
  for (const line of lines) {
    phase = phaseAfter(line, phase)
    if (line.kind === 'CheckpointSkipped' || line.kind === 'StateRefolded')
      skipped.push({ task: line.task, slot: line.slot })
    if (line.kind === 'Restored') replayed.push(Number(line.beatsReplayed))
  }
  const beatsFoldedAgain = replayed.length === tasks ? replayed.reduce((sum, one) => sum + one, 0) : undefined
  return { phase, skipped, beatsFoldedAgain }
}

/** Beats that are folded again are told like others: they do not end a restore. */
function phaseAfter({ kind }: LogLine, phase: Phase): Phase {
  if (kind === 'Restoring') return 'restore'
  if (kind === 'EpochCommitting') return 'commit'
  if (kind === 'CheckpointWriting') return 'checkpoint'
  if (kind === 'Restored' || kind === 'EpochCommitted' || kind === 'CheckpointWritten') return 'fold'
  return phase
}
