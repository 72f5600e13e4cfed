/** The journal: which beats each epoch folded, and where every input was cut for each of them. The only truth about positions. */
import { z } from 'zod'
import { jsonOf } from '../json.ts'

const Entry = z.object({ beats: z.array(z.int()), cuts: z.array(z.array(z.int())) })

export type FoldedBeat = {
  beat: number /** Per input, the offset after its last record in this beat. */
  cuts: readonly number[]
}

/** Beats and cuts in columns, each as differences from the one before. */
export function encodeEntry(beats: readonly FoldedBeat[]): Uint8Array {
  const inputs = beats[0]?.cuts.length ?? 0
  return Buffer.from(
    JSON.stringify({
      beats: differences(beats.map(({ beat }) => beat)),
      cuts: Array.from({ length: inputs }, (_, input) => differences(beats.map(({ cuts }) => cuts[input]))),
    }),
  )
}

export function decodeEntry(bytes: Uint8Array): FoldedBeat[] {
  const entry = Entry.parse(jsonOf(bytes))
  const beats = sums(entry.beats)
  const columns = entry.cuts.map(sums)
  return beats.map((beat, at) => ({ beat, cuts: columns.map((column) => column[at]) }))
}

function differences(values: readonly number[]): number[] {
  return values.map((value, at) => value - (values[at - 1] ?? 0))
}

function sums(values: readonly number[]): number[] {
  let sum = 0
  return values.map((value) => (sum += value))
}
