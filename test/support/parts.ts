/** Cell parts and fates as they stand in logs and among outputs: in columns, many beats in one record. */
import { partOf, putPart } from '../../src/columns/cellPart.ts'
import { type FateRow, fateRowsIn } from '../../src/columns/fateRows.ts'
import { RecordPacker, unpacked, unpackedOf } from '../../src/columns/packedRecords.ts'
import { ByteWriter } from '../../src/columns/varints.ts'
import type { Log, LogRecord, NewRecord, Output } from '../../src/log/port.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import type { CellPart } from '../../streams/outputs.ts'

/** Of a log, partition after partition. */
export async function* partsOf(log: Log): AsyncIterable<CellPart> {
  for (let partition = 0; partition < log.partitions('cell-parts'); partition++)
    for await (const record of unpackedOf(log, 'cell-parts', partition)) yield partOf(record)
}

/** Of what a task said. */
export function partsAmong(outputs: readonly Output[]): CellPart[] {
  return packedParts(outputs).map(partOf)
}

/** The same as the watch is given them. */
export function packedParts(outputs: readonly Output[]): LogRecord[] {
  return outputs.filter(({ topic }) => topic === 'cell-parts').flatMap(({ record }) => unpacked(asRead(record)))
}

/** Parts as one record, each at the time of its beat. */
export function packed(parts: readonly CellPart[], beatMs: number): NewRecord {
  const packer = new RecordPacker()
  for (const part of parts) packer.add(part.beat * beatMs, partBytes(part))
  return packer.take(parts[0].task)
}

export function partBytes(part: CellPart): Uint8Array {
  const out = new ByteWriter()
  const {
    counts,
    unjudged = none,
    late,
    breadth,
    shared,
    stock,
    arrivals,
    drift = { keys: [], counts: [] },
    risk,
    contradictions,
    moved,
  } = part
  const sums = ({ keys, deltas }: CellPart['counts']) => ({ count: keys.length, keys, columns: [deltas] })
  const pairs = ({ keys, enterprises, squares }: CellPart['breadth']) => ({
    count: keys.length,
    keys,
    columns: [enterprises, squares],
  })
  const all = {
    ...{ counts: sums(counts), unjudged: sums(unjudged), late: { ...sums(late), ticks: late.ticks } },
    ...{ breadth: pairs(breadth), shared: pairs(shared), stock: sums(stock), arrivals: sums(arrivals) },
    drift: { count: drift.keys.length, keys: drift.keys, columns: [drift.counts] },
    risk: {
      count: risk?.keys.length ?? 0,
      keys: risk?.keys ?? [],
      columns: risk ? [risk.enterprises, risk.logOdds, risk.probability] : [],
    },
    contradictions: {
      count: contradictions?.keys.length ?? 0,
      keys: contradictions?.keys ?? [],
      columns: contradictions ? [contradictions.near, contradictions.entered] : [],
    },
    moved: {
      count: moved?.keys.length ?? 0,
      keys: moved?.keys ?? [],
      columns: moved ? [moved.enterprises, moved.now, moved.before] : [],
    },
  }
  putPart(out, part, all, { from: 0, to: Number.POSITIVE_INFINITY })
  return out.view().slice()
}

const none = { keys: [], deltas: [] }

/** Of a log, task after task. */
export async function* fateRowsOf(log: Log): AsyncIterable<FateRow & { task: string }> {
  for (let partition = 0; partition < log.partitions('fates'); partition++)
    for await (const record of recordsOf(log, 'fates', partition))
      for (const row of fateRowsIn(record)) yield { ...row, task: record.key ?? '' }
}

/** A record that was just said, as a reader of the log meets it. */
export const asRead = ({ key, value, timeMs = 0 }: NewRecord): LogRecord => ({
  ...{ offset: 0, timeMs, key, value },
  headers: null,
})
