/** The journal: which beats each epoch folded, and where every input was cut for each of them. The only truth about positions. */
import { z } from 'zod'
import { jsonBytes, jsonOf } from '../json.ts'

const Entry = z.object({ beats: z.array(z.int()), cuts: z.array(z.array(z.int())) })

export type FoldedBeat = {
  beat: number /** Per input, the offset after its last record in this beat. */
  cuts: readonly number[]
}

/** The entry of an epoch, beat after beat: beats and cuts in columns, each as differences from the one before. */
export class JournalEntry {
  readonly #beats = new Differences()
  readonly #cuts: readonly Differences[]

  /** `inputs`: how many the task has. */
  constructor(inputs: number) {
    this.#cuts = Array.from({ length: inputs }, () => new Differences())
  }

  get length(): number {
    return this.#beats.values.length
  }

  /** The last one that was added. */
  get lastBeat(): number {
    return this.#beats.last
  }

  /** A beat, and where each input stands after it. */
  add(beat: number, inputs: readonly { readonly position: number }[]): void {
    this.#beats.add(beat)
    for (let at = 0; at < this.#cuts.length; at++) this.#cuts[at].add(inputs[at].position)
  }

  encode(): Uint8Array {
    const cuts = this.length === 0 ? [] : this.#cuts.map(({ values }) => values)
    return jsonBytes({ beats: this.#beats.values, cuts })
  }
}

class Differences {
  readonly values: number[] = []
  last = 0

  add(value: number): void {
    this.values.push(value - this.last)
    this.last = value
  }
}

export function decodeEntry(bytes: Uint8Array): FoldedBeat[] {
  const entry = Entry.parse(jsonOf(bytes))
  const beats = sums(entry.beats)
  const columns = entry.cuts.map(sums)
  return beats.map((beat, at) => ({ beat, cuts: columns.map((column) => column[at]) }))
}

function sums(values: readonly number[]): number[] {
  let sum = 0
  return values.map((value) => (sum += value))
}
