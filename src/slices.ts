/** Long work in slices: a generator yields after each, and whoever drives it lets others have their turn. */

import { sliceBytes } from './limits.ts'

/** So many records, rows or outputs are a slice: some milliseconds. */
export const sliceLength = 1_024

/** Whether a slice ends with the item at this position. */
export const endsSlice = (at: number): boolean => at % sliceLength === sliceLength - 1

type Sized = readonly { readonly value: Uint8Array }[]
export type Slice = { from: number; to: number }
const ofOne: readonly Slice[] = [{ from: 0, to: 1 }]

/** Slices of records, by their number and by their bytes: one may have a hundred of them, another a quarter of a million. */
export const slicesOf = (records: Sized): Iterable<Slice> => (records.length === 1 ? ofOne : cutOf(records))

/** Whether a slice is not all of the records: whoever is done with all yields when all is done. */
export const isPart = ({ from, to }: Slice, { length }: Sized): boolean => to - from < length

function* cutOf(records: Sized): Iterable<Slice> {
  for (let from = 0, to = 0; from < records.length; from = to) {
    for (let bytes = 0; to < records.length && to < from + sliceLength && bytes < sliceBytes; to++)
      bytes += records[to].value.length
    yield { from, to }
  }
}

/** All slices at once: what the work comes to. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}

/** The list in order, as `list.sort(compare)` has it. */
export function* sortedInSlices<T>(list: T[], compare: (a: T, b: T) => number): Generator<void, T[]> {
  if (list.length <= sliceLength) return list.sort(compare)
  let runs: T[][] = []
  for (let from = 0; from < list.length; from += sliceLength) {
    runs.push(list.slice(from, from + sliceLength).sort(compare))
    yield
  }
  while (runs.length > 1) {
    const longer: T[][] = []
    for (let at = 0; at + 1 < runs.length; at += 2) longer.push(yield* merged(runs[at], runs[at + 1], compare))
    if (runs.length % 2 === 1) longer.push(runs[runs.length - 1])
    runs = longer
  }
  return runs[0]
}

/** Two lists in order as one; of equal items those of the first come first. */
function* merged<T>(first: readonly T[], second: readonly T[], compare: (a: T, b: T) => number): Generator<void, T[]> {
  const all: T[] = []
  let [a, b] = [0, 0]
  while (a < first.length && b < second.length) {
    all.push(compare(first[a], second[b]) <= 0 ? first[a++] : second[b++])
    if (endsSlice(all.length)) yield
  }
  return all.concat(first.slice(a), second.slice(b))
}
