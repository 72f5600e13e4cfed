/** A row of many facts still knows every id that it holds, also where memory made it forget. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packTombstone2 } from '../../models/facts.ts'
import { EnterpriseRows } from '../../src/enterprise/rows/rows.ts'
import { searchedFactsMax } from '../../src/limits.ts'

it('never denies an id that is held, and denies most that are not', () => {
  const step = fc.record({ id: fc.nat(5_000), tombstone: fc.boolean(), remove: fc.nat(9), row: fc.nat(1) })
  fc.assert(
    fc.property(fc.array(step, { minLength: 200, maxLength: 600 }), (steps) => {
      const rows = new EnterpriseRows(5, [1, 2])
      rows.add(0, 0, 0)
      rows.add(0, 0, 0)
      const words = new Int32Array(5)
      for (const { id, tombstone, remove, row } of steps) {
        words.set([id, -id, tombstone ? packTombstone2(id % 100) : (id % 100) << 15, tombstone ? id + 10_000 : 0, id])
        rows.insertFact(row, words, 0)
        if (remove === 0) rows.removeFact(row, 0)
      }
      for (const row of [0, 1]) {
        const { count } = rows.facts(row)
        for (let fact = 0; fact < count; fact++) {
          const { words: held, offset, stride } = rows.facts(row)
          const at = offset + fact * stride
          expect(rows.mayHold(row, held[at], held[at + 1])).toBe(true)
        }
        if (count > searchedFactsMax) {
          const strangers = Array.from({ length: 200 }, (_, n) => rows.mayHold(row, 70_000 + n, n))
          expect(strangers.filter(Boolean).length).toBe(0)
        }
      }
    }),
    { numRuns: 50 },
  )
})
