/** docs/fold.md rules 10 to 14: places, grades, parts, late retractions, re-scoring. */
import { expect, it } from 'vitest'
import { partsOf } from '../../support/parts.ts'
import { dayOneMs, dayOneTick, play } from '../../support/play.ts'
import { readTicks } from '../../support/readFold.ts'
import { tinyProfile } from '../../support/tinyProfile.ts'

it('rule 10: a place is resolved axis by axis: the event’s own, the enterprise’s, UNKNOWN', async () => {
  const { counts, nodes } = await play(`
    when   record                               fate
    1      E1 is P1 X1
           E1 CMP.COMPLAINT #a
           E1 CMP.COMPLAINT #b at=P2/
           E1 CMP.COMPLAINT #c at=/Y1
           E1 CMP.COMPLAINT #d at=Q/Y
           E1 CMP.COMPLAINT #e at=P/
           E1 CMP.COMPLAINT #f at=nowhere/nothing
           E2 CMP.COMPLAINT #g
           E2 CMP.COMPLAINT #h at=/X2
           place:P1 CMP.COMPLAINT #i
           place:P CMP.COMPLAINT #j
           place:nowhere CMP.COMPLAINT #k
    2      nothing`)
  expect(counts(1)).toEqual([
    'P/UNKNOWN UNKNOWN none CMP.COMPLAINT 1',
    'P/UNKNOWN X none CMP.COMPLAINT 1',
    'P1 UNKNOWN none CMP.COMPLAINT 1',
    'P1 X none CMP.COMPLAINT 1',
    'P1 Y none CMP.COMPLAINT 1',
    'P2 X none CMP.COMPLAINT 1',
    'Q Y none CMP.COMPLAINT 1',
    'UNKNOWN UNKNOWN none CMP.COMPLAINT 3',
    'UNKNOWN X none CMP.COMPLAINT 1',
  ])
  // Places are no enterprises: they count as events only. E1's five facts in P and Q are one enterprise.
  expect(nodes(1, ' ', 'P ', 'P X', 'P1 ', ' X')).toEqual([
    ' : 11 events, 2 enterprises, 40 squares',
    'P : 6 events, 1 enterprises, 16 squares',
    'P X: 3 events, 1 enterprises, 9 squares',
    'P1 : 3 events, 1 enterprises, 4 squares',
    ' X: 4 events, 2 enterprises, 10 squares',
  ])
})

it('rule 10: an unknown enterprise is scored with grade none, a place never', async () => {
  const { scores } = await play(`
    when   record                       fate
    1      E9 PEN.FINE #a
           place:P1 PEN.FINE #b
           place:P1 PEN.FINE #c
    2      nothing`)
  expect(scores.map(({ enterpriseId, grade }) => `${enterpriseId} ${grade}`)).toEqual(['E9 none'])
})

it('rule 10: an enterprise that moves takes its events of the open tick along, and no others', async () => {
  const { counts, late, stock, nodes } = await play(`
    when    record                       fate
    1       E1 is P1 X1
            E1 CMP.COMPLAINT #a
    2       E1 CMP.COMPLAINT #b
    2 9h    E1 is Q Y1
    2 9h    E1 is Q Y1                   duplicate
    2 10h   E1 CMP.COMPLAINT #c
    3       E1 takes back #a as #r       retraction
            E1 takes back #b as #s       retraction
    4       nothing`)
  expect(counts(1)).toEqual(['P1 X none CMP.COMPLAINT 1'])
  expect(counts(2)).toEqual(['Q Y none CMP.COMPLAINT 2'])
  expect(nodes(2, 'P1 X', 'Q Y')).toEqual(['P1 X: nothing', 'Q Y: 2 events, 1 enterprises, 4 squares'])
  expect(late(3)).toEqual([
    'day 1: P1 X none CMP.COMPLAINT -1',
    'day 1: P1 X none retracted 1',
    'day 2: Q Y none CMP.COMPLAINT -1',
    'day 2: Q Y none retracted 1',
  ])
  expect([stock(1), stock(2)].map((lines) => lines.map((line) => line.split(' ').slice(0, 2).join(' ')))).toEqual([
    ['P1 X'],
    ['Q Y'],
  ])
})

it('rule 10: the last four places are kept; older ticks go by the oldest of them', async () => {
  const { late } = await play(`
    when    record                       fate
    1       E1 is P1 X
            E1 CMP.COMPLAINT #a
    2       E1 is P2 X
            E1 CMP.COMPLAINT #b
    3       E1 is Q X
    4       E1 is P1 Y
    5       E1 is P2 Y
    6       E1 takes back #a as #r       retraction
            E1 takes back #b as #s       retraction`)
  expect(late(6).filter((line) => line.includes('retracted'))).toEqual([
    'day 1: P2 X none retracted 1',
    'day 2: P2 X none retracted 1',
  ])
})

it('a closed enterprise leaves the stock, and comes back', async () => {
  const { stock } = await play(`
    when    record                       fate
    1       E1 is P1 X
            E2 is P1 X
    2       E1 is P1 X closed
    3       E1 is P1 X closed            duplicate
    4       E1 is P1 X
    5       nothing`)
  expect([1, 2, 3, 4].map((day) => stock(day))).toEqual([
    ['P1 X none low 2'],
    ['P1 X none low 1'],
    ['P1 X none low 1'],
    ['P1 X none low 2'],
  ])
})

it('grades: late, in the future, twice and out of order', async () => {
  const { counts, stock } = await play(`
    when    record                       fate
    1       E1 is P1 X
            E1 CMP.COMPLAINT #a
    1 9h    E1 grade B
    1 9h    E1 grade B                   duplicate
    2       E1 grade A ago=20d
    2       E1 CMP.COMPLAINT #b
    2 9h    E1 grade C in=2d
    3       E1 CMP.COMPLAINT #c
    4       E1 CMP.COMPLAINT #d
    4 20h   E1 grade D ago=11h
    5       E1 CMP.COMPLAINT #e
    5       E1 grade D ago=15h           duplicate
    6       nothing`)
  // On day 4 the grade D of 9:00 comes after the grade C of the same hour, and wins.
  expect([1, 2, 3, 4, 5].map((day) => counts(day))).toEqual([
    ['P1 X B CMP.COMPLAINT 1'],
    ['P1 X B CMP.COMPLAINT 1'],
    ['P1 X B CMP.COMPLAINT 1'],
    ['P1 X D CMP.COMPLAINT 1'],
    ['P1 X D CMP.COMPLAINT 1'],
  ])
  expect([1, 2, 3, 4].map((day) => stock(day).map((line) => line.split(' ')[2]))).toEqual([['B'], ['B'], ['B'], ['D']])
})

it('grades: one that is known after a tick has closed changes nothing of it', async () => {
  const { counts, late } = await play(`
    when    record                       fate
    1       E1 CMP.COMPLAINT #a
    2       E1 grade D ago=1d12h
    2       E1 CMP.COMPLAINT #b
    3       E1 takes back #a as #r       retraction`)
  expect([counts(1), counts(2)]).toEqual([
    ['UNKNOWN UNKNOWN none CMP.COMPLAINT 1'],
    ['UNKNOWN UNKNOWN D CMP.COMPLAINT 1'],
  ])
  expect(late(3)).toContain('day 1: UNKNOWN UNKNOWN none retracted 1')
})

it('grades: the last sixteen are kept; one older than all of them is absorbed', async () => {
  const sixteen = Array.from({ length: 16 }, (_, at) => `            E1 grade ${'AB'[at % 2]} ago=${30 - at}d`).join(
    '\n',
  )
  await play(`
    when    record                       fate
    1       E1 is P1 X
${sixteen}
            E1 grade C ago=40d           absorbed
            E1 grade C ago=29d12h
            E1 grade D ago=29d18h        absorbed`)
})

it('grades: stock moves in the first beat of the tick with which a grade begins', async () => {
  const { log } = await play(`
    when     record                       fate
    1        E1 is P1 X
             E1 grade B
    1 1h     E1 grade D in=2d
    3 5h     E2 PEN.NOTE #a
    4        nothing`)
  const moves: string[] = []
  for await (const { beat, stock } of partsOf(log))
    if (stock.keys.length > 0) moves.push(`${beat - dayOneMs / 1_000} ${stock.deltas.join(' ')}`)
  expect(moves).toEqual(['0 1', '172800 -1 1', '259199 -1 1']) // the band follows at the tick's close
})

it('rule 11: a source that the profile does not list is OTHER', async () => {
  const { log } = await play(`
    when   record                               fate
    1      E1 CMP.COMPLAINT #a from=hotline
           E1 CMP.COMPLAINT #b from=anybody
           E1 CMP.COMPLAINT #c`)
  const tick = (await readTicks(log, tinyProfile)).get(dayOneTick)
  expect([...(tick?.arrivals ?? [])].sort()).toEqual([
    ['OTHER|UNKNOWN', 2],
    ['hotline|UNKNOWN', 1],
  ])
})

it('rule 13: a retraction within the tick lowers it, a later one is a column of its own', async () => {
  const { counts, late, nodes } = await play(`
    when    record                       fate
    1       E1 is P1 X
            E1 CMP.COMPLAINT #a
            E1 CMP.COMPLAINT #b
            E1 PEN.NOTE #c
    1 9h    E1 takes back #a as #r       retraction
    2       E1 takes back #b as #s       retraction
            E1 takes back #c as #t       retraction
    3       nothing`)
  expect(counts(1)).toEqual(['P1 X none CMP.COMPLAINT 1', 'P1 X none PEN.NOTE 1', 'P1 X none retracted 1'])
  expect(nodes(1, 'P1 X')).toEqual(['P1 X: 1 events, 1 enterprises, 1 squares'])
  expect(late(2)).toEqual([
    'day 1: P1 X none CMP.COMPLAINT -1',
    'day 1: P1 X none PEN.NOTE -1',
    'day 1: P1 X none retracted 2',
  ])
  expect(nodes(2, 'P1 X')).toEqual(['P1 X: nothing'])
})

it('rule 14: bands fall when time passes, at the end of a tick; duplicates are no reason to score', async () => {
  const { scores } = await play(`
    when    record                       fate
    1       E1 PEN.FINE #a
            E1 PEN.FINE #b
            E1 PEN.FINE #c
    2 9h    E1 PEN.FINE #a ago=33h       duplicate
    300     nothing`)
  const said = scores.map(
    ({ beat, cause, bandBefore, band }) =>
      `day ${Math.floor((beat * 1_000 - dayOneMs) / 86_400_000) + 1} ${cause} ${bandBefore} > ${band}`,
  )
  expect(said[0]).toBe('day 1 records low > high')
  expect(said).toEqual([
    'day 1 records low > high',
    'day 3 time high > high',
    'day 6 time high > high',
    'day 8 time high > watch',
    'day 12 time watch > watch',
    'day 16 time watch > watch',
    'day 22 time watch > watch',
    'day 31 time watch > watch',
    'day 54 time watch > watch',
    'day 62 time watch > low',
    'day 168 time low > low',
  ])
})

it('rule 14: a grade that begins is a reason to score', async () => {
  const { scores } = await play(`
    when    record                       fate
    1       E1 is P1 X
            E1 grade A
    1 9h    E1 grade D in=3d
    6       nothing`)
  const said = scores.map(({ tick, cause, grade }) => `day ${tick - dayOneTick + 1} ${cause} ${grade}`)
  expect(said).toContain('day 4 time D')
})
