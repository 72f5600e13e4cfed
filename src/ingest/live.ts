/** Live ingest: lines of files or of standard input, in batches, to a log of this process or to the process that holds it. */
import type { Profile } from '../../streams/profile.ts'
import type { RecordTopic } from '../../streams/topics.ts'
import { sliceBytes, sliceLines } from '../limits.ts'
import type { Log } from '../log/port.ts'
import { entriesOf, entriesOfFile } from './files/entries.ts'
import type { Entry } from './files/entry.ts'
import { type Answer, addAnswer, Intake, nothingTaken } from './intake.ts'
import { plainChunks } from './lines.ts'

/** Where live records go. `send` resolves when they are on disk there. */
export type LiveTarget = { send(topic: RecordTopic, entries: readonly Entry[], file: string): Promise<Answer> }

export type LiveOptions = {
  target: LiveTarget
  profile: Profile
  topic: RecordTopic
  /** As in EntryOptions. */
  mapping?: string
  /** Names of files; `-` is `stdin`. */
  files: readonly string[]
  stdin: AsyncIterable<unknown>
  onProgress?: (lines: number) => void
  /** Told how far it came, before a fault ends it. */
  onCut?: (taken: CutSummary) => void
}

/** `line`: through which the file was taken; 0 for none of it. */
export type CutSummary = Answer & { file: string; line: number }

/** `leftOut`: rows that give no record by their mapping. */
export type LiveSummary = Answer & { leftOut: number; seconds: number }

const batchBytes = sliceBytes / 2 // so a server takes it as a whole or not at all

/** Sends what each chunk of input brings at once: a line that comes through a pipe does not wait for others. */
export async function ingestLive(options: LiveOptions, now: () => number = Date.now): Promise<LiveSummary> {
  const startedMs = now()
  const summary = nothingTaken()
  let lines = 0
  let leftOut = 0
  for (const file of options.files) {
    let line = 0
    try {
      for await (const entries of entriesFrom(file, options, () => leftOut++)) {
        for (const batch of batchesOf(entries)) {
          addAnswer(summary, await options.target.send(options.topic, batch, file))
          line = batch[batch.length - 1].line
        }
        lines += entries.length
        options.onProgress?.(lines)
      }
    } catch (error) {
      options.onCut?.({ ...summary, file, line })
      throw error
    }
  }
  return { ...summary, leftOut, seconds: (now() - startedMs) / 1_000 }
}

function entriesFrom(
  file: string,
  { topic, mapping, profile, stdin }: LiveOptions,
  leftOut: () => void,
): AsyncGenerator<Entry[]> {
  const options = {
    topic,
    ...(mapping === undefined ? {} : { mapping }),
    profile,
    field: undefined,
    live: true,
    leftOut,
  }
  return file === '-'
    ? entriesOf(plainChunks(stdin), { ...options, name: 'standard input' })
    : entriesOfFile(file, options)
}

function* batchesOf(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let batch: Entry[] = []
  let bytes = 0
  for (const entry of entries) {
    if (batch.length === sliceLines || (batch.length > 0 && bytes + entry.value.length > batchBytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(entry)
    bytes += entry.value.length
  }
  if (batch.length > 0) yield batch
}

/** Into a log that this process writes. */
export function logTarget(log: Log, profile: Profile): LiveTarget {
  const intake = new Intake(log, { profile })
  return { send: (topic, entries, file) => intake.take(topic, entries, file) }
}
