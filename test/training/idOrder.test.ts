/** The order of enterprises by id: the same whenever they become known, and in whichever partition they are. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IdOrder } from '../../src/training/extract/idOrder.ts'

const growth = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 3 }), fc.nat({ max: 2 }), fc.boolean()), {
  selector: ([id]) => id,
  maxLength: 60,
})

it('is the order of all ids after every refresh, and rank and place are each other’s inverse', () => {
  fc.assert(
    fc.property(growth, (added) => {
      const ids: string[][] = [[], [], []]
      const order = new IdOrder(
        ids.map((some) => ({
          rows: {
            get count() {
              return some.length
            },
          },
          ids: { idOf: (row: number) => some[row] },
        })),
      )
      for (const [at, [id, partition, refreshed]] of added.entries()) {
        ids[partition].push(id)
        if (!refreshed && at < added.length - 1) continue
        order.refresh()
        const places = Array.from({ length: order.size }, (_, rank) => order.placeOf(rank))
        expect(places.map((place) => ids[place.partition][place.row])).toEqual(ids.flat().sort())
        expect(places.map((place) => order.rankOf(place))).toEqual(places.map((_, rank) => rank))
      }
    }),
    { seed: 1, numRuns: 200 },
  )
})
