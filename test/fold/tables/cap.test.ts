/** docs/fold.md rule 9: a row keeps its newest 65,536 facts, after the whole beat. */
import { expect, it } from 'vitest'
import { factHour, hourOf } from '../../../models/facts.ts'
import { EnterpriseRows } from '../../../src/enterprise/rows/rows.ts'
import { EnterpriseTask } from '../../../src/enterprise/task.ts'
import { factsPerRowMax } from '../../../src/limits.ts'
import type { LogRecord, Output } from '../../../src/log/port.ts'
import type { Notice } from '../../../src/notices.ts'
import { FateColumns } from '../../../streams/outputs.ts'
import { partsAmong } from '../../support/parts.ts'
import { tinyProfile } from '../../support/tinyProfile.ts'

const hourMs = 3_600_000
const startMs = Date.parse('2026-03-02T00:00:00.000Z')
const start = startMs / 1_000

it('keeps the newest by (hour, id hash); one older than all of a full row is dead', () => {
  const { fold, outputs, notices, facts } = filledRow(factsPerRowMax)
  expect(facts()).toEqual({ count: factsPerRowMax, hoursAgo: [2] })
  fold(
    1,
    [],
    [
      ['old', 3],
      ['b', 1],
      ['c', 0],
    ],
  )
  expect(facts()).toEqual({ count: factsPerRowMax, hoursAgo: [0, 1, 2] })
  fold(2, [], [['older', 4]])
  const codes = outputs.flatMap(({ topic, record }) =>
    topic === 'fates' ? Object.values(FateColumns.parse(json(record.value)).codes) : [],
  )
  expect(codes).toEqual(['FW_ROW_FULL', 'FW_ROW_FULL'])
  expect(notices.flatMap((one) => (one.kind === 'BeatFolded' ? [one.factsDropped] : []))).toEqual([2, 0])
})

it('counts 65,536 events of one enterprise exactly: their square is 2^32', () => {
  const { fold, outputs } = filledRow(factsPerRowMax)
  fold(1, [{ id: 'E1', region: 'Q', industry: 'X' }], [])
  const parts = partsAmong(outputs)
  expect(parts[0].breadth.squares.toSorted((a, b) => a - b)).toEqual([-(2 ** 32), 2 ** 32])
})

/** A task with one row that already holds so many facts of today, all two hours old; they are put in their order, which is fast. */
function filledRow(count: number) {
  const notices: Notice[] = []
  const outputs: Output[] = []
  const task = new EnterpriseTask({
    profile: tinyProfile,
    model: null,
    beatMs: 1_000,
    partition: 0,
    partitions: 1,
    hashSeed: [0, 0],
    listener: (one) => notices.push(one),
  })
  const fold = (
    beat: number,
    enterprises: readonly object[],
    events: readonly [id: string, agoHours: number][],
  ): void => {
    const tables = enterprises.map((value, offset) => ({
      offset,
      timeMs: startMs,
      key: 'E1',
      value: Buffer.from(JSON.stringify(value)),
      headers: null,
    }))
    const records = { enterprises: tables, events: events.map(([id, ago], offset) => event(id, ago, offset)) }
    task.fold(start + beat, records, (output) => outputs.push(output))
  }
  fold(0, [], [['first', 2]])
  const { rows } = task.known
  if (!(rows instanceof EnterpriseRows)) throw new Error('rows are read as they are')
  const row = task.known.ids.find('E1') ?? 0
  const first = rows.facts(row).words.slice(rows.facts(row).offset, rows.facts(row).offset + rows.stride)
  rows.removeFact(row, 0)
  for (let at = 0; at < count; at++) {
    first[0] = at
    rows.insertFact(row, first, 0)
  }
  outputs.length = 0
  notices.length = 0
  return { fold, outputs, notices, facts }

  function facts(): { count: number; hoursAgo: number[] } {
    const { words, offset, count: kept, stride } = rows.facts(row)
    const hours = new Set(
      Array.from({ length: kept }, (_, at) => hourOf(startMs) - factHour(words[offset + at * stride + 2])),
    )
    return { count: kept, hoursAgo: [...hours].sort((a, b) => a - b) }
  }
}

function json(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString())
}

function event(id: string, agoHours: number, offset: number): LogRecord {
  const occurredAt = new Date(startMs - agoHours * hourMs).toISOString()
  const value = Buffer.from(JSON.stringify({ id, enterpriseId: 'E1', type: 'PEN.FINE', occurredAt }))
  return { offset, timeMs: startMs, key: 'E1', value, headers: null }
}
