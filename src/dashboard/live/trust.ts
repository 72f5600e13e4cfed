/** Whether the screen may be trusted: each reason why not has its own sentence. Calm is painted only where there is none. */
import { computed, signal } from '@preact/signals'
import { asOf } from '../address.ts'
import { clock, readClock } from '../demo/clock.ts'
import { heardMs, status, statusMs } from './stream.ts'

/** In order of weight: the first that holds is told. */
export type Doubt =
  | { kind: 'no-answer'; sinceMs: number }
  | { kind: 'stopped' }
  | { kind: 'no-log' }
  | { kind: 'building'; share: number }
  | { kind: 'still'; sinceMs: number }

const streamSilenceMs = 15_000
const beatsMissed = 3
const beatGraceMs = 10_000
/** An import goes as fast as its files come, and the demo as its clock. */
const importGraceMs = 15_000

/** The browser's clock, once a second: ages run even when nothing is heard. */
export const nowMs = signal(Date.now())
setInterval(() => {
  nowMs.value = Date.now()
}, 1_000)

export const doubt = computed((): Doubt | undefined => {
  const said = status.value
  if (heardMs.value > 0 && nowMs.value - heardMs.value > streamSilenceMs)
    return { kind: 'no-answer', sinceMs: heardMs.value }
  if (said === undefined) return undefined
  if (said.state === 'stopped' || said.state === 'no-log') return { kind: said.state }
  if (said.state === 'building') return { kind: 'building', share: said.share }
  const still = stillSince(said.throughMovedAt, said.now)
  const grace = said.import.open ? importGraceMs : beatsMissed * (said.beatMs ?? 0) + beatGraceMs
  if (clock.value?.paused !== true && still !== undefined && nowMs.value - still > grace)
    return { kind: 'still', sinceMs: still }
  return undefined
})

// In the demo days may be over, or another page may have stopped them; then nothing is wrong.
doubt.subscribe((of) => {
  if (of?.kind === 'still' && clock.peek() !== undefined) void readClock()
})

// Another page may have let the days go on: what moves does not stand.
let through: string | null | undefined
status.subscribe((said) => {
  if (said?.through !== through && clock.peek()?.paused === true) void readClock()
  through = said?.through
})

/** When the fold was last seen to move, by the browser's clock. */
function stillSince(movedAt: string | null, now: string): number | undefined {
  return movedAt === null ? undefined : statusMs.value - (Date.parse(now) - Date.parse(movedAt))
}

/** Of the past nothing can become doubtful; of the present calm is withdrawn with the first doubt. */
export const mayBeCalm = computed(
  () => asOf.value !== undefined || (status.value !== undefined && doubt.value === undefined),
)
