/** What was observed against what was expected: a chart, the same as a table, and the point under the pointer in words. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Series, SeriesPoint } from '../../serve/contracts.ts'
import { number, say, tickName } from '../language.ts'
import { Level } from '../parts/mark.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { Empty } from '../parts/states.tsx'
import { theme } from '../theme.ts'
import type { Drawn } from './setting.ts'

export function Chart({ of, title }: { of: Series; title: string }) {
  const isTable = useSignal(false)
  const index = useSignal<number | undefined>(undefined)
  const { points } = of
  const last = points.length - 1
  if (last < 0) return <Empty>{say('chart.none')}</Empty>
  const shown = points[Math.min(index.value ?? last, last)]
  return (
    <figure class="chart">
      <figcaption>
        {shown !== undefined && <Reading point={shown} isCount={of.statistic !== 'risk'} />}
        <button
          type="button"
          aria-pressed={isTable.value}
          onClick={() => {
            isTable.value = !isTable.value
          }}
        >
          {say('chart.table')}
        </button>
      </figcaption>
      {isTable.value ? (
        <Table of={of} title={title} />
      ) : (
        <Canvas
          of={of}
          title={title}
          index={index.value}
          onIndex={(at) => {
            index.value = at
          }}
        />
      )}
      <Key isCount={of.statistic !== 'risk'} />
    </figure>
  )
}

type CanvasProps = { of: Series; title: string; index: number | undefined; onIndex: (at: number | undefined) => void }

function Canvas({ of, title, index, onIndex }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null)
  const drawn = useRef<Drawn>(undefined)
  const { points, statistic } = of
  useEffect(() => {
    const element = place.current
    if (element === null) return
    let isGone = false
    const labels = points.map(({ tick }) => tickName(tick))
    void import('./plot.ts').then(({ plot }) => {
      if (!isGone) drawn.current = plot(element, { points, isCount: statistic !== 'risk', labels, onIndex })
    })
    const sized = new ResizeObserver(() => drawn.current?.resize())
    sized.observe(element)
    return () => {
      isGone = true
      sized.disconnect()
      drawn.current?.end()
      drawn.current = undefined
    }
  }, [points, statistic, theme.value])
  return (
    <>
      <div class="canvas" ref={place} role="img" aria-label={say('chart.picture', { title })} />
      <input
        type="range"
        class="points"
        min={0}
        max={points.length - 1}
        value={index ?? points.length - 1}
        aria-label={say('chart.label', { title })}
        aria-valuetext={tickName(points[index ?? points.length - 1]?.tick ?? '')}
        onInput={({ currentTarget }) => {
          drawn.current?.point(Number(currentTarget.value))
          onIndex(Number(currentTarget.value))
        }}
      />
    </>
  )
}

/** One point in words. */
function Reading({ point, isCount }: { point: SeriesPoint; isCount: boolean }) {
  const { tick, observed, expected, low, high, red, level } = point
  return (
    <p class="reading" aria-live="polite">
      <b>{tickName(tick)}</b> <Level level={level} />
      <span>
        {say(isCount ? 'chart.observed' : 'chart.level')}{' '}
        <b class="figures">{observed === null ? '–' : number(observed)}</b>
      </span>
      <span>
        {say('chart.expected')} <b class="figures">{expected === null ? '–' : number(expected)}</b>
      </span>
      {low !== null && high !== null && <span>{say('chart.band', { low: number(low), high: number(high) })}</span>}
      {red !== null && <span>{say('chart.red', { n: red })}</span>}
    </p>
  )
}

function Key({ isCount }: { isCount: boolean }) {
  return (
    <ul class="legend">
      <li>
        <i class={isCount ? 'key-bar' : 'key-line'} /> {say(isCount ? 'chart.observed' : 'chart.level')}
      </li>
      <li>
        <i class="key-expected" /> {say('chart.expected')}
      </li>
      <li>
        <i class="key-band" /> {say('chart.bandName')}
      </li>
      {isCount && (
        <li>
          <i class="key-red" /> {say('chart.redName')}
        </li>
      )}
      {!isCount && (
        <li>
          <i class="key-dots" /> {say('chart.sameGrades')}
        </li>
      )}
    </ul>
  )
}

function Table({ of, title }: { of: Series; title: string }) {
  const cell = (value: number | null): string => (value === null ? '–' : number(value))
  return (
    <Scroll label={title}>
      <table class="rows figures">
        <caption class="hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{say('chart.tick')}</th>
            <th scope="col">{say('facet.level')}</th>
            <th scope="col" class="end">
              {say(of.statistic === 'count' ? 'chart.observed' : 'chart.level')}
            </th>
            <th scope="col" class="end">
              {say('chart.expected')}
            </th>
            <th scope="col" class="end">
              {say('chart.bandName')}
            </th>
            <th scope="col" class="end">
              {say('chart.redName')}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...of.points].reverse().map((point) => (
            <tr key={point.tick}>
              <th scope="row">{tickName(point.tick)}</th>
              <td>
                <Level level={point.level} />
              </td>
              <td class="end">{cell(point.observed)}</td>
              <td class="end">{cell(point.expected)}</td>
              <td class="end">{point.low === null ? '–' : `${cell(point.low)}–${cell(point.high)}`}</td>
              <td class="end">{cell(point.red)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
