/** What the watch makes of counts: sums over thirty ticks, told once, told again after calm, anew for another champion. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { driftCounter, driftRowsMin } from '../../models/quality/drift.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { DriftWatch, type Measured, SavedDrift } from '../../src/watch/drift.ts'
import type { CellPart } from '../../streams/outputs.ts'
import { compileProfile, ProfileFile } from '../../streams/profile.ts'
import { madeUpReference, plainPsi } from '../support/drift.ts'
import { tinyProfile, tinySource } from '../support/tinyProfile.ts'

const reference = madeUpReference(2)
const a: Measured = { hash: 'a'.repeat(64), featureNames: ['one', 'two'], reference }
const b: Measured = { ...a, hash: 'b'.repeat(64) }
const bare: Measured = { hash: 'c'.repeat(64), featureNames: ['one', 'two'] }
const newWatch = (): DriftWatch =>
  new DriftWatch(tinyProfile, (hash) => [a, b, bare].find((one) => one.hash === hash) ?? bare)

type Row = { score: number; one: number; two: number }
function partOf(rows: readonly Row[]): NonNullable<CellPart['drift']> {
  const found = new Map<number, number>()
  const count = driftCounter(reference, (key) => found.set(key, (found.get(key) ?? 0) + 1))
  for (const { score, one, two } of rows) count(Number.isNaN(score) ? undefined : score, Float64Array.of(one, two))
  return { keys: [...found.keys()], counts: [...found.values()] }
}

/** Rows that lie as the reference does; feature `one` is moved up by `shift`. */
const rowsOf = (size: number, shift = 0): Row[] =>
  Array.from({ length: size }, (_, at) => {
    const share = (at + 0.5) / size
    return { score: 0.05 + 0.25 * share, one: share + shift, two: 2 * share }
  })

describe('the watch over drift', () => {
  it('tells once when an index comes to .25, and again only after it was below .10', () => {
    const watch = newWatch()
    // 600 rows a tick, and thirty ticks are kept: the index follows slowly.
    const shifts = [
      ...new Array<number>(3).fill(0),
      ...new Array<number>(40).fill(0.5),
      ...new Array<number>(40).fill(0),
      ...new Array<number>(20).fill(0.5),
    ]
    const told: { tick: number; feature: string | undefined }[] = []
    const indexOfOne: (number | undefined)[] = []
    for (const [tick, shift] of shifts.entries()) {
      watch.add(partOf(rowsOf(600, shift)))
      const close = watch.close(tick, a.hash)
      for (const { tick, feature } of close?.notices ?? []) told.push({ tick, feature })
      indexOfOne.push(close?.indexes.find(({ feature }) => feature === 'one')?.psi)
    }
    const above = (from: number): number => indexOfOne.findIndex((psi, tick) => tick >= from && (psi ?? 0) >= 0.25)
    expect(told).toEqual([
      { tick: above(0), feature: 'one' },
      { tick: above(83), feature: 'one' },
    ])
    expect(Math.max(...indexOfOne.map((psi) => psi ?? 0))).toBeGreaterThan(1)
    expect(Math.min(...indexOfOne.slice(72, 83).map((psi) => psi ?? 1))).toBeLessThan(0.1)
  })

  it('between .10 and .25 neither tells nor forgets', () => {
    const watch = newWatch()
    const mixed = (moved: number): Row[] => [...rowsOf(1_000 - moved), ...rowsOf(moved, 1)]
    const psiOf = (moved: number): number =>
      plainPsi(
        reference.features[0],
        mixed(moved).map(({ one }) => one),
      )
    const table: [moved: number, told: boolean][] = [
      [200, false],
      [500, true],
      [200, false],
      [500, false],
      [5, false],
      [500, true],
    ]
    expect([200, 500, 5].map(psiOf).map((psi) => (psi >= 0.25 ? 'act' : psi >= 0.1 ? 'look' : 'stable'))).toEqual([
      'look',
      'act',
      'stable',
    ])
    for (const [step, [moved, told]] of table.entries()) {
      watch.add(partOf(mixed(moved)))
      const { notices } = watch.close(step * 30, a.hash) ?? { notices: [] } // each tick alone
      expect(notices.map(({ feature }) => feature)).toEqual(told ? ['one'] : [])
    }
  })

  it("tells at the profile's own limit, and nothing of what moves for everybody or had not settled", () => {
    const gates = { featurePsi: 5, limits: [{ feature: 'count.all.1d', psi: 1 }], common: ['gradeAge'] }
    const label = { kind: 'outcome-within', days: 30, delayDays: 7 }
    const file = ProfileFile.parse({ ...tinySource.file, label, training: { bandShares: [0.9, 0.99], gates } })
    const profile = compileProfile({ ...tinySource, file })
    const told = (featureNames: string[], ageDays: number | undefined, shift: number): (string | undefined)[] => {
      const aged = { ...reference, ...(ageDays === undefined ? {} : { ageDays }) }
      const watch = new DriftWatch(profile, () => ({ hash: a.hash, featureNames, reference: aged }))
      watch.add(partOf(rowsOf(600, shift)))
      const { indexes = [], notices = [] } = watch.close(7, a.hash) ?? {}
      expect(indexes).toHaveLength(3) // measured all the same
      return notices.map(({ feature }) => feature)
    }
    expect(told(['count.all.1d', 'recency'], undefined, 0.1)).toEqual([]) // .75: more than .25
    expect(told(['count.all.1d', 'recency'], undefined, 0.9)).toEqual(['count.all.1d'])
    expect(told(['count.all.1d', 'recency'], 2, 0.9)).toEqual([])
    expect(told(['count.all.1d', 'recency'], 3, 0.9)).toEqual(['count.all.1d'])
    expect(told(['gradeAge', 'recency'], undefined, 0.9)).toEqual([])
    expect(told(['count.all.7d', 'recency'], undefined, 0.2)).toEqual([]) // 1.6
  })

  it('says it in words, and what it stands on', () => {
    const watch = newWatch()
    watch.add(partOf(rowsOf(600).map((row) => ({ ...row, score: 0.9 }))))
    const [notice, ...more] = watch.close(7, a.hash)?.notices ?? []
    expect(more).toEqual([])
    expect(notice).toMatchObject({ kind: 'ModelDrifted', tick: 7, model: a.hash, rows: 600 })
    expect(notice).not.toHaveProperty('feature')
    expect(notice.sentences.en).toContain('aaaaaaaaaaaa')
    expect(notice.sentences.en).toContain(notice.psi.toFixed(2))
  })

  it.each(['cn', 'us-warn', 'chicago-food'])('%s has words for it in every language', async (name) => {
    const profile = await loadProfile(name)
    const watch = new DriftWatch(profile, () => a)
    watch.add(partOf(rowsOf(600, 1).map((row) => ({ ...row, score: 0.9 }))))
    const notices = watch.close(7, a.hash)?.notices ?? []
    expect(notices.map(({ feature }) => feature)).toEqual([undefined, 'one'])
    for (const { sentences, psi, feature = '' } of notices) {
      expect(Object.keys(sentences)).toEqual(profile.file.languages)
      for (const sentence of Object.values(sentences)) {
        for (const part of ['aaaaaaaaaaaa', feature, psi.toFixed(2), '600']) expect(sentence).toContain(part)
        expect(sentence).not.toMatch(/[{}]/)
      }
    }
  })

  it('is the index by the book, of any rows in any parts over the last thirty ticks', () => {
    const value = fc.oneof(
      fc.double({ min: -1, max: 4, noNaN: true }),
      fc.constant(Number.NaN),
      fc.constantFrom(...reference.features[0].edges),
    )
    const row = fc.record({ score: fc.double({ min: 0, max: 1, noNaN: false }), one: value, two: value })
    const parts = fc.array(fc.array(row, { minLength: 1, maxLength: 80 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(parts, { minLength: 25, maxLength: 40 }), (ticks) => {
        const watch = newWatch()
        let last: ReturnType<DriftWatch['close']>
        for (const [tick, some] of ticks.entries()) {
          for (const part of some) watch.add(partOf(part))
          last = watch.close(tick, a.hash)
        }
        const rows = ticks.slice(-30).flat(2)
        expect(last?.rows).toBe(rows.length)
        const wanted = [
          [reference.score, rows.map(({ score }) => score)],
          [reference.features[0], rows.map(({ one }) => one)],
          [reference.features[1], rows.map(({ two }) => two)],
        ] as const
        expect(last?.indexes.map(({ feature }) => feature)).toEqual(
          rows.length < driftRowsMin ? [] : [undefined, 'one', 'two'],
        )
        for (const [at, { psi }] of last?.indexes.entries() ?? [])
          expect(psi).toBeCloseTo(plainPsi(wanted[at][0], wanted[at][1]), 10)
      }),
      { numRuns: 30 },
    )
  })

  it('says nothing below the least number of rows, nor of a model without a reference', () => {
    const watch = newWatch()
    watch.add(partOf(rowsOf(driftRowsMin - 1, 3)))
    expect(watch.close(0, a.hash)).toEqual({ rows: driftRowsMin - 1, indexes: [], notices: [] })
    watch.add(partOf(rowsOf(1, 3)))
    expect(watch.close(1, a.hash)?.notices.map(({ feature }) => feature)).toEqual(['one'])
    expect(watch.close(2, bare.hash)).toBeUndefined()
    expect(watch.save()).toBeUndefined()
    expect(watch.close(3, null)).toBeUndefined()
  })

  it('starts anew at another champion, and tells of it again', () => {
    const watch = newWatch()
    const told = [a, a, b, b, a].map(({ hash }, tick) => {
      watch.add(partOf(rowsOf(600, 1)))
      const close = watch.close(tick, hash)
      return [close?.rows, close?.notices.map(({ model }) => model)]
    })
    expect(told).toEqual([
      [600, [a.hash]],
      [1_200, []],
      [600, [b.hash]],
      [1_200, []],
      [600, [a.hash]],
    ])
  })

  it('goes on from a checkpoint as if there had been none', () => {
    const [through, again] = [newWatch(), newWatch()]
    const play = (watch: DriftWatch, from: number, to: number): unknown[] =>
      Array.from({ length: to - from }, (_, at) => {
        watch.add(partOf(rowsOf(300, (from + at) % 7 > 3 ? 0.6 : 0)))
        return watch.close(from + at, a.hash)
      })
    play(through, 0, 20)
    again.load(SavedDrift.parse(JSON.parse(JSON.stringify(through.save()))))
    expect(play(again, 20, 60)).toEqual(play(through, 20, 60))
    expect(JSON.stringify(again.save())).toBe(JSON.stringify(through.save()))
  })
})
