/** The series as a drawing that prints: bars, the expected, its band. */
import type { Series } from '../../serve/contracts.ts'
import { number, say, tickName } from '../language.ts'

const [width, height, left, bottom] = [660, 170, 40, 18]
const headroom = 1.08

export function Picture({ of }: { of: Series }) {
  const points = of.points.slice(-60)
  const isCount = of.statistic !== 'risk'
  const values = points.flatMap(({ observed, expected }) => [observed ?? [], expected ?? []].flat())
  if (values.length === 0) return null
  const highs = points.flatMap(({ high }) => high ?? []).sort((a, b) => a - b)
  const least = isCount ? 0 : Math.min(...values, ...points.flatMap(({ low }) => low ?? []))
  const most =
    Math.max(...values, highs[Math.floor(highs.length * 0.9)] ?? 0, least + (isCount ? 1 : 1e-6)) *
    (isCount ? headroom : 1)
  const step = (width - left) / points.length
  const x = (index: number): number => left + index * step
  const y = (value: number): number =>
    4 + (1 - (Math.min(value, most) - least) / (most - least)) * (height - bottom - 4)
  const line = (read: (index: number) => number | null): string =>
    points
      .map((_, index) => {
        const value = read(index)
        return value === null ? '' : `M${x(index).toFixed(1)} ${y(value).toFixed(1)}h${step.toFixed(1)}`
      })
      .join('')
  return (
    <svg class="picture" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={say('warning.series')}>
      {points.map(({ tick, low, high }, index) =>
        low === null || high === null ? null : (
          <rect key={tick} class="band" x={x(index)} width={step} y={y(high)} height={Math.max(0, y(low) - y(high))} />
        ),
      )}
      {isCount &&
        points.map(({ tick, observed, level }, index) => (
          <rect
            key={tick}
            class={level === 'calm' ? 'observed' : 'observed called'}
            x={x(index) + step * 0.18}
            width={step * 0.64}
            y={y(observed ?? 0)}
            height={Math.max(0, y(0) - y(observed ?? 0))}
          />
        ))}
      {!isCount && <path class="level-line" d={line((index) => points[index]?.observed ?? null)} />}
      <path class="expected" d={line((index) => points[index]?.expected ?? null)} />
      {[least, (least + most) / 2, most].map((value) => (
        <text key={value} x={left - 5} y={y(value) + (value === most ? 9 : 4)} text-anchor="end">
          {number(isCount ? Math.round(value) : value)}
        </text>
      ))}
      <text x={left} y={height - 4}>
        {tickName(points[0]?.tick ?? '')}
      </text>
      <text x={width} y={height - 4} text-anchor="end">
        {tickName(points.at(-1)?.tick ?? '')}
      </text>
    </svg>
  )
}
