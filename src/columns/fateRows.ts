/** Fates row by row: what became of each record. */
import { type Fate, FateColumns, fates } from '../../streams/outputs.ts'
import { jsonOf } from '../json.ts'
import type { LogRecord } from '../log/port.ts'

export type FateRow = {
  topic: string
  /** The beat in which the record was folded, and its begin. */
  beat: number
  timeMs: number
  /** 8 bytes: hash of the record's bytes. */
  hash: Uint8Array
  fate: Fate
  code: string | undefined
}

/** Those in a record of the topic `fates`. @throws ZodError for what is none. */
export function* fateRowsIn({
  value,
  timeMs,
}: Pick<LogRecord, 'value'> & { timeMs?: number | undefined }): Iterable<FateRow> {
  const { beatMs, beats, topics, counts, codes, ...columns } = FateColumns.parse(jsonOf(value))
  const hashes = Buffer.from(columns.hashes, 'base64')
  const kinds = Buffer.from(columns.fates, 'base64')
  let row = 0
  for (const [block, beat] of beats.entries()) {
    const of = { topic: topics[block], beat, timeMs: beatMs === undefined ? (timeMs ?? 0) : beat * beatMs }
    for (const end = row + counts[block]; row < end; row++) {
      const hash = hashes.subarray(row * 8, row * 8 + 8)
      yield { ...of, hash, fate: fates[kinds[row]], code: codes[row] }
    }
  }
}
