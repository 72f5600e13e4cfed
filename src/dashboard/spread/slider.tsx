/** Any past tick by a slider, and the way from there to the present as a film. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { asOf, go, view } from '../address.ts'
import { say, tickName } from '../language.ts'
import { status } from '../live/stream.ts'
import { stepped } from '../parts/when.tsx'

const stepMs = 900

export function Slider() {
  const tick = status.value?.tick
  const isPlaying = useSignal(false)
  const { first, closed, unit = 'day' } = tick ?? { first: null, closed: null }
  const ticks = first === null || closed === null ? [] : labels(first, closed, unit)
  const shown = asOf.value ?? closed ?? ''
  const place = Math.max(0, ticks.indexOf(shown))
  const goTo = (index: number): void => {
    const label = ticks[index]
    go(view({ asOf: label === closed ? undefined : label }), { replace: true })
  }
  useEffect(() => {
    if (!isPlaying.value) return
    if (asOf.value === undefined) {
      isPlaying.value = false
      return
    }
    const timer = setTimeout(() => goTo(place + 1), stepMs)
    return () => clearTimeout(timer)
  }, [isPlaying.value, shown])
  if (ticks.length < 2) return null
  const play = (): void => {
    isPlaying.value = !isPlaying.value
    if (isPlaying.value && asOf.value === undefined) goTo(Math.max(0, ticks.length - 15))
  }
  return (
    <div class="slider">
      <button type="button" aria-label={say(isPlaying.value ? 'spread.stop' : 'spread.play')} onClick={play}>
        {isPlaying.value ? '❚❚' : '▶'}
      </button>
      <input
        type="range"
        min={0}
        max={ticks.length - 1}
        value={place}
        aria-label={say('when.day')}
        aria-valuetext={tickName(shown, { year: true })}
        onInput={({ currentTarget }) => goTo(Number(currentTarget.value))}
      />
      <output class="figures">{tickName(shown)}</output>
    </div>
  )
}

/** So many ticks the slider reaches back. */
const ticksMax = 400

function labels(first: string, last: string, unit: string): string[] {
  const all = [last]
  while (all.length < ticksMax && (all[0] ?? first) > first) all.unshift(stepped(all[0] ?? first, unit, -1))
  return all
}
