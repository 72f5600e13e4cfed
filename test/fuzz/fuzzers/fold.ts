/** One beat of both tasks with a record of anybody in every input: each record has its fate, and those around it have the one they always have. */

import { EnterpriseTask } from '../../../src/enterprise/task.ts'
import { recordsByName } from '../../../src/fold/beatRecords.ts'
import { foldVersion } from '../../../src/fold/version.ts'
import { ownId } from '../../../src/ingest/admit.ts'
import { jsonBytes, jsonOf } from '../../../src/json.ts'
import type { LogRecord, Output } from '../../../src/log/port.ts'
import { WatchTask } from '../../../src/watch/task.ts'
import { FateColumns, fates } from '../../../streams/outputs.ts'
import type { Sfc32 } from '../../../streams/sfc32.ts'
import { type FoldedTopic, isRecordTopic, type TopicName } from '../../../streams/topics.ts'
import { historyStartMs } from '../../support/histories.ts'
import { packedParts } from '../../support/parts.ts'
import { loadState, savedState } from '../../support/state.ts'
import { setting } from '../corpus.ts'
import { type Fuzzer, must } from '../fuzzer.ts'
import { recordSample } from '../samples.ts'

const beat = historyStartMs / setting.beatMs
const yearMs = 365 * 86_400_000
const listener = (): void => {}
/** Without a model: its tables would take most of the time, and scores see nothing but facts. */
const bare = { ...setting, model: null, partitions: 1, listener }
const inputs = ['commands', 'enterprises', 'credit-grades', 'risk-events', 'artifacts'] as const

/** Before and behind the record of anybody; what they come to hangs on nobody else. */
const neighbours: Record<FoldedTopic, readonly [object, object]> = {
  commands: [
    { id: 'n8', actor: 'test', kind: 'import.begin' },
    { id: 'n9', actor: 'test', kind: 'import.end' },
  ],
  enterprises: [
    { id: 'E8', region: 'P1', industry: 'X1' },
    { id: 'E9', region: 'P2', industry: 'Y1' },
  ],
  'credit-grades': [
    { enterpriseId: 'E8', grade: 'A', effectiveAt: '2026-01-01T00:00:00Z' },
    { enterpriseId: 'E9', grade: 'D', effectiveAt: '2026-01-01T00:00:00Z' },
  ],
  'risk-events': [
    { id: 'n8', enterpriseId: 'E8', type: 'PEN.FINE', occurredAt: '2026-03-01T00:00:00Z' },
    { id: 'n9', enterpriseId: 'E9', type: 'CMP.COMPLAINT', occurredAt: '2026-03-01T00:00:00Z' },
  ],
  artifacts: [chunk('8'), chunk('9')],
}

function chunk(digit: string): object {
  return { hash: digit.repeat(64), kind: 'model', file: 'model.json', chunk: 0, chunks: 2, bytes: '' }
}

export const foldFuzzer: Fuzzer = {
  name: 'fold',
  few: 200,
  sample(random) {
    const { topic, value } = sampleOf(random)
    const fate = 'retracts' in value ? 'retraction' : isLongAgo(value) ? 'stale' : 'applied'
    return { bytes: Buffer.from(jsonBytes(value)), means: inputs.map((one) => (one === topic ? fate : 'dead')) }
  },
  read(bytes) {
    const fatesOf = folded(bytes)
    for (const topic of inputs) {
      const [first, middle, last, ...more] = fatesOf.get(topic) ?? []
      must(middle !== undefined && more.length === 0, `a record of ${topic} has no fate`)
      must(first === 'applied' && last === 'applied', `good ${topic} beside it came to ${first} and ${last}`)
    }
    return inputs.map((topic) => fatesOf.get(topic)?.[1])
  },
}

function sampleOf(random: Sfc32): { topic: FoldedTopic; value: object } {
  const effectiveTick = 20_600 + random.int(3)
  const head = { id: 'c', actor: 'test' }
  switch (random.int(8)) {
    case 0:
      return { topic: 'commands', value: { ...head, kind: 'model.challenge', hash: null, effectiveTick } }
    case 1:
      return { topic: 'commands', value: { ...head, kind: 'import.mark', through: '2026-03-01T00:00:00Z' } }
    case 2:
      return { topic: 'artifacts', value: chunk('a') }
    default:
      return recordSample(random)
  }
}

const isLongAgo = (value: object): boolean =>
  'occurredAt' in value && Date.parse(String(value.occurredAt)) < historyStartMs - yearMs

/** The fates of the records of each input. */
function folded(bytes: Buffer): Map<string, string[]> {
  const enterprise = new EnterpriseTask({ ...bare, partition: 0, hashSeed: [0, 0] })
  const watch = new WatchTask({ ...bare, foldVersion })
  const records = new Map<TopicName, LogRecord[]>(inputs.map((topic) => [topic, recordsOf(topic, bytes)]))
  const of = (topic: FoldedTopic): LogRecord[] => records.get(topic) ?? []
  const outputs: Output[] = []
  const emit = (output: Output): void => {
    outputs.push(output)
  }
  const taken = enterprise.inputs.map(({ topic }) => records.get(topic) ?? [])
  enterprise.fold(beat, recordsByName(enterprise.id, enterprise.inputs, taken), emit)
  const parts = packedParts(outputs)
  watch.fold(beat, { commands: of('commands'), parts, artifacts: of('artifacts') }, emit)
  checkSame(enterprise)
  return fatesIn(outputs)
}

function recordsOf(topic: FoldedTopic, bytes: Buffer): LogRecord[] {
  const [before, behind] = neighbours[topic].map((value) => Buffer.from(jsonBytes(value)))
  return [before, bytes, behind].map((value) => recordOf(value, isRecordTopic(topic) ? ownId(topic, value) : null))
}

const recordOf = (value: Uint8Array, key: string | null = null): LogRecord => ({
  offset: 0,
  timeMs: historyStartMs,
  key,
  value,
  headers: null,
})

function fatesIn(outputs: readonly Output[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { topic, record } of outputs) {
    if (topic !== 'fates') continue
    const columns = FateColumns.parse(jsonOf(record.value))
    const kinds = Buffer.from(columns.fates, 'base64')
    let row = 0
    for (const [block, of] of columns.topics.entries())
      found.set(
        of,
        Array.from({ length: columns.counts[block] }, () => fates[kinds[row++]]),
      )
  }
  return found
}

/** What is saved loads as what it was. */
function checkSame(task: EnterpriseTask): void {
  const saved = savedState(task)
  const other = new EnterpriseTask({ ...bare, partition: 0, hashSeed: [7, 7] })
  loadState(other, saved)
  must(saved.equals(savedState(other)), 'a checkpoint loads as something else')
}
