/** In the demo alone: that all is made up, its clock, and a tour. */
import { say } from '../language.ts'
import { clock, setClock } from './clock.ts'
import { isTourOpen } from './tour.tsx'

const speeds = [0.2, 0.5, 1, 2, 5, 0] as const

export function DemoBar() {
  const now = clock.value
  if (now === undefined) return null
  return (
    <section class="demo" aria-label={say('demo.label')}>
      <span>{say('demo.madeUp')}</span>
      <button type="button" onClick={() => void setClock({ ...now, paused: !now.paused })}>
        {now.paused ? `▶ ${say('demo.goOn')}` : `❚❚ ${say('demo.pause')}`}
      </button>
      <label>
        <span class="hidden">{say('demo.speed')}</span>
        <select
          value={String(now.daysPerSecond)}
          onChange={({ currentTarget }) => void setClock({ ...now, daysPerSecond: Number(currentTarget.value) })}
        >
          {[...new Set([...speeds, now.daysPerSecond])].map((speed) => (
            <option key={speed} value={String(speed)}>
              {speed === 0 ? say('demo.fastest') : say('demo.daysPerSecond', { n: speed })}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        aria-expanded={isTourOpen.value}
        onClick={() => {
          isTourOpen.value = !isTourOpen.value
        }}
      >
        {say('tour.open')}
      </button>
    </section>
  )
}
