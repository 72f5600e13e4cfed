/** Standing warnings by level over the last ticks, stacked. */
import type { Overview } from '../../serve/contracts.ts'
import { number, say, tickName } from '../language.ts'
import { warned } from './mark.tsx'

type Day = Overview['strip'][number]
const height = 56

export function Days({ days }: { days: readonly Day[] }) {
  const most = Math.max(1, ...days.map(total))
  return (
    <ol class="days" style={{ height: `${height + 16}px` }}>
      {days.map((day, at) => (
        <li key={day.tick}>
          <span class="day-bar" title={titleOf(day)}>
            <span class="hidden">{titleOf(day)}</span>
            <span class="stack" aria-hidden="true" style={{ height: `${(total(day) / most) * height}px` }}>
              {warned.map((level) =>
                day.standing[level] === 0 ? null : (
                  <i key={level} class={`fill fill-${level}`} style={{ flexGrow: day.standing[level] }} />
                ),
              )}
            </span>
            <span class="day-name" aria-hidden="true">
              {at % 7 === (days.length - 1) % 7 ? tickName(day.tick) : ''}
            </span>
          </span>
        </li>
      ))}
    </ol>
  )
}

const total = ({ standing }: Day): number => standing.blue + standing.yellow + standing.orange + standing.red

function titleOf(day: Day): string {
  const levels = warned.map((level) => `${say(`level.${level}`)} ${number(day.standing[level])}`).join(', ')
  return `${tickName(day.tick, { year: true })}: ${levels}; ${say('days.moves', { raised: day.raised, cleared: day.cleared })}`
}
