/** Score history as steps over time, in the bands that it passed; where a model changed it is marked. */
import type { EnterpriseDetail } from '../../serve/contracts.ts'
import { finePercent, instant, nameOf, say } from '../language.ts'

type Point = EnterpriseDetail['scores'][number]
const [width, height, left, bottom] = [640, 150, 46, 20]

export function Scores({ points }: { points: readonly Point[] }) {
  const times = points.map(({ at }) => Date.parse(at))
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 1]
  const most = Math.max(0.05, ...points.map(({ probability }) => probability)) * 1.15
  const x = (ms: number): number => left + ((ms - first) / Math.max(1, last - first)) * (width - left - 8)
  const y = (probability: number): number => 6 + (1 - probability / most) * (height - bottom - 6)
  const path = points
    .map(
      ({ probability }, place) =>
        `${place === 0 ? 'M' : 'H'}${x(times[place] ?? 0).toFixed(1)}${place === 0 ? ' ' : 'V'}${y(probability).toFixed(1)}`,
    )
    .join('')
  return (
    <svg
      class="steps"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={say('scores.label', { n: points.length })}
    >
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line x1={left} x2={width} y1={y(share * (most / 1.15))} y2={y(share * (most / 1.15))} />
          <text x={left - 6} y={y(share * (most / 1.15)) + 4} text-anchor="end">
            {finePercent(share * (most / 1.15))}
          </text>
        </g>
      ))}
      <path d={path} />
      {points.map((point, place) => (
        <circle
          key={point.at}
          class={point.cause === 'model' ? 'by-model' : undefined}
          cx={x(times[place] ?? 0)}
          cy={y(point.probability)}
          r={point.cause === 'model' ? 5 : 3}
        >
          <title>{titleOf(point)}</title>
        </circle>
      ))}
      <text x={left} y={height - 4}>
        {instant(points[0]?.at ?? '').slice(0, 10)}
      </text>
      <text x={width} y={height - 4} text-anchor="end">
        {instant(points.at(-1)?.at ?? '').slice(0, 10)}
      </text>
    </svg>
  )
}

const titleOf = ({ at, probability, band, grade, cause }: Point): string =>
  [
    instant(at),
    finePercent(probability),
    nameOf('bands', band),
    grade,
    say(`cause.${cause === 'model' || cause === 'time' ? cause : 'records'}`),
  ].join(' · ')
