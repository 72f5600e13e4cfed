/** Merges sorted sources into the one order of an import: (knownAt, kind, argument, line, position in the line). */
import { recordTopics } from '../../../streams/topics.ts'
import { byTimeAndPlace, type ImportFile, type TimedEntry } from './timed.ts'

export type SortedSource = { file: ImportFile; batches: AsyncGenerator<TimedEntry[]> }

/** Entries of one file that follow each other in the order of the import. */
export type Stretch = { file: ImportFile; entries: readonly TimedEntry[] }

type Head = {
  file: ImportFile
  kind: number
  batches: AsyncGenerator<TimedEntry[]>
  entries: readonly TimedEntry[]
  at: number
}

export async function* merge(sources: readonly SortedSource[]): AsyncGenerator<Stretch> {
  const heads: Head[] = []
  try {
    for (const { file, batches } of sources) {
      const head: Head = { file, kind: recordTopics.indexOf(file.topic), batches, entries: [], at: 0 }
      if (await refill(head)) insert(heads, head)
    }
    for (let first = heads.shift(); first !== undefined; first = heads.shift()) {
      const end = stretchEnd(first, heads[0])
      yield { file: first.file, entries: first.entries.slice(first.at, end) }
      first.at = end
      if (first.at < first.entries.length || (await refill(first))) insert(heads, first)
    }
  } finally {
    for (const { batches } of sources) await batches.return(undefined)
  }
}

async function refill(head: Head): Promise<boolean> {
  const step = await head.batches.next()
  if (step.done === true) return false
  head.entries = step.value
  head.at = 0
  return true
}

/** The first is ahead of the second up to here. */
function stretchEnd(first: Head, second: Head | undefined): number {
  if (second === undefined) return first.entries.length
  let end = first.at + 1
  while (end < first.entries.length && compare(first, end, second, second.at) < 0) end++
  return end
}

/** Keeps the heads in order. */
function insert(heads: Head[], head: Head): void {
  let at = 0
  while (at < heads.length && compare(heads[at], heads[at].at, head, head.at) < 0) at++
  heads.splice(at, 0, head)
}

function compare(a: Head, atA: number, b: Head, atB: number): number {
  const [one, other] = [a.entries[atA], b.entries[atB]]
  return (
    one.knownAtMs - other.knownAtMs ||
    a.kind - b.kind ||
    a.file.argument - b.file.argument ||
    byTimeAndPlace(one, other)
  )
}
