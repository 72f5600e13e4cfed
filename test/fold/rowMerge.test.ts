/** Many records of a row at once: what one merge makes of them is what record after record does. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packWord2 } from '../../models/facts.ts'
import { EventColumns } from '../../src/enterprise/decode/eventColumns.ts'
import { type FactSet, RowFacts } from '../../src/enterprise/rows/factSet.ts'
import { type BeatTime, keepEvent, keepRetraction } from '../../src/enterprise/rows/keep.ts'
import { RowMerge } from '../../src/enterprise/rows/rowMerge.ts'
import { EnterpriseRows } from '../../src/enterprise/rows/rows.ts'
import { horizonHours } from '../../src/limits.ts'

const stride = 5
const nowHour = 600_000
const time: BeatTime = { knownAtMs: (nowHour - 175_320) * 3_600_000, knownHour: nowHour, tick: 18_000 }

type Step = { id: number; hoursAgo: number; severity: number; retracts: number | undefined }
const step: fc.Arbitrary<Step> = fc.record({
  id: fc.nat(40),
  hoursAgo: fc.oneof(fc.nat(5), fc.constantFrom(0, 1, horizonHours - 1, horizonHours)),
  severity: fc.integer({ min: 1, max: 2 }),
  retracts: fc.option(fc.nat(40), { nil: undefined, freq: 3 }),
})

/** Keeps all steps in their order, and says what became of each, and what the row holds. */
function kept(before: readonly Step[], steps: readonly Step[], merged: boolean): { said: string[]; held: number[] } {
  const rows = new EnterpriseRows(stride, [5, 6])
  rows.add(0, 0, 0)
  rows.add(0, 0, 0)
  const direct = new RowFacts(rows)
  direct.open(1)
  for (const one of before) keep(direct, one, [])
  const said: string[] = []
  if (merged) {
    const merge = new RowMerge(rows, [7, 11])
    merge.open(1)
    for (const one of steps) keep(merge, one, said)
    merge.close()
  } else {
    for (const one of steps) keep(direct, one, said)
  }
  const { words, offset, count } = rows.facts(1)
  return { said, held: [...words.subarray(offset, offset + count * stride)] }
}

function keep(facts: FactSet, { id, hoursAgo, severity, retracts }: Step, said: string[]): void {
  const events = new EventColumns(stride)
  events.clear(1)
  events.words.set([id % 3, id, packWord2(nowHour - hoursAgo, 1, severity), 0, 0])
  const target = retracts === undefined ? undefined : { high: retracts % 3, low: retracts }
  events.put({ enterpriseId: '', occurredMs: time.knownAtMs - hoursAgo * 3_600_000, retracts: target, flags: 0 })
  const gone: number[] = []
  const { fate } =
    target === undefined
      ? keepEvent(facts, events, 0, time, 2 * 3_600_000)
      : keepRetraction(facts, events, 0, time, (words, at) => gone.push(...words.subarray(at, at + stride)))
  said.push(`${fate} ${gone.join()} ${facts.count}`)
}

it('fates, what was taken out, and the row itself are the same', () => {
  const list = fc.array(step, { maxLength: 60 })
  fc.assert(
    fc.property(list, list, (before, steps) => {
      // as in a beat: events first, then retractions
      const ordered = steps.toSorted((a, b) => Number(a.retracts !== undefined) - Number(b.retracts !== undefined))
      expect(kept(before, ordered, true)).toEqual(kept(before, ordered, false))
    }),
    { numRuns: 300 },
  )
})
