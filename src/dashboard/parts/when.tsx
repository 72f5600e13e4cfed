/** Time travel: the tick whose knowledge every page shows. */
import { asOf, go, view } from '../address.ts'
import { say, tickName } from '../language.ts'
import { status } from '../live/stream.ts'

const hourMs = 3_600_000
const stepMs: Readonly<Record<string, number>> = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs }

/** The label `steps` ticks away from `label`. */
export function stepped(label: string, unit: string, steps: number): string {
  const ms = Date.parse(label.includes('T') ? `${label}:00:00Z` : `${label}T00:00:00Z`) + steps * (stepMs[unit] ?? 0)
  return new Date(ms).toISOString().slice(0, label.length)
}

/** Back into the past, or on towards the present: `steps` ticks. */
export function travel(steps: number): void {
  const { closed, first, unit } = status.value?.tick ?? { closed: null, first: null, unit: 'day' }
  if (closed === null || first === null) return
  if (asOf.value === undefined && steps > 0) return
  const to = asOf.value === undefined ? stepped(closed, unit, steps + 1) : stepped(asOf.value, unit, steps)
  if (to > closed) goTo(undefined)
  else if (to >= first) goTo(to)
  else goTo(first)
}

const goTo = (label: string | undefined): void => go(view({ asOf: label, cursor: undefined }), { replace: true })

export function When() {
  const tick = status.value?.tick
  const isDay = tick?.unit === 'day'
  const shown = asOf.value ?? tick?.open ?? tick?.closed ?? ''
  return (
    <fieldset class="when">
      <legend class="hidden">{say('when.label')}</legend>
      <button
        type="button"
        class="bare"
        title={say('when.back')}
        aria-label={say('when.back')}
        onClick={() => travel(-1)}
      >
        ‹
      </button>
      {isDay ? (
        <input
          type="date"
          aria-label={say('when.day')}
          value={shown}
          min={tick?.first ?? undefined}
          max={tick?.closed ?? undefined}
          onChange={({ currentTarget: { value } }) => {
            if (value !== '') goTo(value)
          }}
        />
      ) : (
        <span class="figures">{tickName(shown)}</span>
      )}
      <button
        type="button"
        class="bare"
        title={say('when.on')}
        aria-label={say('when.on')}
        disabled={asOf.value === undefined}
        onClick={() => travel(1)}
      >
        ›
      </button>
    </fieldset>
  )
}
