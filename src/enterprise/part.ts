/** Cell parts: what a task adds to the cells, beat after beat, in pages under the limit, and many beats in one record. */
import { type KeyedColumns, type PartHead, type PartSums, partKinds, putPart } from '../columns/cellPart.ts'
import { RecordPacker } from '../columns/packedRecords.ts'
import { ByteWriter } from '../columns/varints.ts'
import type { Emit } from '../fold/task.ts'
import { pageBytesMax } from '../limits.ts'
import type { ContributionSums } from './cellContributions.ts'
import type { Sums } from './deltas.ts'

const partEntriesMax = 3_800 // of each kind in a page: 30 columns of 8 bytes at most, 912 KB

export class PartWriter {
  readonly #task: string
  readonly #partition: number
  readonly #packer = new RecordPacker()
  readonly #page = new ByteWriter()

  constructor(task: string, partition: number) {
    this.#task = task
    this.#partition = partition
  }

  /** Takes the sums of a beat, which begins at an instant, as a part, page after page. Records that are full are written. */
  *add(
    sums: ContributionSums,
    { beat, tick }: Pick<PartHead, 'beat' | 'tick'>,
    timeMs: number,
    emit: Emit,
  ): Iterable<void> {
    const taken = takeSums(sums)
    const pages = Math.max(1, Math.ceil(longestOf(taken) / partEntriesMax))
    for (let page = 0; page < pages; page++) {
      const from = page * partEntriesMax
      putPart(this.#page, { beat, tick, page, pages }, taken, { from, to: from + partEntriesMax })
      if (this.#packer.bytes + this.#page.length > pageBytesMax) this.write(emit)
      this.#packer.add(timeMs, this.#page.view())
      this.#page.clear()
      if (page > 0) yield
    }
  }

  /** Writes what is left. */
  write(emit: Emit): void {
    if (this.#packer.count > 0)
      emit({ topic: 'cell-parts', partition: this.#partition, record: this.#packer.take(this.#task) })
  }
}

function longestOf(sums: PartSums): number {
  let longest = 0
  for (const kind of partKinds) longest = Math.max(longest, sums[kind].count)
  return longest
}

function takeSums(sums: ContributionSums): PartSums {
  return {
    counts: singles(sums.counts.take()),
    unjudged: singles(sums.unjudged.take()),
    late: takeLate(sums),
    breadth: pairs(sums.distinctEnterprises.take()),
    shared: pairs(sums.overlapCorrection.take()),
    stock: singles(sums.stock.take()),
    arrivals: singles(sums.arrivals.take()),
    drift: singles(sums.drift.take()),
    risk: triples(sums.risk.take()),
    contradictions: pairs(sums.contradictions.take()),
    moved: triples(sums.moved.take()),
  }
}

function takeLate(sums: ContributionSums): KeyedColumns {
  if (sums.late.size === 0) return nothing
  const ticks: number[] = []
  const keys: number[] = []
  const deltas: number[] = []
  for (const tick of [...sums.late.keys()].sort((a, b) => a - b)) {
    const taken = sums.lateOf(tick).take()
    for (let at = 0; at < taken.count; at++) {
      ticks.push(tick)
      keys.push(taken.keys[at])
      deltas.push(taken.deltas[at])
    }
  }
  sums.late.clear()
  return { count: keys.length, ticks, keys, columns: [deltas] }
}

const nothing: KeyedColumns = { count: 0, keys: [], columns: [] }

function singles({ count, keys, deltas }: Sums): KeyedColumns {
  return count === 0 ? nothing : { count, keys, columns: [deltas] }
}

function pairs({ count, keys, deltas, seconds }: Sums): KeyedColumns {
  return count === 0 ? nothing : { count, keys, columns: [deltas, seconds] }
}

function triples({ count, keys, deltas, seconds, thirds }: Sums): KeyedColumns {
  return count === 0 ? nothing : { count, keys, columns: [deltas, seconds, thirds] }
}
