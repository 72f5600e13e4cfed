/** An outbreak of a region raises an industry by what both hold, and the reverse: such a shadow is told from a rise of its own, early too. */
import { expect, it } from 'vitest'
import { JudgeInTasks, type Sent } from '../support/judge/product.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const dayMs = 86_400_000
const beatMs = dayMs / 3
const startMs = 20_517 * dayMs - 480 * 60_000
const leaves = ['P1 X', 'P1 Y', 'P2 X', 'P2 Y', 'Q X', 'Q Y'] as const
type Leaf = (typeof leaves)[number]
type Counts = Readonly<Record<Leaf, number>>

/** What is raised in days of so many events by leaf: `day region/industry`, those of one day sorted. Each enterprise has one a day. */
function raised(days: readonly Counts[]): string[] {
  const judge = new JudgeInTasks(tinyProfile, beatMs)
  const idOf = (leaf: Leaf, at: number): string => `E${1_000 * (1 + leaves.indexOf(leaf)) + at}`
  const most = Math.max(...days.flatMap((day) => Object.values(day)))
  const enterprises = leaves.flatMap((leaf) => {
    const [region, industry] = leaf.split(' ')
    return Array.from({ length: most }, (_, at): Sent => {
      const id = idOf(leaf, at)
      return { topic: 'enterprises', key: id, value: { id, region, industry } }
    })
  })
  return days.flatMap((counts, day) => {
    const events = (beatOfDay: number): Sent[] =>
      leaves.flatMap((leaf) =>
        Array.from({ length: counts[leaf] }, (_, at) => at)
          .filter((at) => at % 2 === beatOfDay)
          .map((at): Sent => {
            const enterpriseId = idOf(leaf, at)
            const occurredAt = new Date(startMs + day * dayMs + beatOfDay * beatMs).toISOString()
            const value = {
              id: `${enterpriseId}-${day}`,
              enterpriseId,
              type: 'CMP.COMPLAINT',
              occurredAt,
              source: 'hotline',
            }
            return { topic: 'risk-events', key: enterpriseId, value }
          }),
      )
    const said = [0, 1, 2].flatMap((beatOfDay) => {
      const sent = beatOfDay < 2 ? events(beatOfDay) : []
      const beat = (startMs + day * dayMs) / beatMs + beatOfDay
      return judge.beat(beat, day === 0 && beatOfDay === 0 ? [...enterprises, ...sent] : sent).said
    })
    const found = said.filter(({ change }) => change === 'raised')
    return found.map(({ region, industry }) => `${day} ${region || '*'}/${industry || '*'}`).sort()
  })
}

const usual: Counts = { 'P1 X': 24, 'P1 Y': 20, 'P2 X': 5, 'P2 Y': 5, 'Q X': 5, 'Q Y': 5 }
/** Q has hardly any other industry than X. */
const lopsided: Counts = { 'P1 X': 10, 'P1 Y': 30, 'P2 X': 10, 'P2 Y': 30, 'Q X': 30, 'Q Y': 2 }

function after(before: Counts, rises: Partial<Record<Leaf, number>>): Counts[] {
  const risen = Object.fromEntries(leaves.map((leaf) => [leaf, Math.round(before[leaf] * (rises[leaf] ?? 1))]))
  return [...Array.from({ length: 20 }, () => before), ...Array.from({ length: 4 }, () => ({ ...before, ...risen }))]
}

it('nothing is raised where nothing rises', () => {
  expect(raised(after(usual, {}))).toEqual([])
})

it('a region that rises raises no industry by that', () => {
  const said = raised(after(usual, { 'P1 X': 3, 'P1 Y': 3 }))
  expect(said.length).toBeGreaterThan(0)
  expect(said.filter((one) => !/ P1?\/\*$/.test(one))).toEqual([])
})

it('an industry that rises raises no region by that', () => {
  const said = raised(after(lopsided, { 'P1 X': 3, 'P2 X': 3, 'Q X': 3 }))
  expect(said).toContain('20 */X')
  expect(said.filter((one) => one.endsWith('/*'))).toEqual([])
})

it('an industry that rises beside the region too is raised', () => {
  const said = raised(after(usual, { 'P1 X': 3, 'P1 Y': 3, 'P2 X': 6, 'Q X': 6 }))
  expect(said.some((one) => / P1?\/\*$/.test(one))).toBe(true)
  expect(said.some((one) => one.endsWith('*/X'))).toBe(true)
})

it('of what rises in one place in one industry that is raised, or what lies above it', () => {
  const said = raised(after(usual, { 'Q X': 6 }))
  expect(said.length).toBeGreaterThan(0)
  expect(said.filter((one) => !/ (Q\/X|Q\/\*|\*\/X)$/.test(one))).toEqual([])
})
