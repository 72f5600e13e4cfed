/** The ladder: each level is a shape, a word and a colour, so that none is told by colour alone. */
import type { Level as LevelName } from '../../../streams/outputs.ts'
import { say } from '../language.ts'

export const ladder = ['calm', 'blue', 'yellow', 'orange', 'red'] as const
export const warned = ['red', 'orange', 'yellow', 'blue'] as const
/** `unsure`: it cannot be said that it is calm. */
export type Shown = LevelName | 'unsure'

const shapes: Readonly<Record<Shown, string>> = {
  red: 'M6 .7 11.6 11.2H.4z',
  orange: 'M6 .3 11.7 6 6 11.7.3 6z',
  yellow: 'M1 1h10v10H1z',
  blue: 'M6 .6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 6 .6z',
  calm: 'M6 2.2a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6z',
  unsure: 'M1 11 11 1M1 6.5 6.5 1M5.5 11 11 5.5',
}

export const isShown = (value: string): value is Shown => value in shapes

/** The shape alone; whoever uses it says the word beside it. */
export function Mark({ level, size = 12 }: { level: Shown; size?: number }) {
  return (
    <svg class={`mark mark-${level}`} viewBox="0 0 12 12" width={size} height={size} aria-hidden="true">
      <path d={shapes[level]} />
    </svg>
  )
}

/** Shape and word. */
export function Level({ level, short = false }: { level: Shown; short?: boolean }) {
  return (
    <span class="level">
      <Mark level={level} />
      <span class={short ? 'hidden' : undefined}>{say(`level.${level}`)}</span>
    </span>
  )
}
