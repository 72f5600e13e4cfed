/**
 * What looks like trouble in a simulated market and is none is named as what it is: an upload in the province in which it came, one enterprise
 * in the list of what is not raised, and of a source that comes back nothing is raised. With a large budget, so that a small market shows them.
 */
import { beforeAll, expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { foldVersion } from '../../src/fold/version.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import type { Artefact } from '../../src/simulate/truth.ts'
import { verifyWarning } from '../../src/watch/verify.ts'
import type { ArchiveRecord } from '../../streams/ticks.ts'
import { archiveBefore, archiveIn } from '../support/archive.ts'
import { foldRecords, type TestRecord } from '../support/fold.ts'
import { type CountWarning, ofCounts } from '../support/ofCounts.ts'
import { warningsOf } from '../support/readFold.ts'

const demo = await loadProfile('cn')
const budget = { ...demo.file.warnings.budget, counts: 60 }
const profile = { ...demo, file: { ...demo.file, warnings: { ...demo.file.warnings, budget } } }
const keys = cellKeys(profile)
const market = simulate(profile, {
  ...{ enterprises: 2_000, days: 52, seed: 5, start: Date.UTC(2024, 11, 31, 16), outbreaks: false, silences: false },
  artefacts: [
    { kind: 'batch', fromDay: 28 },
    { kind: 'batch', fromDay: 44 },
    { kind: 'return', fromDay: 42 },
    { kind: 'enterprise', fromDay: 45 },
  ],
})
const [first, second, comeback, enterprise] = market.truth.artefacts

let warnings: CountWarning[]
let archive: ArchiveRecord[]
beforeAll(async () => {
  const records: TestRecord[] = []
  for (const { topic, key, text, knownAtMs } of market.records())
    records.push({ topic, key, timeMs: knownAtMs, value: text })
  const { log } = await foldRecords(records, { profile, model: null, beatMs: 3_600_000 })
  warnings = ofCounts(await warningsOf(log))
  archive = await archiveIn(log)
})

/** Warnings of a region with all industries in the ticks of an artefact. */
const during = ({ startTick, endTick, region }: Artefact): CountWarning[] =>
  warnings.filter(
    (one) => one.axis === 'region' && one.region === region && one.tick >= startTick && one.tick <= endTick,
  )

it('an upload is named where it came, and stands one level lower than what it would call for', () => {
  for (const upload of [first, second]) {
    const raised = during(upload).find(({ change }) => change === 'raised')
    expect(raised?.evidence, upload.region).toMatchObject({ kind: 'batch-upload', source: upload.source })
    expect(raised?.sentences.en).toMatch(/\(looks like a batch upload\)$/)
    expect(raised?.sentences.zh).toMatch(/（疑似批量上传）$/)
    const { value = 0, limit = 1, rateRatio = 0 } = raised?.evidence ?? {}
    const { levels: steps } = profile.file.warnings
    const called = (['red', 'orange', 'yellow'] as const).find(
      (level, at) => value > [64, 16, 4][at] * limit && rateRatio >= steps[level].rateRatioMin,
    )
    expect(raised?.level).toBe({ red: 'orange', orange: 'yellow', yellow: 'blue' }[called ?? 'yellow'])
  }
})

it('of a source that comes back nothing is raised that is not named so', () => {
  const node = keys.cell(profile.regions.find(comeback.region), 0)
  const backlog = archive.some(
    (one) => one.kind === 'tick' && one.tick === comeback.startTick && one.backlog?.keys.includes(node),
  )
  expect(backlog).toBe(true)
  const raised = during(comeback).filter(({ change }) => change === 'raised')
  expect(raised.filter(({ evidence }) => evidence.kind !== 'return-after-silence')).toEqual([])
})

it('one enterprise is listed, and not raised', () => {
  const node = keys.cell(profile.regions.find(enterprise.region), 0)
  const ticks = archive.flatMap((one) => (one.kind === 'tick' ? [one] : []))
  const listed = ticks.flatMap(({ tick, listed = [] }) =>
    listed.some(({ subject }) => subject === node) ? [tick] : [],
  )
  expect(listed.filter((tick) => tick >= enterprise.startTick && tick <= enterprise.endTick).length).toBeGreaterThan(2)
  const raised = during(enterprise).filter(({ change }) => change === 'raised')
  expect(raised.filter(({ evidence }) => evidence.kind !== 'one-enterprise')).toEqual([])
})

it('verify finds the same kinds', () => {
  const setting = { profileOf: () => profile, model: null, foldVersion, beatMs: 3_600_000 }
  const told = warnings.filter(({ axis, evidence }) => axis === 'region' && evidence.kind !== undefined)
  expect(new Set(told.map(({ evidence }) => evidence.kind)).size).toBeGreaterThan(3)
  for (const warning of told.slice(-4))
    expect(verifyWarning(warning, archiveBefore(archive, warning.tick), setting).differences, warning.id).toEqual([])
})
