/** Each reason of a score names the events behind it. */
import { expect, it } from 'vitest'
import { hash64, hashHex } from '../../streams/hash.ts'
import { Score } from '../../streams/outputs.ts'
import { readJson } from '../support/fold.ts'
import { play } from '../support/play.ts'

const hashOf = (id: string): string => {
  const { high, low } = hash64(id)
  return hashHex(high, low)
}

it('a reason has the newest events of its group, none of another, none that were taken back, and a grade has none', async () => {
  const { log } = await play(`
    when    record                         fate
    1       E1 is P1 X1
    1       E1 grade D
    1 9h    E1 CMP.COMPLAINT #a ago=1d
    1 9h    E1 PEN.FINE #f ago=2d
    1 10h   E1 CMP.COMPLAINT #b
    1 11h   E1 takes back #b as #r         retraction
    1 12h   E1 CMP.COMPLAINT #c
    1 13h   E1 CMP.COMPLAINT #d
    1 14h   E1 CMP.COMPLAINT #e
    3       nothing
  `)
  const scores = (await readJson(log, 'scores')).map((value) => Score.parse(value))
  const factsOf = (feature: string): string[] =>
    scores.flatMap(({ reasons }) => reasons.filter((reason) => reason.feature === feature)).at(-1)?.facts ?? [
      'no such reason',
    ]
  expect(factsOf('count.all.7d')).toEqual(['e', 'd', 'c'].map(hashOf))
  expect(factsOf('severity.PEN.90d')).toEqual([hashOf('f')])
  expect(factsOf('grade.D')).toEqual([])
})
