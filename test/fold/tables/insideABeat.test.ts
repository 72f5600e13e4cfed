/** docs/fold.md rules 6 to 8: what records of one beat, and of several, are to each other. */
import { expect, it } from 'vitest'
import { play } from '../../support/play.ts'

it('rule 6: an event and its retraction in one beat are both themselves, net zero, whichever came first', async () => {
  const { counts, nodes } = await play(`
    when   record                     fate
    1      E1 takes back #a as #r     retraction
           E1 CMP.COMPLAINT #a        applied
    2      nothing`)
  expect(counts(1)).toEqual(['UNKNOWN UNKNOWN none retracted 1'])
  expect(nodes(1, ' ')).toEqual([' : nothing'])
})

it('rule 6: tables come before events, so an event meets the place and grade of its own beat', async () => {
  const { counts } = await play(`
    when   record                     fate
    1      E1 CMP.COMPLAINT #a        applied
           E1 grade B                 applied
           E1 is P1 X1                applied
    2      nothing`)
  expect(counts(1)).toEqual(['P1 X B CMP.COMPLAINT 1'])
})

it('rule 7: same means equal kept fields, across beats', async () => {
  await play(`
    when        record                                       fate
    1 10h       E1 CMP.COMPLAINT #a amount=100               applied
    1 10h1s     E1 CMP.COMPLAINT #a amount=100               duplicate
    1 10h10m    E1 CMP.COMPLAINT #a amount=100               duplicate
    1 11h       E1 CMP.COMPLAINT #a amount=100               conflict FW_EVENT_CONFLICT
    1 11h       E1 CMP.COMPLAINT #a amount=100 ago=1h        duplicate
    1 11h       E1 CMP.COMPLAINT #a amount=200 ago=1h        conflict FW_EVENT_CONFLICT
    1 11h       E1 PEN.FINE #a amount=100 ago=1h             conflict FW_EVENT_CONFLICT
    1 11h       E1 CMP.COMPLAINT #a amount=100 ago=1h severity=5  conflict FW_EVENT_CONFLICT
    1 11h       E1 CMP.COMPLAINT #a amount=100 ago=1h severity=1  duplicate
    1 11h       E1 CMP.COMPLAINT #a amount=100 ago=1h from=court  conflict FW_EVENT_CONFLICT
    1 11h       E1 CMP.COMPLAINT #a amount=100 ago=1h from=other  duplicate
    1 11h       E1 CMP.COMPLAINT #a amount=100 ago=1h at=P1/  conflict FW_EVENT_CONFLICT
    1 11h       E2 CMP.COMPLAINT #a amount=200 ago=1h        applied`)
})

it('rule 7: inside a beat the smallest of one id is applied, its equals are duplicates, the others conflicts', async () => {
  await play(`
    when   record                              fate
    1      E1 CMP.COMPLAINT #a severity=3      conflict FW_EVENT_CONFLICT
           E1 CMP.COMPLAINT #a severity=2      applied
           E1 CMP.COMPLAINT #a severity=4      conflict FW_EVENT_CONFLICT
    2      E1 CMP.COMPLAINT #a severity=4 ago=1d  conflict FW_EVENT_CONFLICT`)
})

it('rule 7: of two that differ in their minutes only, the same one counts in either order', async () => {
  const [one, other] = [
    await play(`
    when      record                            fate
    8 0h30m   E1 CMP.COMPLAINT #a ago=6d23h50m  duplicate
              E1 CMP.COMPLAINT #a ago=7d0h20m   stale
    9         nothing`),
    await play(`
    when      record                            fate
    8 0h30m   E1 CMP.COMPLAINT #a ago=7d0h20m   stale
              E1 CMP.COMPLAINT #a ago=6d23h50m  duplicate
    9         nothing`),
  ]
  expect(one.digest).toEqual(other.digest)
})

it('rule 8: a retraction leaves a tombstone, early or late; it is taken back once', async () => {
  await play(`
    when      record                          fate
    1         E1 CMP.COMPLAINT #a             applied
    2         E1 takes back #a as #r          retraction
    2 1h      E1 takes back #a as #r          absorbed
    2 1h      E1 takes back #a as #s          absorbed
    3         E1 CMP.COMPLAINT #a ago=2d      absorbed
    3         E1 PEN.FINE #a ago=2d           absorbed
    3         E1 takes back #r as #t          absorbed
    3         E2 CMP.COMPLAINT #a ago=2d      applied
    4         E2 takes back #b as #r          retraction
    5         E2 CMP.COMPLAINT #b ago=3d      absorbed
    5         E2 CMP.COMPLAINT #b             applied
    5 1h      E2 CMP.COMPLAINT #b ago=1h      duplicate
    5 2h      E2 takes back #b as #s          absorbed`)
})

it('rule 8: of the same target in one beat, one retraction counts', async () => {
  const { counts } = await play(`
    when   record                     fate
    1      E1 CMP.COMPLAINT #a        applied
    1 1h   E1 takes back #a as #s     retraction
           E1 takes back #a as #r     absorbed
    2      nothing`)
  expect(counts(1)).toEqual(['UNKNOWN UNKNOWN none retracted 1'])
})

it('an id that is a retraction’s and an event’s is a conflict, unless there is nothing to do anyway', async () => {
  await play(`
    when      record                          fate
    1         E1 CMP.COMPLAINT #a             applied
    1 1h      E1 takes back #b as #a          conflict FW_EVENT_CONFLICT
    1 2h      E1 takes back #c as #r          retraction
    1 3h      E1 CMP.COMPLAINT #r             conflict FW_EVENT_CONFLICT
    1 4h      E1 takes back #c as #a          absorbed`)
})

it('an event that was taken back is absorbed, even if a retraction has its id: whatever the hashes are', async () => {
  const ids = [1, 2, 3, 4, 5, 6]
  await play(`
    when      record                          fate
${ids.map((n) => `    1         E1 takes back #x${n} as #r${n}           retraction`).join('\n')}
${ids.map((n) => `    1 1s      E1 takes back #c${n} as #x${n}           retraction`).join('\n')}
${ids.map((n) => `    1 2s      E1 CMP.COMPLAINT #x${n}              absorbed`).join('\n')}`)
})
