/** Values of one filter, with how many warnings each would leave; what is chosen goes into the address. */
import { go, view } from '../address.ts'
import { number, say } from '../language.ts'
import { isShown, Mark } from './mark.tsx'

export type Choice = { value: string; name: string; count?: number }

type Props = {
  name: string
  legend: string
  choices: readonly Choice[]
  chosen: readonly string[]
  /** One at most. */
  single?: boolean
  /** Values are levels. */
  mark?: boolean
}

/** So many are shown before "more". */
const shownMax = 8

export function ChoiceList({ name, legend, choices, chosen, single = false, mark = false }: Props) {
  const set = (value: string, on: boolean): void => {
    const rest = single ? [] : chosen.filter((one) => one !== value)
    go(view({ [name]: (on ? [...rest, value] : rest).join(','), cursor: undefined }), { replace: true })
  }
  const box = ({ value, name: text, count }: Choice) => (
    <label key={value} class={count === 0 ? 'choice none' : 'choice'}>
      <input
        type="checkbox"
        checked={chosen.includes(value)}
        onChange={({ currentTarget }) => set(value, currentTarget.checked)}
      />
      {mark && isShown(value) && <Mark level={value} size={10} />}
      <span class="clip">{text}</span>
      {count !== undefined && <span class="figures quiet">{number(count)}</span>}
    </label>
  )
  const more = choices.slice(shownMax)
  return (
    <fieldset>
      <legend>{legend}</legend>
      {choices.slice(0, shownMax).map(box)}
      {more.length > 0 && (
        <details>
          <summary>{say('facet.more', { n: more.length })}</summary>
          {more.map(box)}
        </details>
      )}
    </fieldset>
  )
}
