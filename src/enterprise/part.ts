/** The cell part: what a task adds to the cells in one beat, in columns and in pages under the limit. */
import type { CellPart } from '../../streams/outputs.ts'
import type { Emit } from '../fold/task.ts'
import { jsonBytes } from '../json.ts'
import type { PartSums } from './tally.ts'

const partEntriesMax = 5_000 // of each kind in a page: under 900 KiB

type Head = { task: string; beat: number; tick: number }

/** Writes the sums of a beat as a part, and empties them. */
export function writePart(sums: PartSums, head: Head, partition: number, emit: Emit): void {
  const counts = singles(sums.counts.take())
  const late = takeLate(sums)
  const breadth = pairs(sums.breadth.take())
  const shared = pairs(sums.shared.take())
  const stock = singles(sums.stock.take())
  const arrivals = singles(sums.arrivals.take())
  const longest = Math.max(
    counts.keys.length,
    late.keys.length,
    breadth.keys.length,
    shared.keys.length,
    stock.keys.length,
    arrivals.keys.length,
  )
  const pages = Math.max(1, Math.ceil(longest / partEntriesMax))
  for (let page = 0; page < pages; page++) {
    const slice = <T extends Record<string, number[]>>(columns: T): T => sliced(columns, page)
    const part: CellPart = {
      ...head,
      page,
      pages,
      through: head.beat,
      counts: slice(counts),
      late: slice(late),
      breadth: slice(breadth),
      shared: slice(shared),
      stock: slice(stock),
      arrivals: slice(arrivals),
    }
    emit({ topic: 'cell-parts', partition, record: { key: head.task, value: jsonBytes(part) } })
  }
}

function sliced<T extends Record<string, number[]>>(columns: T, page: number): T {
  if (page === 0 && Object.values(columns).every((column) => column.length <= partEntriesMax)) return columns
  const copy = { ...columns }
  for (const name in copy)
    Object.assign(copy, { [name]: copy[name].slice(page * partEntriesMax, (page + 1) * partEntriesMax) })
  return copy
}

function takeLate(sums: PartSums): { ticks: number[]; keys: number[]; deltas: number[] } {
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
  return late
}

function singles({ keys, deltas }: { keys: number[]; deltas: number[] }): { keys: number[]; deltas: number[] } {
  return { keys, deltas }
}

function pairs({ keys, deltas, seconds }: { keys: number[]; deltas: number[]; seconds: number[] }): {
  keys: number[]
  enterprises: number[]
  squares: number[]
} {
  return { keys, enterprises: deltas, squares: seconds }
}
