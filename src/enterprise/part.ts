/** The cell part: what a task adds to the cells in one beat, in columns and in pages under the limit. */
import type { CellPart } from '../../streams/outputs.ts'
import type { Emit } from '../fold/task.ts'
import type { ContributionSums } from './cellContributions.ts'
import type { Sums } from './deltas.ts'
import { NumbersJson } from './numbersJson.ts'

const partEntriesMax = 5_000 // of each kind in a page: under 900 KiB

type Head = { task: string; beat: number; tick: number }
type Column = Float64Array | Int32Array
type Kind = 'counts' | 'unjudged' | 'late' | 'breadth' | 'shared' | 'stock' | 'arrivals' | 'drift' | 'risk'
/** Left out of a part that has none of them. */
const optional: ReadonlySet<string> = new Set<Kind>(['unjudged', 'drift', 'risk'])
/** The columns of a part; numbers lie in typed arrays until they are written. */
type Columns = { [kind in Kind]: { [name in keyof NonNullable<CellPart[kind]>]: Column } }

const json = new NumbersJson()

/** Writes the sums of a beat as a part, page after page, and empties them. */
export function* writePart(sums: ContributionSums, head: Head, partition: number, emit: Emit): Iterable<void> {
  const drift = sums.drift.take()
  const risk = sums.risk.take()
  const columns: Columns = {
    counts: singles(sums.counts.take()),
    unjudged: singles(sums.unjudged.take()),
    late: takeLate(sums),
    breadth: pairs(sums.distinctEnterprises.take()),
    shared: pairs(sums.overlapCorrection.take()),
    stock: singles(sums.stock.take()),
    arrivals: singles(sums.arrivals.take()),
    drift: { keys: drift.keys, counts: drift.deltas },
    risk: { keys: risk.keys, enterprises: risk.deltas, logOdds: risk.seconds, probability: risk.thirds },
  }
  const longest = Math.max(...Object.values(columns).map(({ keys }) => keys.length))
  const pages = Math.max(1, Math.ceil(longest / partEntriesMax))
  for (let page = 0; page < pages; page++) {
    const start = JSON.stringify({ ...head, page, pages, through: head.beat } satisfies Omit<CellPart, Kind>)
    json.text(start.slice(0, -1))
    for (const [kind, named] of Object.entries(columns)) {
      if (optional.has(kind) && named.keys.length === 0) continue
      let before = `,"${kind}":{`
      for (const [name, column] of Object.entries(named)) {
        json.text(`${before}"${name}":[`)
        json.numbers(column.subarray(page * partEntriesMax, (page + 1) * partEntriesMax))
        before = '],'
      }
      json.text(']}')
    }
    json.text('}')
    emit({ topic: 'cell-parts', partition, record: { key: head.task, value: json.take() } })
    yield
  }
}

function takeLate(sums: ContributionSums): Columns['late'] {
  const late: { ticks: number[]; keys: number[]; deltas: number[] } = { ticks: [], keys: [], deltas: [] }
  for (const tick of [...sums.late.keys()].sort((a, b) => a - b)) {
    const { keys, deltas } = sums.lateOf(tick).take()
    for (let at = 0; at < keys.length; at++) {
      late.ticks.push(tick)
      late.keys.push(keys[at])
      late.deltas.push(deltas[at])
    }
  }
  sums.late.clear()
  return {
    ticks: Float64Array.from(late.ticks),
    keys: Float64Array.from(late.keys),
    deltas: Float64Array.from(late.deltas),
  }
}

function singles({ keys, deltas }: Sums): Columns['counts'] {
  return { keys, deltas }
}

function pairs({ keys, deltas, seconds }: Sums): Columns['breadth'] {
  return { keys, enterprises: deltas, squares: seconds }
}
