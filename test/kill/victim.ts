/** One start of the real process, and its end: by SIGKILL at the moment aimed at, or by itself when it was done before. */
import { Forewarn, logLines } from '../e2e/forewarn.ts'
import { readStory, type Story } from './phases.ts'

/** So many milliseconds after the n-th line of a kind, or after the start. */
export type Aim = {
  kind: 'Restoring' | 'EpochCommitting' | 'CheckpointWriting' | 'start'
  nth: number
  delayMs: number
}

export type End = Story & { killed: boolean; out: string; err: string }

const tasks = 2 // one partition, and the watch

export async function runUntilKilled(args: readonly string[], aim: Aim | undefined): Promise<End> {
  let fired = false
  const fire = (): void => {
    if (fired || aim === undefined) return
    fired = true
    if (aim.delayMs < 1) victim.kill('SIGKILL')
    else setTimeout(() => victim.kill('SIGKILL'), aim.delayMs)
  }
  const pattern = `"kind":"${aim?.kind}"`
  let seen = 0
  let tail = ''
  const victim = new Forewarn(args, {
    heard: (text) => {
      if (aim === undefined || aim.kind === 'start') return
      const searched = tail + text
      seen += searched.split(pattern).length - 1
      tail = searched.slice(-(pattern.length - 1)) // the pattern may lie across two pieces; it fits in no tail
      if (seen >= aim.nth) fire()
    },
  })
  if (aim?.kind === 'start') fire()
  const { code, signal, out, err } = await victim.ended
  const killed = signal === 'SIGKILL'
  if (!killed && code !== 0) throw new Error(`ended with ${code} by itself: ${err.slice(-2_000)}`)
  return { ...readStory(logLines(err), tasks), killed, out, err }
}
