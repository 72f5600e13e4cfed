/**
 * A warning whose main sources are silent is held and marked: it does not fall on counts of 0, in any fold of the log, and when it is judged
 * again from the archive. In which regions most is silent: by table.
 */
import { beforeAll, expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { byTick, JudgedAgain } from '../../src/watch/judgedAgain.ts'
import { silentRegions } from '../../src/watch/silentRegions.ts'
import { SourceWatch } from '../../src/watch/sources.ts'
import { verifyWarning } from '../../src/watch/verify.ts'
import { levels } from '../../streams/outputs.ts'
import type { ArchiveRecord, TickRecord } from '../../streams/ticks.ts'
import type { Warning } from '../../streams/warnings.ts'
import { archiveBefore, archiveIn } from '../support/archive.ts'
import { append, foldInSessions, foldRecords, memoryLog, type TestRecord } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { historyStartMs } from '../support/histories.ts'
import { ofCounts } from '../support/ofCounts.ts'
import { warningsOf } from '../support/readFold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const dayMs = 86_400_000
const setting = { profile: tinyProfile, model: null }
const again = { profileOf: () => tinyProfile, model: null, foldVersion, beatMs: 1_000 }
/** Hotline and court say nothing of these days, the last not included. */
const silence = { from: 24, to: 30 }

const dayOf = (tick: number): number => tick - tinyProfile.calendar.tickOf(historyStartMs)

/** An outbreak, and in the midst of it the silence of two of three sources. `keptBack`: afterwards they send what they kept. */
function history(): TestRecord[] {
  const made = generatedHistory({
    ...{ seed: 4, days: 42, enterprises: 60, eventsPerDay: 100 },
    ...{ outbreakDays: [20, 21, 22, 23, 24], outbreakEvents: 160 },
  })
  const isSilent = ({ topic, timeMs, value }: TestRecord): boolean => {
    const day = Math.floor((timeMs - historyStartMs) / dayMs)
    const isOfTwo = typeof value === 'object' && 'source' in value && value.source !== 'other'
    return topic === 'risk-events' && isOfTwo && day >= silence.from && day < silence.to
  }
  return made.filter((record) => !isSilent(record))
}

let plain: Log
let warnings: Warning[]
let archive: ArchiveRecord[]
beforeAll(async () => {
  plain = (await foldRecords(history(), setting)).log
  warnings = await warningsOf(plain)
  archive = await archiveIn(plain)
})

/** Changes of what stood when the sources fell silent, from that day on. */
const changesSince = (said: readonly Warning[], day: number): Warning[] => {
  const ids = new Set(said.filter(({ tick, level }) => dayOf(tick) < day && level === 'red').map(({ id }) => id))
  return said.filter(({ id, tick }) => ids.has(id) && dayOf(tick) >= day)
}
const rank = (level: Warning['level']): number => levels.indexOf(level)

it('is held and marked from the tick in which the silence is told, and released when what was kept back is through', () => {
  const since = changesSince(warnings, silence.from)
  const ids = new Set(since.map(({ id }) => id))
  expect(ids.size).toBeGreaterThan(3)
  for (const id of ids) {
    const [first, second, ...later] = since.filter((one) => one.id === id)
    expect([first.change, first.level, first.held], id).toEqual(['held', 'red', true])
    expect(first.sentences.en).toMatch(/\(held\)$/)
    expect([second.change, second.level, second.held], id).toEqual(['released', 'red', undefined])
    expect(second.sentences.en).not.toContain('(held)')
    expect([dayOf(first.tick), dayOf(second.tick)]).toEqual([25, 33])
    // Then it falls as any other does, a step after three quiet ticks.
    expect([later[0].change, later[0].levelBefore, later[0].level]).toEqual(['level', 'red', 'orange'])
    expect(dayOf(later[0].tick)).toBeGreaterThanOrEqual(35)
  }
})

it('the archive says in which ticks and regions, and without that the warning would have fallen on counts of 0', () => {
  const silent = archive.flatMap((one) => (one.kind === 'tick' && one.silent !== undefined ? [one] : []))
  expect(silent.map(({ tick }) => dayOf(tick))).toEqual([25, 26, 27, 28, 29, 30, 31, 32])
  const ticks = archive.flatMap((one) => (one.kind === 'tick' ? [one] : []))
  const judged = (pages: readonly TickRecord[]): Warning[] => {
    const judge = new JudgedAgain(again, pages[0].tick)
    return byTick(pages).flatMap((one) => judge.tick(one))
  }
  const keyOf = ({ id, beat, change }: Warning): string => `${beat} ${id} ${change}`
  const inOrder = (said: readonly Warning[]): Warning[] => said.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  expect(inOrder(judged(ticks))).toEqual(inOrder(warnings))
  // An archive of before says nothing of silence: nobody is held.
  const before = judged(ticks.map(({ silent: _, ...tick }) => tick))
  expect(before.filter(({ held }) => held)).toEqual([])
  const fell = changesSince(before, silence.from).filter((one) => rank(one.level) < rank(one.levelBefore))
  expect(Math.min(...fell.map(({ tick }) => dayOf(tick)))).toBeLessThan(silence.to)
})

it('verify agrees on every warning', () => {
  expect(new Set(warnings.map(({ change }) => change))).toEqual(
    new Set(['raised', 'level', 'cleared', 'held', 'released']),
  )
  for (const warning of warnings) {
    const { differences } = verifyWarning(warning, archiveBefore(archive, warning.tick), again)
    expect(differences, `${warning.id} ${warning.change}`).toEqual([])
  }
})

it('is the same with any partitions, and through restarts in the middle of what is held', async () => {
  const wanted = await digest(plain)
  expect(await digest((await foldRecords(history(), { ...setting, partitions: 3 })).log)).toEqual(wanted)
  const log = await memoryLog(2)
  const records = history()
  await append(log, records)
  const lastBeat = Math.floor((records.at(-1)?.timeMs ?? 0) / 1_000)
  const cuts = [21.5, 24.9, 25.01, 27.3, 30.2, 32.99, 33.4].map((day) =>
    Math.floor((historyStartMs + day * dayMs) / 1_000),
  )
  await foldInSessions(
    log,
    setting,
    [...cuts, lastBeat].map((beat, at) => ({ throughBeats: [beat], checkpoint: at % 3 !== 2 })),
  )
  expect(await digest(log)).toEqual(wanted)
})

it('what rises while a source sends what it kept is named so, and stands one level lower', async () => {
  const isKeptBack = ({ topic, timeMs, value }: TestRecord): boolean => {
    const day = (timeMs - historyStartMs) / dayMs
    const isOfCourt = typeof value === 'object' && 'source' in value && value.source === 'court'
    return topic === 'risk-events' && isOfCourt && day >= silence.from && day < silence.to
  }
  const made = generatedHistory({
    ...{ seed: 4, days: 36, enterprises: 60, eventsPerDay: 100 },
    ...{ outbreakDays: [silence.to, silence.to + 1], outbreakEvents: 240 },
  })
  const sent = made.map((one, at): TestRecord => {
    return isKeptBack(one) ? { ...one, timeMs: historyStartMs + silence.to * dayMs + at * 100 } : one
  })
  const { log } = await foldRecords(
    sent.sort((a, b) => a.timeMs - b.timeMs),
    setting,
  )
  const raised = ofCounts(await warningsOf(log)).filter(
    (one) => one.change !== 'held' && dayOf(one.tick) === silence.to && rank(one.level) > rank(one.levelBefore),
  )
  expect(raised.length).toBeGreaterThan(0)
  for (const { evidence, sentences, level } of raised) {
    expect(evidence.kind).toBe('return-after-silence')
    expect(evidence.shares?.ofBacklog).toBeGreaterThan(0.2)
    const { value = 0, limit = 0, rateRatio } = evidence
    const { levels: steps } = tinyProfile.file.warnings
    const called = (['red', 'orange', 'yellow'] as const).find(
      (one, at) => value > [64, 16, 4][at] * limit && rateRatio >= steps[one].rateRatioMin,
    )
    expect(level, sentences.en).toBe({ red: 'orange', orange: 'yellow', yellow: 'blue' }[called ?? 'yellow'])
  }
})

/** Records of each source and place in a usual tick, the streams that are not heard, and where most is silent. */
const shares: [what: string, usual: Record<string, number>, unheard: string[], regions: string[]][] = [
  ['all are heard', { 'hotline P1': 9, 'court P1': 9 }, [], []],
  ['half of a country', { 'hotline P1': 9, 'court P1': 9 }, ['hotline '], ['', 'P', 'P1']],
  ['less than half', { 'hotline P1': 9, 'court P1': 10 }, ['hotline '], []],
  ['most of a county, little of its province', { 'hotline P1': 9, 'court P2': 30 }, ['hotline P1'], ['P1']],
  ['a county that is most of all', { 'hotline P1': 9, 'court P2': 8, 'court Q': 1 }, ['hotline P1'], ['', 'P', 'P1']],
  [
    'two sources, each in a county',
    { 'hotline P1': 9, 'court P2': 9, 'court Q': 17 },
    ['hotline P1', 'court P2'],
    ['', 'P', 'P1', 'P2'],
  ],
  [
    'what lies below one that is silent is missed once',
    { 'hotline P1': 9, 'court Q': 10 },
    ['hotline P', 'hotline P1'],
    ['P', 'P1'],
  ],
  ['one that says nothing as a rule', { 'hotline P1': 9, 'court P1': 0 }, ['court '], []],
]

it.each(shares)('silent is where half of what is usual is missed: %s', (_, usual, unheard, regions) => {
  const keys = cellKeys(tinyProfile)
  const streamOf = (what: string): number => {
    const [source, place] = what.split(' ')
    return keys.arrivals(tinyProfile.sources.indexOf(source), tinyProfile.regions.find(place))
  }
  const watch = new SourceWatch(tinyProfile, keys, 1_000)
  for (let tick = 0; tick < 5; tick++) {
    const heard = Object.entries(usual)
    watch.hear({ keys: heard.map(([what]) => streamOf(what)), deltas: heard.map(([, count]) => count) }, tick)
    watch.close(tick)
  }
  const names = new Set(unheard.map(streamOf))
  const found = silentRegions(watch.streams, keys, (key) => names.has(key))
  expect(found.map((region) => tinyProfile.regions.nodes[region].code)).toEqual(regions)
})
