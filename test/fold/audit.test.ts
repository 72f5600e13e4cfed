/** The audit (src/audit.ts): it lets pass what tasks say, and finds one event too many or too few in any of the accounts. */
import { beforeAll, expect, it } from 'vitest'
import { auditOf } from '../../src/audit.ts'
import { EnterpriseTask } from '../../src/enterprise/task.ts'
import { type BeatRecords, recordsByName } from '../../src/fold/beatRecords.ts'
import type { FoldTask } from '../../src/fold/task.ts'
import { foldVersion } from '../../src/fold/version.ts'
import type { LogRecord, Output } from '../../src/log/port.ts'
import type { TaskId } from '../../src/log/tasks.ts'
import { WatchTask } from '../../src/watch/task.ts'
import { type CellPart, FateColumns } from '../../streams/outputs.ts'
import { TickRecord } from '../../streams/ticks.ts'
import { bytesOf } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { packed, packedParts, partsAmong } from '../support/parts.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const beatMs = 3_600_000
const enterprises: TaskId = { kind: 'enterprise', partition: 0 }
const watch: TaskId = { kind: 'watch' }
type Beat = { beat: number; records: BeatRecords; outputs: Output[] }
const beats: Record<'enterprise' | 'watch', Beat[]> = { enterprise: [], watch: [] }

beforeAll(() => {
  const history = generatedHistory({ seed: 5, days: 4, enterprises: 20, eventsPerDay: 40 })
  const common = { profile: tinyProfile, model: null, beatMs, partitions: 1, listener: () => {} }
  const tasks = {
    enterprise: new EnterpriseTask({ ...common, partition: 0, hashSeed: [0, 0] }),
    watch: new WatchTask({ ...common, foldVersion }),
  }
  const beatOf = (timeMs: number): number => Math.floor(timeMs / beatMs)
  for (let beat = beatOf(history[0].timeMs); beat <= beatOf(history[history.length - 1].timeMs); beat++) {
    const known = history.filter(({ timeMs }) => beatOf(timeMs) === beat)
    const taken = tasks.enterprise.inputs.map(({ topic }) =>
      known.filter((one) => one.topic === topic).map(({ key, value }) => record(key, bytesOf(value))),
    )
    const outputs = folded('enterprise', beat, recordsByName(enterprises, tasks.enterprise.inputs, taken))
    folded('watch', beat, { commands: [], parts: packedParts(outputs), artifacts: [] })
  }

  function folded(kind: 'enterprise' | 'watch', beat: number, records: BeatRecords): Output[] {
    const outputs: Output[] = []
    const task: FoldTask = tasks[kind]
    task.fold(beat, records, (output) => outputs.push(output))
    beats[kind].push({ beat, records, outputs })
    return outputs
  }
})

const record = (key: string | null, value: Uint8Array): LogRecord => ({
  offset: 0,
  timeMs: 0,
  key,
  value,
  headers: null,
})

/** What the audit says of all beats, each output as it was or as `change` has it. */
function audited(task: TaskId, change: (output: Output) => Uint8Array | undefined = () => undefined): string {
  const audit = auditOf({ id: task, profile: tinyProfile })
  let changes = 0
  try {
    for (const { beat, records, outputs } of beats[task.kind]) {
      const told = outputs.map((output): Output => {
        const changed = changes === 0 && beat > beats[task.kind][40].beat ? change(output) : undefined
        if (changed === undefined) return output
        changes++
        return { ...output, record: { ...output.record, value: changed } }
      })
      audit.beat(beat, records)
      audit.epoch(told)
    }
  } catch (error) {
    return String(error)
  }
  return changes === 0 ? 'all agrees' : 'a change that was not seen'
}

const jsonOf = ({ record: { value } }: Output): unknown => JSON.parse(Buffer.from(value).toString('utf8'))

it('lets pass what the tasks say', () => {
  expect(audited(enterprises)).toBe('all agrees')
  expect(audited(watch)).toBe('all agrees')
})

/** A part with one event more in one of its columns of counts. */
const partWith =
  (column: 'type' | 'source' | 'arrivals') =>
  (output: Output): Uint8Array | undefined => {
    const [part]: (CellPart | undefined)[] = partsAmong([output])
    if (part === undefined) return undefined
    if (part.counts.keys.length === 0) return undefined
    const [from, to] = [part.counts.deltas, part.arrivals.deltas]
    if (column === 'arrivals') to[0]++
    else from[column === 'type' ? 0 : from.length - 1]++ // of a leaf and grade, types come before sources
    return packed([part], beatMs).value
  }

it.each([
  ['one event more of a type', partWith('type'), /by type/],
  ['one event more of a source', partWith('source'), /by source/],
  ['one arrival more', partWith('arrivals'), /arrived/],
])('an enterprise task: finds %s', (_, change, says) => {
  expect(audited(enterprises, change)).toMatch(says)
})

it('an enterprise task: finds a fate that is another, and one that is missing', () => {
  const fatesWith = (change: (kinds: Buffer) => Buffer) => (output: Output) => {
    if (output.topic !== 'fates') return undefined
    const columns = FateColumns.parse(jsonOf(output))
    if (columns.topics[0] !== 'risk-events') return undefined
    return bytesOf({ ...columns, fates: change(Buffer.from(columns.fates, 'base64')).toString('base64') })
  }
  expect(
    audited(
      enterprises,
      fatesWith((kinds) => Buffer.from(kinds.map((kind) => (kind === 0 ? 2 : kind)))),
    ),
  ).toMatch(/events kept/)
  expect(
    audited(
      enterprises,
      fatesWith((kinds) => kinds.subarray(1)),
    ),
  ).toMatch(/events kept|arrived/)
})

const tickWith = (change: (tick: TickRecord) => void) => (output: Output) => {
  if (output.topic !== 'ticks') return undefined
  const { data } = TickRecord.safeParse(jsonOf(output))
  if (data === undefined) return undefined
  change(data)
  return bytesOf(data)
}

it.each([
  ['a count of the archive', tickWith(({ counts }) => void counts.sums[0]++), /parts of column/],
  ['a node with one event more', tickWith(({ nodes }) => void nodes.events[1]++), /leaves below node/],
  [
    'a node with none',
    tickWith(({ nodes }) => void Object.values(nodes).map((column) => column.pop())),
    /no such node/,
  ],
])('the watch: finds %s', (_, change, says) => {
  expect(audited(watch, change)).toMatch(says)
})

it('the watch: finds a part that came and was not added', () => {
  const twice = beats.watch.map((beat, at) => {
    const { parts } = beat.records
    return at === 50 ? { ...beat, records: { ...beat.records, parts: [...parts, ...parts] } } : beat
  })
  const audit = auditOf({ id: watch, profile: tinyProfile })
  expect(() => {
    for (const { beat, records, outputs } of twice) {
      audit.beat(beat, records)
      audit.epoch(outputs)
    }
  }).toThrow(/parts of column/)
})

it.each([
  [0, 'all agrees'],
  [1, 'log-odds of rows'],
])('parts that say %d thousandths more than the rows are counted with: %s', (more, what) => {
  const model = tinyModel(tinyProfile)
  const common = { profile: tinyProfile, model, beatMs, partitions: 1, partition: 0 }
  const task = new EnterpriseTask({ ...common, hashSeed: [0, 0], listener: () => {} })
  const audit = auditOf(task)
  let wrong = false
  const fold = (): string => {
    for (const { beat, records } of beats.enterprise) {
      const outputs: Output[] = []
      task.fold(beat, records, (output) => outputs.push(output))
      const told = outputs.map((output): Output => {
        const part = partsAmong([output]).at(0)
        if (part?.risk === undefined || wrong || beat < beats.enterprise[30].beat) return output
        wrong = true
        const [first, ...others] = part.risk.logOdds
        const risk = { ...part.risk, logOdds: [first + more, ...others] }
        return { ...output, record: packed([{ ...part, risk }], beatMs) }
      })
      audit.beat(beat, records)
      audit.epoch(told)
    }
    return 'all agrees'
  }
  const told = (): string => {
    try {
      return fold()
    } catch (error) {
      return String(error)
    }
  }
  expect(told()).toContain(what)
  expect(wrong).toBe(true)
})
