/** Two desks that read the same two topics at different paces come to the same answers (docs/fold.md rule 19). */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ForewarnError } from '../../src/errors.ts'
import { WordReader, WordWriter } from '../../src/fold/pages.ts'
import { changesAheadMax } from '../../src/limits.ts'
import type { LogRecord } from '../../src/log/port.ts'
import { ModelRegistry } from '../../src/registry/modelRegistry.ts'
import type { CommandResult } from '../../streams/outputs.ts'
import { bytesOf, type TestRecord } from '../support/fold.ts'
import { chunkRecords, evaluated, type ModelRequest, modelCommand, modelFolder, overridden } from '../support/models.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const beatMs = 1_000

function pagesOf({ state }: ModelRegistry): Uint8Array[] {
  const out = new WordWriter()
  for (const _ of state.save(out));
  return [...out.finish()]
}

function savedOf(registry: ModelRegistry): unknown[] {
  const from = new WordReader(pagesOf(registry))
  const { artifacts } = registry
  return Array.from({ length: 1 + artifacts.count }, () => from.takeJson())
}
const { calendar } = tinyProfile
const firstTick = 20_000
const days = 5
const startMs = calendar.startMs(firstTick)
const baseline = 'b'.repeat(64)
const folders = [
  modelFolder({ weight: 1 }),
  modelFolder({ weight: 2 }),
  modelFolder({ weight: 1, change: { profile: 'cn' } }),
]
const nobody = { hash: '9'.repeat(64), files: new Map() }
const hash = fc.constantFrom(...folders, nobody, { hash: baseline, files: new Map() }).map((folder) => folder.hash)

/** About the beginning of a tick, and the last instant at which a command is in time. */
const near = fc.constantFrom(-3_600_000, -3_600_000, -120_000, -60_001, -60_000, -59_999, -1, 0)

/** On what a promotion stands: an evaluation against somebody who may be champion or not, a reason, both or nothing. */
const promotion = fc
  .record({ of: hash, rival: fc.oneof(hash, fc.constant(baseline)), stands: fc.constantFrom(0, 1, 1, 1, 2, 2, 3) })
  .map(({ of, rival, stands }): ModelRequest => {
    const evaluation = stands === 1 || stands === 3 ? evaluated(of, rival) : {}
    return { kind: 'model.promote', hash: of, ...evaluation, ...(stands >= 2 ? overridden : {}) }
  })
const request = fc.oneof(
  promotion,
  fc.record({ kind: fc.constant('model.challenge' as const), hash: fc.option(hash) }),
  fc.constant<ModelRequest>({ kind: 'model.rollback' }),
)
/** For a tick whose beginning is near, or for the one after. */
const command = fc
  .record({ day: fc.nat(days - 1), at: near, later: fc.constantFrom(0, 0, 1), request, id: fc.nat(40) })
  .map(({ day, at, later, request: what, id }) =>
    modelCommand(`c${id}`, calendar.startMs(firstTick + day) + at, firstTick + day + later, what),
  )
const chunks = fc
  .record({
    folder: fc.constantFrom(...folders),
    day: fc.nat(days - 1),
    at: near,
    spread: fc.constantFrom(0, 0, 30_000, 90_000),
    lost: fc.constantFrom(0, 0, 0, 1),
  })
  .map(({ folder, day, at, spread, lost }) => {
    const records = chunkRecords(folder, calendar.startMs(firstTick + day) + at, 600)
    const times = records.map((one, chunk) => ({ ...one, timeMs: one.timeMs + (spread * chunk) / records.length }))
    return times.slice(lost)
  })
const story = fc.record({
  commands: fc.array(command, { minLength: 3, maxLength: 15, size: 'max' }),
  chunks: fc.array(chunks, { minLength: 2, maxLength: 5, size: 'max' }).map((all) => all.flat()),
})

/** `rivals`: promotions refused because somebody else scored than their evaluation compares with. */
type Outcome = { answers: string[]; models: string[]; rivals: number }

/**
 * Reads both topics, each record so late after its own log time; beats in which something is due are folded too. `afterEach` takes the
 * registry after every beat, and gives the one that goes on.
 */
function read(
  commands: readonly TestRecord[],
  chunkRecordsOf: readonly TestRecord[],
  delaysMs: readonly number[],
  afterEach: (registry: ModelRegistry) => ModelRegistry = (registry) => registry,
): Outcome {
  let registry = newDesk()
  const [byBeat, chunksByBeat] = [commands, chunkRecordsOf].map((records) => beatsOf(records, delaysMs))
  const results: CommandResult[] = []
  const models: string[] = []
  const fold = (beat: number): void => {
    const turn = registry.fold(beat, byBeat.get(beat) ?? [], chunksByBeat.get(beat) ?? [])
    results.push(...turn.results)
    if (turn.switched.champion || turn.switched.challenger)
      models.push(`${beat} ${registry.champion} ${registry.challenger}`)
    registry = afterEach(registry)
  }
  let last = Number.NEGATIVE_INFINITY
  const end = (startMs + (days + 1) * calendar.tickMs) / beatMs
  for (const beat of [...new Set([...byBeat.keys(), ...chunksByBeat.keys(), end])].toSorted((a, b) => a - b)) {
    for (let due = registry.boundaryAfter(last); due !== undefined && due < beat; due = registry.boundaryAfter(last)) {
      fold(due)
      last = due
    }
    fold(beat)
    last = beat
  }
  const answers = results.map(({ id, accepted, override = '' }) => `${id} ${accepted} ${override}`.trim()).toSorted()
  const rivals = results.filter(({ detail }) => detail?.includes('compares with')).length
  return { answers, models, rivals }
}

function beatsOf(records: readonly TestRecord[], delaysMs: readonly number[]): Map<number, LogRecord[]> {
  const found = new Map<number, LogRecord[]>()
  let beat = Number.NEGATIVE_INFINITY
  for (const [offset, { key, timeMs: at, value }] of records.toSorted((a, b) => a.timeMs - b.timeMs).entries()) {
    beat = Math.max(beat, Math.floor((at + (delaysMs[offset % delaysMs.length] ?? 0)) / beatMs))
    found.set(beat, [...(found.get(beat) ?? []), { offset, timeMs: at, key, value: bytesOf(value), headers: null }])
  }
  return found
}

const delays = (max: number): fc.Arbitrary<number[]> => fc.array(fc.nat(max), { minLength: 1, maxLength: 7 })

it('comes to the same answers and models however late records join, up to a minute', () => {
  let [changes, rivals] = [0, 0]
  fc.assert(
    fc.property(story, delays(59_000), ({ commands, chunks: parts }, delaysMs) => {
      const prompt = read(commands, parts, [0])
      expect(read(commands, parts, delaysMs)).toEqual(prompt)
      changes += prompt.models.length
      rivals += prompt.rivals
    }),
    { seed: 7, numRuns: 150 },
  )
  expect(changes).toBeGreaterThan(60)
  expect(rivals).toBeGreaterThan(20)
})

it('beyond a minute it comes to the same, or stops', () => {
  let stopped = 0
  fc.assert(
    fc.property(story, delays(6 * 3_600_000), ({ commands, chunks: parts }, delaysMs) => {
      const prompt = read(commands, parts, [0])
      try {
        expect(read(commands, parts, delaysMs).models).toEqual(prompt.models)
      } catch (error) {
        if (!(error instanceof ForewarnError)) throw error
        expect(error.code).toBe('FW_COMMAND_LATE')
        stopped++
      }
    }),
    { seed: 8, numRuns: 150 },
  )
  expect(stopped).toBeGreaterThan(20)
})

it('goes on from what it saved, at every beat', () => {
  fc.assert(
    fc.property(story, ({ commands, chunks: parts }) => {
      const found = read(commands, parts, [0], (registry) => {
        const loaded = newDesk()
        const { load, version } = loaded.state
        for (const _ of load(new WordReader(pagesOf(registry)), version));
        expect(savedOf(loaded)).toEqual(savedOf(registry))
        return loaded
      })
      expect(found).toEqual(read(commands, parts, [0]))
    }),
    { seed: 9, numRuns: 100 },
  )
})

it('takes so many commands for ticks to come, the same at every pace, and others once these have begun', () => {
  const [{ hash: promoted }] = folders
  const promote = (id: string, timeMs: number, tick: number): TestRecord =>
    modelCommand(id, timeMs, tick, { kind: 'model.promote', hash: promoted, ...overridden })
  const early = Array.from({ length: changesAheadMax + 3 }, (_, which) =>
    promote(`early-${which}`, startMs - 3_600_000 + which * beatMs, firstTick + 1 + (which % 2)),
  )
  const second = calendar.startMs(firstTick + 1)
  const commands = [...early, promote('once more', second - 1, firstTick + 3), promote('later', second, firstTick + 3)]
  const parts = chunkRecords(folders[0], startMs, 600)
  for (const delaysMs of [[0], [59_000, 0, 20_000]]) {
    const refused = read(commands, parts, delaysMs).answers.filter((answer) => answer.endsWith('false'))
    const beyond = [0, 1, 2].map((more) => `early-${changesAheadMax + more} false`)
    expect(refused).toEqual([...beyond, 'once more false'])
  }
  const registry = newDesk()
  for (const [beat, records] of beatsOf(early, [0])) {
    const { results } = registry.fold(beat, records, [])
    for (const { code } of results) expect(code).toBe('FW_COMMAND_LIMIT')
  }
  expect(registry.pending).toHaveLength(changesAheadMax)
})

function newDesk(): ModelRegistry {
  return new ModelRegistry({ profile: tinyProfile, beatMs, champion: baseline, challenger: null })
}
