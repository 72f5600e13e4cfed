/** External sort: a file that is not in order of time becomes sorted runs in temporary files, which are then merged. */
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { ForewarnError, messageOf } from '../../errors.ts'
import { MiB, sortChunkBytes, sortRunsMax } from '../../limits.ts'
import type { Refusal } from '../../records.ts'
import { readFault, writeFault } from '../runFault.ts'
import { byTimeAndPlace, type TimedEntry } from './timed.ts'

const entryOverheadBytes = 200 // an entry in memory beside its bytes
const headBytes = 28 // time and line as float64, position and the lengths of value and fault as uint32

/** Writes sorted runs into `folder`, and gives their names. @throws ForewarnError FW_USAGE when the file is too large to be sorted here. */
export async function writeRuns(
  batches: AsyncIterable<TimedEntry[]>,
  folder: string,
  name: string,
  chunkBytes: number = sortChunkBytes,
): Promise<string[]> {
  const runs: string[] = []
  let chunk: TimedEntry[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    if (chunk.length === 0) return
    if (runs.length === sortRunsMax)
      throw new ForewarnError('FW_USAGE', [`${name} is too large to be sorted here; sort it by time first.`])
    const run = join(folder, `${name}-${runs.length}`)
    await writeRun(chunk, run)
    runs.push(run)
    chunk = []
    bytes = 0
  }
  for await (const entries of batches) {
    for (const entry of entries) {
      chunk.push({ ...entry, value: Buffer.from(entry.value) }) // a copy: a view would keep the whole chunk that it came in
      bytes += entry.value.length + entryOverheadBytes
      if (bytes >= chunkBytes) await flush()
    }
  }
  await flush()
  return runs
}

async function writeRun(entries: TimedEntry[], file: string): Promise<void> {
  const out = createWriteStream(file, { highWaterMark: MiB })
  try {
    for (const entry of entries.sort(byTimeAndPlace)) {
      if (!out.write(frame(entry))) await once(out, 'drain')
    }
    out.end()
    await finished(out)
  } catch (error) {
    out.destroy()
    throw new ForewarnError('FW_FILE_ACCESS', [file, messageOf(error)], { cause: error })
  }
}

function frame({ knownAtMs, line, position, value, fault }: TimedEntry): Buffer {
  const told = writeFault(fault)
  const bytes = Buffer.allocUnsafe(headBytes + value.length + told.length)
  bytes.writeDoubleLE(knownAtMs, 0)
  bytes.writeDoubleLE(line, 8)
  bytes.writeUInt32LE(position, 16)
  bytes.writeUInt32LE(value.length, 20)
  bytes.writeUInt32LE(told.length, 24)
  bytes.set(value, headBytes)
  bytes.set(told, headBytes + value.length)
  return bytes
}

export async function* readRun(file: string): AsyncGenerator<TimedEntry[]> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { highWaterMark: MiB })) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const entries: TimedEntry[] = []
    let at = 0
    for (let next = unframed(rest, at); next !== undefined; next = unframed(rest, at)) {
      entries.push(next.entry)
      at = next.end
    }
    rest = rest.subarray(at)
    if (entries.length > 0) yield entries
  }
}

function unframed(bytes: Buffer, at: number): { entry: TimedEntry; end: number } | undefined {
  if (bytes.length < at + headBytes) return undefined
  const valueEnd = at + headBytes + bytes.readUInt32LE(at + 20)
  const end = valueEnd + bytes.readUInt32LE(at + 24)
  if (bytes.length < end) return undefined
  const fault: Refusal | undefined = readFault(bytes.subarray(valueEnd, end))
  const value = bytes.subarray(at + headBytes, valueEnd)
  const [knownAtMs, line] = [bytes.readDoubleLE(at), bytes.readDoubleLE(at + 8)]
  return { entry: { knownAtMs, line, position: bytes.readUInt32LE(at + 16), value, fault }, end }
}
