/**
 * The state of a task is declared in parts. A checkpoint holds each by itself, under its name and version, so a part that is damaged, or
 * in a form that is no longer read, need not take the others with it (docs/fold.md rule 20).
 */
import type { z } from 'zod'
import type { BeatRecords } from './beatRecords.ts'
import type { WordReader, WordWriter } from './pages.ts'

export interface StatePart {
  /** In this task, for its life. */
  readonly name: string
  /** Of the form that `save` writes. */
  readonly version: number
  /** Slice by slice, so that full pages go out in between. */
  save(out: WordWriter): Iterable<void>
  /** Once, before the first beat and after the parts declared before. Slice by slice: done when the iteration is. */
  load(from: WordReader, version: number): Iterable<void>
  /** Versions before its own that `load` reads. */
  readonly reads?: readonly number[]
  /** How it comes about from some of the task's inputs alone; without it, it comes about with the whole task. */
  readonly refold?: Refold
}

/** Folds every beat of the journal from the first on, into a part as it is when a log begins. */
export type Refold = {
  inputs: readonly string[]
  fold: (beat: number, records: BeatRecords) => void
  /** After the last of them. */
  done?: () => void
}

/** A part that is one JSON value. `upgrade` makes one of this form out of each earlier form, by its version. */
export function jsonPart<S extends object | null>(
  head: { name: string; version: number; contract: z.ZodType<S>; refold?: Refold },
  save: () => S,
  load: (saved: S) => void,
  upgrade: Readonly<Record<number, (earlier: unknown) => unknown>> = {},
): StatePart {
  const { contract, ...part } = head
  return {
    ...part,
    reads: Object.keys(upgrade).map(Number),
    *save(out) {
      out.putJson(save())
      yield
    },
    *load(from, version) {
      const saved = from.takeJson()
      load(contract.parse(version === part.version ? saved : upgrade[version](saved)))
      yield
    },
  }
}

/** The part of something that may be made anew while the task goes on: of the one that is there when it is asked. */
export function currentPart(current: () => StatePart): StatePart {
  const { name, version, reads, refold } = current()
  const fold: Refold['fold'] = (beat, records) => current().refold?.fold(beat, records)
  return {
    ...{ name, version, reads: reads ?? [] },
    save: (out) => current().save(out),
    load: (from, written) => current().load(from, written),
    ...(refold === undefined ? {} : { refold: { inputs: refold.inputs, fold } }),
  }
}

/** A part upon which those after it stand. */
export function afterLoading(part: StatePart, done: () => void): StatePart {
  return {
    ...part,
    ...(part.refold === undefined ? {} : { refold: { ...part.refold, done } }),
    *load(from, version) {
      yield* part.load(from, version)
      done()
    },
  }
}
