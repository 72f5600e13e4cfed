/** What the program writes and reads again: scores, alerts, fates, warnings, notices, cell parts, and the tick archive. */
import type { z } from 'zod'
import { cellKeys } from '../../../src/cells.ts'
import { partOf } from '../../../src/columns/cellPart.ts'
import { unpacked } from '../../../src/columns/packedRecords.ts'
import { ContributionSums } from '../../../src/enterprise/cellContributions.ts'
import { PartWriter } from '../../../src/enterprise/part.ts'
import { Neighbourhood } from '../../../src/enterprise/score/neighbourhood.ts'
import type { Emit } from '../../../src/fold/task.ts'
import { foldVersion } from '../../../src/fold/version.ts'
import { jsonOf } from '../../../src/json.ts'
import { loadState } from '../../../src/watch/archive.ts'
import { lattice } from '../../../src/watch/lattice.ts'
import { Population } from '../../../src/watch/population.ts'
import { TickAggregates } from '../../../src/watch/tickAggregates.ts'
import { TickRisk } from '../../../src/watch/tickRisk.ts'
import { WarningEngine } from '../../../src/watch/warningEngine.ts'
import { EnterpriseAlert, FateColumns, PublicNotice, Score } from '../../../streams/outputs.ts'
import type { Sfc32 } from '../../../streams/sfc32.ts'
import { ArchiveRecord, type StateRecord, type TickRecord } from '../../../streams/ticks.ts'
import type { TopicName } from '../../../streams/topics.ts'
import { AnyWarning } from '../../../streams/warnings.ts'
import { tinyProfile } from '../../support/tinyProfile.ts'
import { corpus, setting } from '../corpus.ts'
import { type Fuzzer, must, ownJson } from '../fuzzer.ts'

/** By the byte before the record. */
const contracts: readonly [TopicName, z.ZodType][] = [
  ['scores', Score],
  ['enterprise-alerts', EnterpriseAlert],
  ['fates', FateColumns],
  ['region-warnings', AnyWarning],
  ['notices', PublicNotice],
]

export const outputsFuzzer: Fuzzer = {
  name: 'outputs',
  few: 2_000,
  sample(random) {
    const which = random.int(contracts.length)
    const records = corpus.values(contracts[which][0])
    const value = records[random.int(records.length)]
    return { bytes: Buffer.concat([Buffer.from([which]), value]), means: JSON.parse(value.toString()) }
  },
  read(bytes) {
    const [, contract] = contracts[(bytes[0] ?? 0) % contracts.length]
    const found = contract.parse(ownJson(() => jsonOf(bytes.subarray(1))))
    const again = contract.parse(JSON.parse(JSON.stringify(found)))
    must(JSON.stringify(again) === JSON.stringify(found), 'what was read is written as something else')
    return found
  },
}

const keys = cellKeys(tinyProfile)
const lines = lattice(tinyProfile, keys)

const cells = tinyProfile.regions.nodes.length * tinyProfile.industries.nodes.length

/** A cell part, from sums to the ledger of the watch. */
export const partsFuzzer: Fuzzer = {
  name: 'parts',
  few: 1_000,
  sample: partSample,
  read(bytes) {
    const [part] = unpacked({ offset: 0, timeMs: 0, key: 'enterprise-0', value: bytes, headers: null }).map(partOf)
    must(part !== undefined, 'there is no part')
    const aggregates = new TickAggregates(tinyProfile, keys, lines)
    aggregates.add(part)
    must(aggregates.counts().keys.length <= part.counts.keys.length, 'the ledger has more counts than the part')
    return part
  },
}

function partSample(random: Sfc32): { bytes: Buffer; means: unknown } {
  const sums = new ContributionSums()
  const column = (deltas: ContributionSums['counts']): { keys: number[]; deltas: number[]; seconds: number[] } => {
    const found = new Map<number, [number, number]>()
    for (let left = random.int(20); left > 0; left--)
      found.set(random.int(cells), [1 + random.int(9), random.int(2 ** 31)])
    for (const [key, [delta, second]] of found) deltas.add(key, delta, second)
    const sorted = [...found].sort(([a], [b]) => a - b)
    return {
      keys: sorted.map(([key]) => key),
      deltas: sorted.map(([, [one]]) => one),
      seconds: sorted.map(([, [, two]]) => two),
    }
  }
  const [counts, stock, arrivals] = [column(sums.counts), column(sums.stock), column(sums.arrivals)]
  const [breadth, shared, late] = [
    column(sums.distinctEnterprises),
    column(sums.overlapCorrection),
    column(sums.lateOf(7)),
  ]
  const head = { beat: random.int(2 ** 31), tick: 9 }
  const values: Buffer[] = []
  const writer = new PartWriter('enterprise-0', 0)
  const emit: Emit = ({ record }) => void values.push(Buffer.from(record.value))
  for (const _ of writer.add(sums, head, head.beat * 1_000, emit));
  writer.write(emit)
  const means = {
    task: 'enterprise-0',
    ...head,
    page: 0,
    pages: 1,
    through: head.beat,
    counts: { keys: counts.keys, deltas: counts.deltas },
    late: { ticks: late.keys.map(() => 7), keys: late.keys, deltas: late.deltas },
    breadth: { keys: breadth.keys, enterprises: breadth.deltas, squares: breadth.seconds },
    shared: { keys: shared.keys, enterprises: shared.deltas, squares: shared.seconds },
    stock: { keys: stock.keys, deltas: stock.deltas },
    arrivals: { keys: arrivals.keys, deltas: arrivals.deltas },
  }
  return { bytes: values[0], means }
}

/** Ticks and full states, as verify and the enterprise tasks take them. */
export const archiveFuzzer: Fuzzer = {
  name: 'archive',
  few: 1_000,
  sample(random) {
    const records = corpus.values('ticks')
    const bytes = records[random.int(records.length)]
    return { bytes, means: JSON.parse(bytes.toString()) }
  },
  read(bytes) {
    return ownJson(() => {
      const record = ArchiveRecord.parse(jsonOf(bytes))
      if (record.kind === 'tick') readTick(record, bytes)
      if (record.kind === 'state') readState(record)
      return record
    })
  },
}

function readTick(record: TickRecord, value: Buffer): void {
  const aggregates = new TickAggregates(tinyProfile, keys, lines)
  aggregates.refill(record)
  const risk = new TickRisk(keys)
  risk.refill(record)
  const { late, early, tick, beat } = record
  const judge = newJudge()
  judge.amend(late, beat, tick)
  for (const one of early) judge.raiseEarly(one, tick)
  judge.close(tick, beat, { aggregates, population: new Population(keys, aggregates.ancestors), risk })
  const around = new Neighbourhood(tinyProfile, keys)
  around.take([{ offset: 0, timeMs: 0, key: null, value, headers: null }])
  around.openTick(tick + 2)
}

function readState(record: StateRecord): void {
  const judge = newJudge()
  loadState(judge, [record])
  const risk = new TickRisk(keys)
  const aggregates = new TickAggregates(tinyProfile, keys, lines)
  judge.close(record.tick + 1, 1, { aggregates, population: new Population(keys, aggregates.ancestors), risk })
}

const newJudge = (): WarningEngine =>
  new WarningEngine(
    { profile: tinyProfile, keys, model: setting.model.hash, foldVersion, beatMs: setting.beatMs },
    lines,
  )
