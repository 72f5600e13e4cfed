/** Another edition of the profile inside a log: from the first beat of its tick on, decided by the log alone, and alike by every task. */
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { EnterpriseTask } from '../../src/enterprise/task.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { Intake } from '../../src/ingest/intake.ts'
import type { Log } from '../../src/log/port.ts'
import { profileAt } from '../../src/registry/modelRegistry.ts'
import { readRegistry } from '../../src/settings/registry/readRegistry.ts'
import { explain } from '../../src/training/explain.ts'
import { pastOf } from '../../src/training/extract/pastTasks.ts'
import { verifyWarning } from '../../src/watch/verify.ts'
import { CommandResult } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { Warning } from '../../streams/warnings.ts'
import { archiveBefore, archiveIn } from '../support/archive.ts'
import { changed } from '../support/changedState.ts'
import {
  activation,
  edition,
  editionRecords,
  first,
  harsher,
  merged,
  renumbered,
  type TestEdition,
  wary,
  wider,
} from '../support/editions.ts'
import { append, foldInSessions, foldToEnd, inSmallBatches, memoryLog, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { historyStartMs } from '../support/histories.ts'
import { chunkRecords, evaluated, modelCommand, modelFolder, overridden } from '../support/models.ts'
import { digestOf, inOrderOfTime } from '../support/promotions.ts'
import { all, fateCounts, warningsOf } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'

const minute = 60_000
const beatMs = minute
const model = tinyModel(first.profile)
const setting = { profile: first.profile, model, beatMs }
const { calendar } = first.profile
const dayOne = calendar.tickOf(historyStartMs)
const at = (tick: number, minutes = 0): number => calendar.startMs(tick) + minutes * minute

const market = generatedHistory({
  seed: 11,
  days: 30,
  enterprises: 40,
  eventsPerDay: 14,
  outbreakDays: [12, 13, 14, 22, 23],
  outbreakEvents: 50,
})

/** An edition that is published and asked for three days before its tick. */
const activated = (id: string, tick: number, { hash, files }: TestEdition): TestRecord[] => [
  ...editionRecords({ hash, files }, at(tick - 3)),
  activation(id, at(tick - 3, 1), tick, hash),
]

type Folded = { log: Log; enterprises: readonly EnterpriseTask[]; warnings: Warning[]; answers: string[] }

async function fold(more: readonly TestRecord[], partitions = 1): Promise<Folded> {
  const log = await memoryLog(partitions)
  await append(log, inOrderOfTime([...market, ...more]))
  const { enterprises } = await foldToEnd(log, setting)
  return { log, enterprises, warnings: await warningsOf(log), answers: await answersOf(log) }
}

async function answersOf(log: Log): Promise<string[]> {
  const found: string[] = []
  for await (const { id, accepted, code } of all(log, 'command-results', CommandResult.parse))
    if (id !== 'first' && id !== 'last') found.push(`${id} ${accepted ? 'accepted' : code}`)
  return found
}

const plain = await fold([])

describe('an edition', () => {
  it('is in force from its tick on: warnings name it, and are others', async () => {
    const tick = dayOne + 18
    const found = await fold(activated('a', tick, wary))
    expect(found.answers).toEqual(['a accepted'])
    const byEdition = new Set(found.warnings.map((one) => `${one.tick < tick} ${one.profile}`))
    expect(byEdition).toEqual(new Set([`true ${first.hash}`, `false ${wary.hash}`]))
    const before = (one: Warning): boolean => one.tick < tick
    expect(found.warnings.filter(before)).toEqual(plain.warnings.filter(before))
    const told = (warnings: readonly Warning[]): string[] => warnings.map(({ id, change }) => `${id} ${change}`)
    expect(told(found.warnings)).not.toEqual(told(plain.warnings))
  })

  it('that only numbers nodes anew changes nothing that is said', async () => {
    const tick = dayOne + 13 // while warnings stand
    const found = await fold(activated('a', tick, renumbered))
    const same = (warnings: readonly Warning[]): unknown[] => warnings.map((one) => ({ ...one, profile: '' }))
    expect(found.warnings.some((one) => one.tick >= tick && one.change !== 'raised')).toBe(true)
    expect(same(found.warnings)).toEqual(same(plain.warnings))
    expect(stockOf(found)).toEqual(stockOf(plain))
    expect(placesOf(found)).toEqual(placesOf(plain))
  })

  it('that adds a type and a source takes events of it from its tick on', async () => {
    const tick = dayOne + 18
    const smell = (id: string, timeMs: number): TestRecord => ({
      topic: 'risk-events',
      key: 'E1',
      timeMs,
      value: {
        id,
        enterpriseId: 'E1',
        type: 'CMP.SMELL',
        source: 'letter',
        occurredAt: new Date(timeMs).toISOString(),
      },
    })
    const events = [smell('before', at(tick, -1)), smell('after', at(tick))]
    const found = await fold([...activated('a', tick, wider), ...events])
    expect((await fateCounts(found.log)).dead ?? 0).toBe(((await fateCounts(plain.log)).dead ?? 0) + 1)
    const same = (warnings: readonly Warning[]): unknown[] =>
      warnings.filter((one) => one.tick < tick + 1).map((one) => ({ ...one, profile: '' }))
    const others = await fold([])
    expect(same(found.warnings).length).toBeGreaterThanOrEqual(same(others.warnings).length)
  })

  it('that dissolves a county moves its enterprises and facts to the other, and clears what stood there', async () => {
    const raised = plain.warnings.find(({ region, change }) => region === 'P1' && change === 'raised')
    const tick = (raised?.tick ?? Number.NaN) + 1 // while it stands
    const found = await fold(activated('a', tick, merged))
    const moved = placesOf(plain).map(([id, place]) => [id, place.replaceAll('P1', 'P2')])
    expect(placesOf(found)).toEqual(moved)
    const atTick = found.warnings.filter((one) => one.tick === tick && one.region === 'P1')
    expect(atTick.length).toBeGreaterThan(0)
    expect(new Set(atTick.map((one) => `${one.change} ${one.beat} ${one.profile}`))).toEqual(
      new Set([`cleared ${at(tick) / beatMs} ${first.hash}`]),
    )
    expect(found.warnings.some((one) => one.tick > tick && one.region === 'P1')).toBe(false)
    expect(sum(stockOf(found))).toBe(sum(stockOf(plain)))
  })

  it('may be taken back by the one before, where nothing was added', async () => {
    const found = await fold([
      ...activated('there', dayOne + 10, wary),
      activation('back', at(dayOne + 15), dayOne + 20, first.hash),
    ])
    expect(found.answers).toEqual(['there accepted', 'back accepted'])
    const after = found.warnings.filter((one) => one.tick >= dayOne + 20)
    expect(new Set(after.map((one) => one.profile))).toEqual(new Set([first.hash]))
  })

  it('leaves scores and warnings as they are, when it is only published', async () => {
    const found = await fold(editionRecords(wary, at(dayOne + 3)))
    expect(found.warnings).toEqual(plain.warnings)
  })
})

describe('what is refused', () => {
  const tick = dayOne + 10
  const chunks = editionRecords(wary, at(tick - 3))
  const ask = (timeMs: number, hash = wary.hash, id = 'a'): TestRecord => activation(id, timeMs, tick, hash)
  const spoilt = { hash: wary.hash, files: new Map(wary.files).set('en.yaml', Buffer.from('{}')) }
  const broken = new Map(wary.files).set('profile.yaml', Buffer.from('name: ['))
  test.each<[string, TestRecord[], string[]]>([
    ['a hash that the log does not hold', [ask(at(tick - 2))], ['a FW_PROFILE_UNKNOWN']],
    ['an artefact with a chunk missing', [...chunks.slice(1), ask(at(tick - 2))], ['a FW_PROFILE_UNKNOWN']],
    [
      'files under another hash',
      [...editionRecords(spoilt, at(tick - 3)), ask(at(tick - 2))],
      ['a FW_PROFILE_UNKNOWN'],
    ],
    [
      'a model',
      [...chunkRecords(modelFolder({ weight: 1 }), at(tick - 3)), ask(at(tick - 2), modelFolder({ weight: 1 }).hash)],
      ['a FW_PROFILE_UNKNOWN'],
    ],
    ['a tick that is over', [...chunks, activation('a', at(tick + 2), tick, wary.hash)], ['a FW_MODEL_TOO_LATE']],
    ['a command less than 60 s before the tick', [...chunks, ask(at(tick) - 59_999)], ['a FW_MODEL_TOO_LATE']],
    ['a command 60 s before the tick is in time', [...chunks, ask(at(tick) - 60_000)], ['a accepted']],
    [
      'an artefact that is whole too late',
      [ask(at(tick - 2)), ...editionRecords(wary, at(tick) - 59_999)],
      ['a FW_MODEL_TOO_LATE'],
    ],
    [
      'an artefact after its command is in time',
      [ask(at(tick - 2)), ...editionRecords(wary, at(tick) - 60_000)],
      ['a accepted'],
    ],
    ['what would change kept facts', activated('a', tick, harsher), ['a FW_PROFILE_MISFIT']],
    [
      'to leave out what the one before has added',
      [...activated('a', tick, wider), activation('b', at(tick + 1), tick + 5, first.hash)],
      ['a accepted', 'b FW_PROFILE_MISFIT'],
    ],
    [
      'an edition that follows one which adds what it lacks',
      [...activated('late', tick + 4, wary), ...activated('soon', tick, wider)],
      ['soon accepted', 'late FW_PROFILE_MISFIT'],
    ],
    ['the same command once more', [...chunks, ask(at(tick - 2)), ask(at(tick - 1))], ['a accepted']],
  ])('%s', async (_, records, answers) => {
    expect((await fold(records)).answers).toEqual(answers)
  })

  it('names what would change kept facts', async () => {
    const { log } = await fold(activated('a', tick, harsher))
    const details: (string | undefined)[] = []
    for await (const { id, detail } of all(log, 'command-results', CommandResult.parse))
      if (id === 'a') details.push(detail)
    expect(details).toEqual([expect.stringContaining('eventTypes.CMP.COMPLAINT.severity (facts that are kept')])
  })

  it('says what is wrong with a file, where it is no profile', async () => {
    const { profileHash } = await import('../../src/registry/profileFolder.ts')
    const hash = profileHash(broken)
    const found = await fold([...editionRecords({ hash, files: broken }, at(tick - 3)), ask(at(tick - 2), hash)])
    expect(found.answers).toEqual(['a FW_PROFILE_MISFIT'])
  })
})

it('of two for one tick the last by (log time, id) holds', async () => {
  const tick = dayOne + 10
  const both = [...editionRecords(wary, at(tick - 4)), ...editionRecords(wider, at(tick - 4))]
  const asked = [
    [activation('x', at(tick - 3), tick, wider.hash), activation('y', at(tick - 2), tick, wary.hash)],
    [activation('x', at(tick - 3), tick, wary.hash), activation('w', at(tick - 3), tick, wider.hash)],
  ]
  for (const some of asked) {
    const found = await fold([...both, ...some])
    expect(found.answers.every((answer) => answer.endsWith('accepted'))).toBe(true)
    const after = found.warnings.filter((one) => one.tick >= tick)
    expect(new Set(after.map((one) => one.profile))).toEqual(new Set([wary.hash]))
  }
})

describe('beside a promotion', () => {
  const tick = dayOne + 10
  const b = modelFolder({ profile: first.profile, weight: 2 })
  const models = chunkRecords(b, at(dayOne + 2))
  const promote = (id: string, timeMs: number, effectiveTick: number, profile: Profile): TestRecord =>
    modelCommand(id, timeMs, effectiveTick, {
      kind: 'model.promote',
      hash: b.hash,
      ...evaluated(b.hash, model.hash, profile),
    })

  it('that is pending: both hold from the same tick', async () => {
    const asked = modelCommand('p', at(tick - 4), tick, { kind: 'model.promote', hash: b.hash, ...overridden })
    const found = await fold([...models, asked, ...activated('a', tick, merged)])
    expect(found.answers).toEqual(['p accepted', 'a accepted'])
    const after = found.warnings.filter((one) => one.tick > tick)
    expect(new Set(after.map((one) => `${one.model} ${one.profile}`))).toEqual(new Set([`${b.hash} ${merged.hash}`]))
  })

  test.each<[string, number, Profile, string]>([
    ['before it, under the one of then', at(tick, -10), first.profile, 'accepted'],
    ['before it, under the one to come', at(tick, -10), wider.profile, 'FW_MODEL_GATE'],
    ['in its first minute, under the one of now', at(tick), wider.profile, 'accepted'],
    ['in its first minute, under the one before', at(tick), first.profile, 'FW_MODEL_GATE'],
    ['after it, under the one of now', at(tick + 1), wider.profile, 'accepted'],
    ['after it, under the one before', at(tick + 1), first.profile, 'FW_MODEL_GATE'],
  ])('an evaluation is of the profile in force when the command came: %s', async (_, timeMs, profile, answer) => {
    const found = await fold([...models, ...activated('a', tick, wider), promote('p', timeMs, tick + 3, profile)])
    expect(found.answers.filter((one) => one.startsWith('p '))).toEqual([`p ${answer}`])
  })
})

describe('whatever happens in between', () => {
  const story = [
    ...activated('wary', dayOne + 6, wary),
    ...activated(
      'wide',
      dayOne + 13,
      edition({
        file: (file) => ({ ...file, bandHysteresis: 0.1 }),
        regions: (rows) => [...rows, { code: 'N', parent: '', names: {} }],
      }),
    ),
    ...activated('merged', dayOne + 14, merged),
    ...activated('never', dayOne + 20, harsher),
  ]
  const records = inOrderOfTime([...market, ...story])

  it('verify judges every warning again by the profile in force at its tick', async () => {
    const { log, warnings } = await fold(story)
    const archive = await archiveIn(log)
    const { profiles } = (await readRegistry(log, first.profile, model.hash)).modelRegistry
    expect(profiles.map(({ profile }) => profile.hash).slice(-1)).toEqual([merged.hash])
    const profileOf = (tick: number): Profile => profileAt(profiles, tick)
    for (const warning of warnings) {
      const verified = verifyWarning(warning, archiveBefore(archive, warning.tick), {
        profileOf,
        model: model.hash,
        foldVersion,
        beatMs,
      })
      expect(verified.differences, `${warning.id} ${warning.change}`).toEqual([])
    }
    expect(warnings.length).toBeGreaterThan(10)
  })

  it('says the same bytes when it is stopped at any beat, and begins again from a checkpoint or from the journal', async () => {
    const expected = await digestOf((await fold(story)).log)
    const beats = [6, 13, 14, 20].map((one) => at(dayOne + one) / beatMs)
    const stops = [...beats, ...beats.map((beat) => beat - 1), ...beats.map((beat) => beat + 1)]
    stops.sort((a, b) => a - b)
    for (const checkpoint of [true, false]) {
      const log = await memoryLog()
      await append(log, records)
      const sessions = stops.map((beat, index) => ({ throughBeats: [beat], checkpoint: checkpoint && index % 3 > 0 }))
      const end = Math.floor(records[records.length - 1].timeMs / beatMs)
      await foldInSessions(log, setting, [...sessions, { throughBeats: [end], checkpoint: false }])
      expect(await digestOf(log)).toBe(expected)
    }
  })

  it('goes on under the profile in force when the registry of a checkpoint is folded again by itself', async () => {
    const expected = await digestOf((await fold(story)).log)
    const [before, end] = [at(dayOne + 21) / beatMs, Math.floor(records[records.length - 1].timeMs / beatMs)]
    const log = await memoryLog()
    await append(log, records)
    await foldInSessions(log, setting, [{ throughBeats: [before], checkpoint: true }])
    const told: string[] = []
    let damaged = log
    for (const task of ['enterprise', 'watch'] as const)
      damaged = changed(damaged, { task, part: 'registry', how: 'damaged' })
    await foldInSessions(damaged, setting, [{ throughBeats: [end], checkpoint: false }], ({ kind }) => told.push(kind))
    expect(told.filter((kind) => kind === 'StateRefolded')).toHaveLength(2)
    expect(await digestOf(log)).toBe(expected)
  })

  it('says the same with any number of partitions, in small batches, whichever ticks it comes in', async () => {
    const editionOf = fc.constantFrom(wary, renumbered, merged)
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.integer({ min: 4, max: 28 }), editionOf), {
          minLength: 1,
          maxLength: 3,
          selector: ([tick]) => tick,
        }),
        fc.integer({ min: 2, max: 3 }),
        async (asked, partitions) => {
          const more = asked.flatMap(([tick, one], index) => activated(`a${index}`, dayOne + tick, one))
          const expected = await fold(more)
          expect(await digestOf((await fold(more, partitions)).log)).toBe(await digestOf(expected.log))
          const log = await memoryLog()
          await append(log, inOrderOfTime([...market, ...more]))
          await foldToEnd(inSmallBatches(log, [1, 7, 2]), setting)
          expect(await digestOf(log)).toBe(await digestOf(expected.log))
          const counts = Object.values(await fateCounts(log)).reduce((all, count) => all + count, 0)
          expect(counts).toBe(market.length + more.length)
        },
      ),
      { seed: 4, numRuns: 4 },
    )
  })

  it('a task that meets it after its tick stops: others may have met it in time', async () => {
    const tick = dayOne + 10
    const log = await memoryLog()
    const known = market.filter(({ topic }) => topic !== 'commands') // the log stamps no earlier time behind a later one
    await append(log, inOrderOfTime([...known, ...editionRecords(wary, at(tick - 3))]))
    await foldInSessions(log, setting, [{ throughBeats: [at(tick) / beatMs], checkpoint: true }])
    await append(log, [activation('a', at(tick - 2), tick, wary.hash)])
    await expect(foldToEnd(log, setting).then(() => 'folded')).rejects.toMatchObject({ code: 'FW_COMMAND_LATE' })
  })
})

/** Registered enterprises by province and grade, as the rows have them. */
function stockOf({ enterprises }: Folded): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [, place] of enterprises.flatMap((task) => rowsOf(task))) counts.set(place, (counts.get(place) ?? 0) + 1)
  return counts
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0)

/** The place of every enterprise, and those of its facts, in codes. */
const placesOf = ({ enterprises }: Folded): [string, string][] => enterprises.flatMap((task) => rowsOf(task))

function rowsOf({ known: { rows, ids, profile } }: EnterpriseTask): [string, string][] {
  const { regions, industries } = profile
  return Array.from({ length: rows.count }, (_, row) => {
    const place = rows.place(row)
    const { words, offset, count, stride } = rows.facts(row)
    const facts = Array.from({ length: count }, (_, fact) => {
      const word = offset + fact * stride
      if ((words[word + 2] & 1) === 1) return 'tombstone'
      const region = ((words[word + 3] & 0b111111) << 7) | ((words[word + 4] >>> 13) & 0x7f)
      return `${regions.nodes[region].code}/${industries.nodes[words[word + 4] & 0x1fff].code}`
    })
    const own = `${regions.nodes[place >>> 16].code}/${industries.nodes[place & 0xffff].code}`
    return [ids.idOf(row), [own, ...facts].join(' ')]
  })
}

describe('whoever asks a process', () => {
  it('hears of the row under the profile in force, now and then', async () => {
    const tick = dayOne + 10
    const { log, enterprises } = await fold(activated('a', tick, merged))
    const hashAt = async (at: number): Promise<string> =>
      (await explain(pastOf(log, first.profile, beatMs), 'E1', at, { model: undefined, features: ['count.all.7d'] }))
        .profile
    expect(await hashAt(tick - 1)).toBe(first.hash)
    expect(await hashAt(tick)).toBe(merged.hash)
    expect(enterprises[0].profile.hash).toBe(merged.hash)
  })

  it('may send what the profile in force knows, as soon as it is', async () => {
    const log = await memoryLog()
    const of = { profile: first.profile }
    const intake = new Intake(log, of)
    const value = Buffer.from(
      JSON.stringify({ id: 'e', enterpriseId: 'E1', type: 'CMP.SMELL', occurredAt: '2026-03-01T00:00:00Z' }),
    )
    const entry = { line: 1, position: 0, value, knownAtMs: undefined, untimed: undefined, fault: undefined }
    expect(await intake.take('risk-events', [entry])).toMatchObject({ accepted: 0 })
    of.profile = wider.profile
    expect(await intake.take('risk-events', [entry])).toMatchObject({ accepted: 1 })
  })
})
