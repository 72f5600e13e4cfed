/** On what a promotion may stand, and for what a rollback waits: tables over one registry (docs/fold.md rule 19). */
import { describe, expect, it, test } from 'vitest'
import type { LogRecord } from '../../src/log/port.ts'
import { settingOf } from '../../src/registry/gate.ts'
import { ModelRegistry } from '../../src/registry/modelRegistry.ts'
import type { CommandResult } from '../../streams/outputs.ts'
import { bytesOf, type TestRecord } from '../support/fold.ts'
import {
  chunkRecords,
  type Evaluated,
  evaluated,
  type ModelRequest,
  modelCommand,
  modelFolder,
} from '../support/models.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const beatMs = 1_000
const minute = 60_000
const { calendar } = tinyProfile
const a = 'b'.repeat(64) // the baseline
const [b, c] = [2, 3].map((weight) => modelFolder({ weight }))
const names = new Map([
  [a, 'a'],
  [b.hash, 'b'],
  [c.hash, 'c'],
])
const firstTick = 20_000
/** An instant before or after a day begins. */
const at = (day: number, minutes = -60): number => calendar.startMs(firstTick + day) + minutes * minute
const published = [b, c].flatMap((folder) => chunkRecords(folder, at(0)))
const setting = settingOf(tinyProfile)

type Asked = { id: string; timeMs: number; day: number; request: ModelRequest; joinsMs?: number }
const promote = (
  id: string,
  timeMs: number,
  day: number,
  hash: string,
  stand: object = { override: 'for a test' },
): Asked => ({
  id,
  timeMs,
  day,
  request: { kind: 'model.promote', hash, ...stand },
})
const rollback = (id: string, timeMs: number, day: number): Asked => ({
  id,
  timeMs,
  day,
  request: { kind: 'model.rollback' },
})

type Played = { results: CommandResult[]; champions: string[] }

/** Plays commands to a registry, each in the beat of its log time or a later one that it joins, through eight days. */
function play(
  asked: readonly Asked[],
  { begunWith, between = [] }: { begunWith?: typeof setting; between?: TestRecord[] } = {},
): Played {
  const registry = new ModelRegistry({ profile: tinyProfile, beatMs, champion: a, challenger: null, begunWith })
  const commands = asked.map(({ id, timeMs, day, request, joinsMs }) => ({
    ...modelCommand(id, timeMs, firstTick + day, request),
    beat: Math.floor((joinsMs ?? timeMs) / beatMs),
  }))
  const others = [...published, ...between].map((record) => ({ ...record, beat: Math.floor(record.timeMs / beatMs) }))
  const beats = Map.groupBy([...others, ...commands], ({ beat }) => beat)
  const results: CommandResult[] = []
  let last = Number.NEGATIVE_INFINITY
  for (const beat of [...new Set([...beats.keys(), at(8) / beatMs])].toSorted((x, y) => x - y)) {
    for (let due = registry.boundaryAfter(last); due !== undefined && due < beat; due = registry.boundaryAfter(last)) {
      results.push(...registry.fold(due, [], []).results)
      last = due
    }
    const of = (topic: string): LogRecord[] =>
      (beats.get(beat) ?? [])
        .filter((record) => record.topic === topic)
        .map(({ key, timeMs, value }, offset) => ({ offset, timeMs, key, value: bytesOf(value), headers: null }))
    results.push(...registry.fold(beat, of('commands'), of('artifacts')).results)
    last = beat
  }
  const { champions: reigns } = registry
  const champions = reigns.map(
    ({ hash, fromTick }) => `${Number.isFinite(fromTick) ? fromTick - firstTick : ''}${names.get(hash ?? '')}`,
  )
  return { results, champions }
}

const answers = ({ results }: Played): string[] =>
  results
    .filter(({ kind }) => kind !== 'profile.activate')
    .map(({ id, accepted, code }) => `${id} ${accepted ? 'accepted' : code}`)

/** An evaluation of b against a, changed. */
const changed = (change: (one: Evaluated) => void): Evaluated => {
  const one = structuredClone(evaluated(b.hash, a))
  change(one)
  return one
}
const gate = (name: string, passed: boolean | null, value?: number): Evaluated['gates'][number] => ({
  name,
  passed,
  limit: 0.25,
  ...(value === undefined ? {} : { value }),
})

describe('a promotion', () => {
  const without = (name: string): Evaluated =>
    changed((one) =>
      one.gates.splice(
        one.gates.findIndex((each) => each.name === name),
        1,
      ),
    )
  test.each<[string, object, string | undefined]>([
    ['its evaluation', evaluated(b.hash, a), undefined],
    ['none', {}, 'there is no evaluation'],
    ['gates without an evaluation', { gates: evaluated(b.hash, a).gates }, 'there is no evaluation'],
    [
      'the evaluation of another model',
      evaluated(c.hash, a),
      `it is of model ${c.hash.slice(0, 12)}, not of ${b.hash.slice(0, 12)}`,
    ],
    [
      'another profile',
      changed(({ evaluation }) => (evaluation.profile = 'e'.repeat(64))),
      'it is of profile eeeeeeeeeeee, not of aaaaaaaaaaaa',
    ],
    [
      'other features',
      changed(({ evaluation }) => (evaluation.features = 'e'.repeat(64))),
      'it is of features eeeeeeeeeeee, not of ',
    ],
    [
      'another champion',
      evaluated(b.hash, c.hash),
      `it compares with model ${c.hash.slice(0, 12)}, and model ${a.slice(0, 12)} scores in the log`,
    ],
    [
      'no champion',
      evaluated(b.hash, null),
      `it compares with no model, and model ${a.slice(0, 12)} scores in the log`,
    ],
    [
      'a gate that failed',
      changed(({ gates }) => (gates[4] = gate('featurePsi', false, 0.4))),
      'featurePsi is 0.4, the limit is 0.25',
    ],
    [
      'a gate of its own that failed',
      changed(({ gates }) => gates.push(gate('ours', false))),
      'ours could not be computed',
    ],
    [
      'a gate passed and failed',
      changed(({ gates }) => gates.push(gate('scorePsi', false, 0.3))),
      'scorePsi is 0.3, the limit is 0.25',
    ],
    ['one too young to be judged', changed(({ gates }) => (gates[4] = gate('featurePsi', null))), undefined],
    [
      'a comparison that is not judged',
      changed(({ gates }) => (gates[0] = gate('aucDifference', null))),
      'aucDifference could not be computed',
    ],
    ...['aucDifference', 'brierDifference', 'regionRecall', 'scorePsi', 'featurePsi'].map(
      (name): [string, object, string] => [`no ${name}`, without(name), `gate ${name} is missing`],
    ),
  ])('that stands on %s', (_, stand, why) => {
    const asked = { ...promote('p', at(2), 3, b.hash, stand) }
    const { results, champions } = play([asked])
    expect(results).toMatchObject([
      why === undefined
        ? { accepted: true }
        : { accepted: false, code: 'FW_MODEL_GATE', detail: expect.stringContaining(why) },
    ])
    expect(results[0]).not.toHaveProperty('override')
    expect(champions).toEqual(why === undefined ? ['a', '3b'] : ['a'])
    const reason = 'the old one is broken'
    const overridden = play([promote('p', at(2), 3, b.hash, { ...stand, override: reason })])
    expect(overridden.champions).toEqual(['a', '3b'])
    expect(overridden.results).toEqual([
      {
        id: 'p',
        kind: 'model.promote',
        accepted: true,
        beat: at(2) / beatMs,
        ...(why === undefined ? {} : { override: reason }),
      },
    ])
  })

  it('names all that is wrong', () => {
    const { results } = play([
      promote('p', at(2), 3, b.hash, { ...evaluated(c.hash, a), gates: [gate('scorePsi', false, 1)] }),
    ])
    for (const part of ['of model', 'gate aucDifference is missing', 'scorePsi is 1'])
      expect(results[0].detail).toContain(part)
  })

  test.each<[string, Partial<Asked>, string, boolean]>([
    ['in the last minute of a', {}, 'a', true],
    ['in the last minute of a', {}, 'b', false],
    ['in the last minute of a, joining the first beat of b', { joinsMs: at(3, 0) }, 'a', true],
    ['in the last minute of a, joining the first beat of b', { joinsMs: at(3, 0) }, 'b', false],
    ['in the last minute of a, joining a beat two days later', { joinsMs: at(5) }, 'a', true],
    ['in the last minute of a, joining a beat two days later', { joinsMs: at(5) }, 'b', false],
    ['at the first instant of b', { timeMs: at(3, 0) }, 'b', true],
    ['at the first instant of b', { timeMs: at(3, 0) }, 'a', false],
    ['at the first instant of b, joining the day after', { timeMs: at(3, 0), joinsMs: at(5) }, 'b', true],
    ['at the first instant of b, joining the day after', { timeMs: at(3, 0), joinsMs: at(5) }, 'a', false],
  ])('compares with who scored when it came: %s, %j, %s: %s', (_, when, rival, accepted) => {
    const against = [...names].find(([, name]) => name === rival)?.[0] ?? null
    const late = { ...promote('late', at(3, -1), 6, c.hash, evaluated(c.hash, against)), ...when }
    const played = play([promote('first', at(2), 3, b.hash), late])
    expect(answers(played)).toEqual(['first accepted', `late ${accepted ? 'accepted' : 'FW_MODEL_GATE'}`])
    expect(played.champions).toEqual(['a', '3b', ...(accepted ? ['6c'] : [])])
  })
})

describe('a promotion of a log that an earlier version began', () => {
  const begunWith = { foldVersion: 4, profileHash: tinyProfile.hash }
  const activation = (timeMs: number, more: object): TestRecord => ({
    topic: 'commands',
    key: null,
    timeMs,
    value: {
      id: `activate ${timeMs}`,
      actor: 'test',
      kind: 'profile.activate',
      profile: 'tiny',
      beatMs,
      modelHash: a,
      ...setting,
      ...more,
    },
  })
  const taken = activation(at(4, 0), { activeFromTick: firstTick + 4 })
  const bare = (id: string, timeMs: number, day: number): Asked => promote(id, timeMs, day, b.hash, {})

  it('stands as it was decided then, until this version takes the log over', () => {
    const failed = promote('failed', at(2, 1), 3, b.hash, { gates: [gate('ours', false, 1)] })
    const played = play([bare('old', at(2), 3), failed, bare('new', at(5), 6)], { begunWith, between: [taken] })
    expect(answers(played)).toEqual(['old accepted', 'failed FW_MODEL_GATE', 'new FW_MODEL_GATE'])
    expect(played.champions).toEqual(['a', '3b'])
  })

  it('needs what it needs in any log when it names an evaluation', () => {
    const played = play([promote('p', at(2), 3, b.hash, evaluated(b.hash, c.hash))], { begunWith })
    expect(answers(played)).toEqual(['p FW_MODEL_GATE'])
  })

  it('is not let in by an activation that a second machine wrote at the beginning', () => {
    const second = activation(at(1, 0), { foldVersion: 4 })
    expect(answers(play([bare('p', at(2), 3)], { between: [second] }))).toEqual(['p FW_MODEL_GATE'])
  })

  it('is of the profile and the features under which the log was folded when it came', () => {
    const [before, after] = ['1', '2'].map((digit) => ({ profileHash: digit.repeat(64), features: digit.repeat(64) }))
    const of = ({ profileHash, features }: typeof before): object =>
      changed(({ evaluation }) => Object.assign(evaluation, { profile: profileHash, features }))
    const renewed = activation(at(4, 0), { activeFromTick: firstTick + 4, ...after })
    const asked = [
      promote('before', at(2), 6, b.hash, of(before)),
      promote('early', at(2), 6, b.hash, of(after)),
      promote('after', at(5), 6, b.hash, of(after)),
      promote('past', at(5), 6, b.hash, of(before)),
    ]
    const played = play(asked, { begunWith: { foldVersion: 5, ...before }, between: [renewed] })
    expect(answers(played)).toEqual(['early FW_MODEL_GATE', 'before accepted', 'past FW_MODEL_GATE', 'after accepted'])
  })
})

describe('a rollback behind a promotion that is pending', () => {
  const pending = promote('p', at(2), 4, b.hash)
  test.each<[string, Asked[], string[], string[]]>([
    ['for a later tick', [pending, rollback('r', at(3), 5)], ['p accepted', 'r accepted'], ['a', '4b', '5a']],
    [
      'for a later tick, sent first',
      [rollback('r', at(1), 5), pending],
      ['p accepted', 'r accepted'],
      ['a', '4b', '5a'],
    ],
    ['for the same tick', [pending, rollback('r', at(3), 4)], ['p accepted', 'r FW_MODEL_NO_PREVIOUS'], ['a', '4b']],
    ['for an earlier tick', [pending, rollback('r', at(2), 3)], ['p accepted', 'r FW_MODEL_NO_PREVIOUS'], ['a', '4b']],
    [
      'of the model that scores already: there is still no champion before',
      [promote('p', at(2), 4, a), rollback('r', at(3), 5)],
      ['p accepted', 'r FW_MODEL_NO_PREVIOUS'],
      ['a'],
    ],
    [
      'that is refused',
      [promote('p', at(2), 4, '9'.repeat(64)), rollback('r', at(3), 5)],
      ['p FW_MODEL_UNKNOWN', 'r FW_MODEL_NO_PREVIOUS'],
      ['a'],
    ],
    [
      'twice: the second takes the first back',
      [pending, rollback('r', at(3), 5), rollback('again', at(3), 6)],
      ['p accepted', 'r accepted', 'again accepted'],
      ['a', '4b', '5a', '6b'],
    ],
    [
      'when there is a champion before: it goes back to who scores until then',
      [promote('q', at(1), 2, c.hash), pending, rollback('r', at(3), 5)],
      ['q accepted', 'p accepted', 'r accepted'],
      ['a', '2c', '4b', '5c'],
    ],
    [
      'for the same tick, when there is a champion before: the later of the two holds',
      [promote('q', at(1), 2, c.hash), pending, rollback('r', at(3), 4)],
      ['q accepted', 'p accepted', 'r accepted'],
      ['a', '2c', '4a'],
    ],
  ])('%s', (_, asked, said, champions) => {
    const played = play(asked)
    expect(answers(played)).toEqual(said)
    expect(played.champions).toEqual(champions)
  })
})
