/** How far the observed is above or below the expected, as bars on one scale of ratios, with the words and figures beside them. */
import type { ComponentChildren } from 'preact'
import { number, say } from '../language.ts'
import { Mark, type Shown } from './mark.tsx'

/** A bar without a warning claims nothing: whether it is calm there depends on who was heard. */
export type Bar = { key: string; level: Shown; name: ComponentChildren; observed: number; expected: number | null }

/** A longer bar says no more. */
const ratioMax = 8

const ratioOf = ({ observed, expected }: Bar): number => (expected === null || expected === 0 ? 0 : observed / expected)

export function Bars({ bars, caption }: { bars: readonly Bar[]; caption: string }) {
  const most = Math.min(ratioMax, Math.max(2, ...bars.map(ratioOf)))
  const share = (ratio: number): string => `${(100 * Math.min(ratio, most)) / most}%`
  return (
    <table class="bars">
      <caption class="hidden">{caption}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">{say('bars.what')}</th>
          <th scope="col">{say('bars.bar')}</th>
          <th scope="col">{say('bars.figures')}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.key}>
            <th scope="row">
              {bar.level !== 'calm' && (
                <>
                  <Mark level={bar.level} size={9} />
                  <span class="hidden">{say(`level.${bar.level}`)} </span>
                </>
              )}
              <span class="clip">{bar.name}</span>
            </th>
            <td class="bar">
              <span class={`fill fill-${bar.level}`} style={{ width: share(ratioOf(bar)) }} />
              <i style={{ left: share(1) }} />
            </td>
            <td class="figures">
              {number(bar.observed)}
              <span class="quiet"> / {bar.expected === null ? '–' : number(bar.expected)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
