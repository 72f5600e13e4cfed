import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { featureFill, featureNames } from '../../models/features.ts'
import { EnterpriseTask } from '../../src/enterprise/task.ts'
import { featureProfile } from '../../src/featureProfile.ts'
import type { FoldTask } from '../../src/fold/task.ts'
import { type Digest, type DigestTopic, digest, digestTopics } from '../../src/log/digest.ts'
import type { Log, LogRecord, Output } from '../../src/log/port.ts'
import { inputsOf } from '../../src/log/topology.ts'
import {
  append,
  bytesOf,
  foldInSessions,
  foldToEnd,
  inSmallBatches,
  memoryLog,
  type Session,
  type TestRecord,
} from '../support/fold.ts'
import { histories } from '../support/histories.ts'
import { type OracleTick, oracle } from '../support/oracle.ts'
import { fateLines, readFates, readScores, readTicks, scoreLines, tickLines } from '../support/readFold.ts'
import { loadState, savedState } from '../support/state.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

/** Printed by fast-check when a property fails, with the path to the smallest counterexample. */
const seed = 20_260_302
const beatMs = 1_000
const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs }
const beatOf = (record: TestRecord): number => Math.floor(record.timeMs / beatMs)

async function foldPlainly(records: readonly TestRecord[], partitions = 1): Promise<Log> {
  const log = await memoryLog(partitions)
  await append(log, records)
  await foldToEnd(log, setting)
  return log
}

async function digestOf(records: readonly TestRecord[], partitions = 1): Promise<Digest> {
  return digest(await foldPlainly(records, partitions))
}

describe('a fold of any history', () => {
  it('is what the oracle says, at every node of every tick the sum of what lies below it, and has one fate for every record', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), fc.constantFrom(1, 2), async (records, partitions) => {
        const log = await foldPlainly(records, partitions)
        const wanted = oracle(
          records.map((one) => ({ ...one, bytes: bytesOf(one.value) })),
          setting,
        )
        const [fates, ticks] = [await readFates(log, records), await readTicks(log, tinyProfile)]
        expect(fateLines(records, fates)).toEqual(fateLines(records, wanted.fates))
        expect(scoreLines(await readScores(log))).toEqual(scoreLines(wanted.scores))
        expect(tickLines(ticks)).toEqual(tickLines(wanted.ticks))
        expect(fates.filter(({ code }) => code !== 'no fate')).toHaveLength(records.length)
        for (const tick of ticks.values()) expectSumsBelow(tick)
      }),
      { seed, numRuns: 120 },
    )
  })

  it('is the same in any order of the events of a beat, with 1, 2, 3 and 5 partitions', async () => {
    const luck = fc.infiniteStream(fc.nat(1_000_000))
    await fc.assert(
      fc.asyncProperty(histories(), fc.constantFrom(1, 2, 3, 5), luck, async (records, partitions, order) => {
        expect(await digestOf(shuffled(records, order), partitions)).toEqual(await digestOf(records))
      }),
      { seed, numRuns: 80 },
    )
  })

  it('is the same in any appends, fetches, epochs and restarts, with checkpoints and without', async () => {
    const cuts = fc.array(fc.record({ at: fc.nat(1_000), restart: fc.boolean(), checkpoint: fc.boolean() }), {
      maxLength: 8,
    })
    const batches = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(histories(), cuts, batches, fc.constantFrom(1, 3), async (records, cut, sizes, partitions) => {
        const log = inSmallBatches(await memoryLog(partitions), sizes)
        await append(log, records)
        await foldInSessions(log, setting, sessionsOf(records, cut))
        expect(await digest(log)).toEqual(await digestOf(records))
      }),
      { seed, numRuns: 50 },
    )
  })

  it('is the same when records come between the epochs', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories(),
        fc.uniqueArray(fc.nat(60), { maxLength: 4 }),
        fc.boolean(),
        async (records, splits, checkpoint) => {
          const log = await memoryLog()
          let from = 0
          for (const to of [...splits.filter((at) => at < records.length).sort((a, b) => a - b), records.length]) {
            await append(log, records.slice(from, to))
            const next = records[to]
            // What is still to come may belong to the last beat seen, which therefore stays open.
            const through = next === undefined ? beatOf(records[records.length - 1]) : beatOf(next) - 1
            await foldInSessions(log, setting, [{ throughBeats: [through], checkpoint }])
            from = to
          }
          expect(await digest(log)).toEqual(await digestOf(records))
        },
      ),
      { seed, numRuns: 50 },
    )
  })

  it('says the same with duplicates, but for their fates, their letters, what arrived and who was heard', async () => {
    const ofArrivals = new Set<DigestTopic>(['fates', 'dead-letters', 'cell-parts', 'notices'])
    await fc.assert(
      fc.asyncProperty(
        histories(),
        fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 1, maxLength: 8 }),
        async (records, copies) => {
          const [once, more] = [await foldPlainly(records), await foldPlainly(withDuplicates(records, copies))]
          const [one, two] = [await digest(once), await digest(more)]
          for (const topic of digestTopics) {
            if (!ofArrivals.has(topic)) expect(two[topic], topic).toEqual(one[topic])
          }
          const cells = async (log: Log): Promise<string[]> =>
            tickLines(await readTicks(log, tinyProfile)).filter((line) => !line.includes(' arrival '))
          expect(await cells(more)).toEqual(await cells(once))
        },
      ),
      { seed, numRuns: 60 },
    )
  })
})

describe('an enterprise task', () => {
  it('has the very features after a retraction that it had before the event', () => {
    const names = featureNames(featureProfile(tinyProfile))
    const fill = featureFill(featureProfile(tinyProfile), names)
    fc.assert(
      fc.property(
        histories(),
        fc.constantFrom('E1', 'E2', 'E3'),
        fc.constantFrom('CMP.COMPLAINT', 'PEN.FINE'),
        (records, id, type) => {
          const before = newTask()
          const outputs = beatsOf(records).map((one) => before.fold(one.beat, one.records, () => {}))
          expect(outputs.length).toBeGreaterThan(0)
          const lastMs = records[records.length - 1].timeMs
          const asOfHour = Math.floor(lastMs / 3_600_000) + 200_000
          const wanted = featuresOf(before, id)
          const event = {
            id: 'once',
            enterpriseId: id,
            type,
            occurredAt: new Date(lastMs).toISOString(),
            amount: 5_000,
            source: 'court',
          }
          const back = {
            id: 'back',
            enterpriseId: id,
            type: 'PEN.NOTE',
            occurredAt: new Date(lastMs).toISOString(),
            retracts: 'once',
          }
          before.fold(beatOf(records[records.length - 1]) + 1, { events: [recordOf(0, id, event)] }, () => {})
          expect(featuresOf(before, id)).not.toEqual(wanted)
          before.fold(beatOf(records[records.length - 1]) + 2, { events: [recordOf(1, id, back)] }, () => {})
          expect(featuresOf(before, id)).toEqual(wanted)

          function featuresOf(task: EnterpriseTask, enterpriseId: string): string {
            const row = task.known.ids.find(enterpriseId)
            const out = new Float64Array(names.length)
            const [facts, grades] =
              row === undefined
                ? [
                    { words: new Int32Array(0), offset: 0, count: 0, stride: 5 },
                    { words: new Int32Array(0), offset: 0, count: 0 },
                  ]
                : [task.known.rows.facts(row), task.known.rows.grades(row)]
            fill(out, { facts, grades, asOfHour, context: { peers: undefined, ofPlace: new Float64Array(0) } })
            return Buffer.from(out.buffer).toString('hex')
          }
        },
      ),
      { seed, numRuns: 100 },
    )
  })

  it('goes on from its saved state as if it had never stopped', () => {
    fc.assert(
      fc.property(histories(), fc.nat(100), (records, cut) => {
        const beats = beatsOf(records)
        const at = cut % (beats.length + 1)
        const whole = newTask()
        run(whole, beats.slice(0, at))
        const saved = savedState(whole)
        const restored = newTask()
        loadState(restored, saved)
        expect(savedState(restored).equals(saved)).toBe(true)
        const after = beats[at - 1]?.beat
        expect(run(restored, beats.slice(at), after)).toEqual(run(whole, beats.slice(at), after))
        expect(savedState(restored).equals(savedState(whole))).toBe(true)
      }),
      { seed, numRuns: 100 },
    )
  })
})

function expectSumsBelow({ counts, nodes, closed }: OracleTick): void {
  if (!closed) return
  const judged = ['CMP.COMPLAINT', 'PEN.FINE']
  const events = [...counts].filter(([key]) => judged.includes(key.split('|')[3]))
  const sumOf = (some: typeof events): number => some.reduce((sum, [, count]) => sum + count, 0)
  expect(nodes.get('|')?.events ?? 0).toBe(sumOf(events))
  const below = events.filter(([key]) => ['P1|', 'P2|', 'P/UNKNOWN|'].some((leaf) => key.startsWith(leaf)))
  expect(nodes.get('P|')?.events ?? 0).toBe(sumOf(below))
}

function newTask(): EnterpriseTask {
  return new EnterpriseTask({ ...setting, partition: 0, partitions: 1, hashSeed: [0, 0], listener: () => {} })
}

type Beat = { beat: number; records: Record<string, LogRecord[]> }

/** Records of each beat by input, for a task that is driven by hand. */
function beatsOf(records: readonly TestRecord[]): Beat[] {
  const found = new Map<number, Beat['records']>()
  for (const [offset, one] of records.entries()) {
    const inputs = found.get(beatOf(one)) ?? {}
    const name = inputsOf({ kind: 'enterprise', partition: 0 }, 1).find(({ topic }) => topic === one.topic)?.name ?? ''
    inputs[name] ??= []
    inputs[name].push({ offset, timeMs: one.timeMs, key: one.key, value: bytesOf(one.value), headers: null })
    found.set(beatOf(one), inputs)
  }
  return [...found].sort((a, b) => a[0] - b[0]).map(([beat, inputs]) => ({ beat, records: inputs }))
}

function recordOf(offset: number, key: string, value: object): LogRecord {
  return { offset, timeMs: 0, key, value: bytesOf(value), headers: null }
}

/** Folds beats, and those between them that must not be skipped; what was said, as text. `after`: the last beat folded before. */
function run(task: FoldTask, beats: readonly Beat[], after = Number.NEGATIVE_INFINITY): string[] {
  const said: string[] = []
  const emit = ({ topic, record }: Output): void =>
    void said.push(`${topic} ${record.key ?? ''} ${Buffer.from(record.value).toString('latin1')}`)
  for (const { beat, records } of beats) {
    for (let due = task.nextTickEnd(after); due !== undefined && due < beat; due = task.nextTickEnd(due))
      task.fold(due, {}, emit)
    task.fold(beat, records, emit)
    after = beat
  }
  return said
}

/** Events in any order within their beats; records of the tables only between different keys. */
function shuffled(records: readonly TestRecord[], luck: Iterator<number>): TestRecord[] {
  const nextLuck = (): number => Number(luck.next().value)
  const luckOfKey = new Map<string, number>()
  const ranked = records.map((record) => {
    const key = `${beatOf(record)} ${record.topic} ${record.key}`
    if (!luckOfKey.has(key)) luckOfKey.set(key, nextLuck())
    return { record, luck: record.topic === 'risk-events' ? nextLuck() : (luckOfKey.get(key) ?? 0) }
  })
  return ranked.sort((a, b) => beatOf(a.record) - beatOf(b.record) || a.luck - b.luck).map(({ record }) => record)
}

/** Copies of records that were kept or refused for good, each somewhere behind the original; tables right behind it. */
function withDuplicates(
  records: readonly TestRecord[],
  copies: readonly (readonly [which: number, later: number])[],
): TestRecord[] {
  const { fates } = oracle(
    records.map((one) => ({ ...one, bytes: bytesOf(one.value) })),
    setting,
  )
  const behind = new Map<number, TestRecord[]>()
  for (const [which, later] of copies) {
    const at = which % records.length
    if (fates[at].code !== undefined) continue // a letter once more; one from the future may have become good by then
    const to = records[at].topic === 'risk-events' ? Math.min(records.length - 2, at + later) : at
    if (to < at) continue
    behind.set(to, [...(behind.get(to) ?? []), { ...records[at], timeMs: records[to].timeMs }])
  }
  return records.flatMap((record, at) => [record, ...(behind.get(at) ?? [])])
}

/** Sessions that stop at some beats of a history and end with its last. */
function sessionsOf(
  records: readonly TestRecord[],
  cuts: readonly { at: number; restart: boolean; checkpoint: boolean }[],
): Session[] {
  const [first, last] = [beatOf(records[0]), beatOf(records[records.length - 1])]
  const sessions: { throughBeats: number[]; checkpoint: boolean }[] = [{ throughBeats: [], checkpoint: false }]
  for (const { at, restart, checkpoint } of cuts.toSorted((a, b) => a.at - b.at)) {
    // Half of the cuts fall on a beat with records, where most can go wrong.
    const beat =
      at % 2 === 0
        ? beatOf(records[Math.floor((at / 1_001) * records.length)])
        : first + Math.floor(((last - first) * at) / 1_000)
    sessions[sessions.length - 1].throughBeats.push(beat)
    if (!restart) continue
    sessions[sessions.length - 1].checkpoint = checkpoint
    sessions.push({ throughBeats: [], checkpoint: false })
  }
  sessions[sessions.length - 1].throughBeats.push(last)
  return sessions
}
