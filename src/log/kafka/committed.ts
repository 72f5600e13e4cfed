/**
 * The records of a fetch that are committed. kafkajs filters aborted transactions itself, and lets records through when two
 * transactions interleave in one partition and both abort: it takes the broker's list as sorted, and admits one transaction a message.
 */
import type { InnerMessage, InnerPartition } from 'kafkajs/src/cluster/index.js'
import type { Batch, Headers, LogRecord } from '../port.ts'

/** What a partition answered to a fetch from an offset on: its committed records, and where to read on, past markers and aborted ones. */
export function committed(
  { messages, abortedTransactions }: Pick<InnerPartition, 'messages' | 'abortedTransactions'>,
  from: number,
): Batch {
  const begins = (abortedTransactions ?? [])
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset)
  const aborting = new Set<string>()
  const records: LogRecord[] = []
  let begun = 0
  let next = from
  for (const message of messages) {
    const offset = Number(message.offset)
    for (; begun < begins.length && begins[begun].firstOffset <= offset; begun++) aborting.add(begins[begun].producerId)
    const { inTransaction, producerId } = message.batchContext
    if (message.isControlRecord) aborting.delete(producerId)
    else if (offset >= from && !(inTransaction && aborting.has(producerId))) records.push(recordOf(message, offset))
    if (offset >= next) next = offset + 1
  }
  return { records, next }
}

function recordOf({ timestamp, key, value, headers }: InnerMessage, offset: number): LogRecord {
  return {
    offset,
    timeMs: Number(timestamp),
    key: key === null ? null : key.toString('utf8'),
    value: value ?? nothing, // a tombstone: the decoder refuses it like any other record without JSON
    headers: headersOf(headers),
  }
}

const nothing = new Uint8Array(0)

/** Of several headers of one name the last. */
function headersOf(headers: InnerMessage['headers']): Headers | null {
  if (Object.keys(headers).length === 0) return null
  const entries = Object.entries(headers).map(([name, value]) => {
    const last = Array.isArray(value) ? value.at(-1) : value
    return [name, last?.toString('utf8') ?? ''] as const
  })
  return Object.fromEntries(entries)
}
