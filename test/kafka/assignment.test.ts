/** Who runs which task: every task once, fair shares, and few of them move. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { assignTasks } from '../../src/log/kafka/assignment.ts'

const members = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 })
const tasks = fc.integer({ min: 1, max: 20 })

it('gives every task to exactly one member, in shares that differ by at most one', () => {
  const runs = fc.array(fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 25 }), { minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(members, tasks, runs, (ids, count, claims) => {
      const assigned = assignTasks(
        ids.map((id, at) => ({ id, runs: claims[at] })),
        count,
      )
      const shares = [...assigned.values()]
      expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, task) => task))
      const sizes = shares.map(({ length }) => length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})

it('moves nothing while the members stay, and no more than it must when one comes or goes', () => {
  fc.assert(
    fc.property(members, tasks, fc.nat(7), (ids, count, which) => {
      const settled = assignTasks(
        ids.map((id) => ({ id, runs: [] })),
        count,
      )
      const running = [...settled].map(([id, runs]) => ({ id, runs }))
      expect(assignTasks(running, count)).toEqual(settled)
      const gone = running[which % running.length]
      if (running.length > 1) {
        const left = running.filter(({ id }) => id !== gone.id)
        for (const { id, runs } of left)
          expect(assignTasks(left, count).get(id)).toEqual(expect.arrayContaining([...runs]))
      }
      const joined = assignTasks([...running, { id: 'newcomer', runs: [] }], count)
      const moved = running.flatMap(({ id, runs }) => runs.filter((task) => !joined.get(id)?.includes(task)))
      expect(moved.length).toBe(joined.get('newcomer')?.length)
    }),
  )
})

it('does not depend on the order of the members', () => {
  const some = [
    { id: 'b', runs: [0, 1, 2] },
    { id: 'a', runs: [3] },
    { id: 'c', runs: [] },
  ]
  expect(assignTasks(some.toReversed(), 6)).toEqual(assignTasks(some, 6))
})
