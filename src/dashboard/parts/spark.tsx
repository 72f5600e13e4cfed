/** The last ticks of a cell as small bars; the newest is dark. */
import { number, say } from '../language.ts'

const [width, height, gap] = [3, 18, 1]

export function Spark({ values }: { values: readonly number[] }) {
  const most = Math.max(1, ...values)
  const last = values.length - 1
  const text = say('spark.label', { last: number(values[last] ?? 0), most: number(most), n: values.length })
  return (
    <svg
      class="spark"
      width={values.length * (width + gap)}
      height={height}
      viewBox={`0 0 ${Math.max(1, values.length * (width + gap))} ${height}`}
      role="img"
      aria-label={text}
    >
      {values.map((value, at) => {
        const tall = value === 0 ? 0.75 : Math.max(1.5, (value / most) * height)
        return (
          <rect
            key={at}
            class={at === last ? 'now' : undefined}
            x={at * (width + gap)}
            y={height - tall}
            width={width}
            height={tall}
          />
        )
      })}
    </svg>
  )
}
