/** What became of the good records, by the log alone: their hashes among the fates. */
import { jsonOf } from '../../src/json.ts'
import type { Log } from '../../src/log/port.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { type Hash64, IdHasher } from '../../streams/hash.ts'
import { FateColumns, fates } from '../../streams/outputs.ts'
import { goodRecord } from './good.ts'

const hasher = new IdHasher()
const kept = new Set(['applied', 'stale', 'duplicate'])

/** How many of so many good records the log says that it has folded. */
export async function foldedOf(log: Log, count: number, startMs: number): Promise<number> {
  const wanted = new Set(
    Array.from({ length: count }, (_, at) => nameOf(hasher.ofBytes(Buffer.from(goodRecord(at, startMs).value)))),
  )
  const found = new Set<string>()
  for (let partition = 0; partition < log.partitions('fates'); partition++) {
    for await (const { value } of recordsOf(log, 'fates', partition)) {
      const columns = FateColumns.parse(jsonOf(value))
      const hashes = Buffer.from(columns.hashes, 'base64')
      for (const [row, kind] of Buffer.from(columns.fates, 'base64').entries()) {
        const name = nameOf({ high: hashes.readUInt32LE(row * 8), low: hashes.readUInt32LE(row * 8 + 4) })
        if (wanted.has(name) && kept.has(fates[kind])) found.add(name)
      }
    }
  }
  return found.size
}

const nameOf = ({ high, low }: Hash64): string => `${high}/${low}`
