/** docs/fold.md rules 1, 5 and 9: knownAt counts per beat, log time runs back, the horizon. */
import { expect, it } from 'vitest'
import { decodeEntry, type FoldedBeat, JournalEntry } from '../../../src/fold/journal.ts'
import { bytesOf, type TestRecord } from '../../support/fold.ts'
import { firstCommand } from '../../support/histories.ts'
import { dayOneMs, play } from '../../support/play.ts'
import { foldWithNotices } from '../../support/watched.ts'

it('rule 1: what is stale, too old or in the future goes by the end of the beat', async () => {
  const { counts } = await play(`
    when          record                                 fate
    40 12h        E1 CMP.COMPLAINT #a ago=6d23h59m58s     applied
    40 12h        E1 CMP.COMPLAINT #b ago=7d              stale
    40 12h        E1 PEN.FINE #c ago=29d                  applied
    40 12h        E1 PEN.FINE #d ago=30d                  stale
    40 12h        E1 PEN.FINE #e in=5m                    applied
    40 12h        E1 PEN.FINE #f in=5m1s                  applied
    40 12h        E1 PEN.FINE #g in=5m2s                  dead FW_EVENT_FUTURE
    40 12h        E1 PEN.FINE #h ago=43830h               stale
    40 12h        E1 PEN.FINE #i ago=43831h               dead FW_EVENT_TOO_OLD
    40 12h59m59s  E1 PEN.FINE #j ago=43830h59m58s        dead FW_EVENT_TOO_OLD
    41            nothing`)
  expect(counts(40)).toEqual([
    'UNKNOWN UNKNOWN none CMP.COMPLAINT 1',
    'UNKNOWN UNKNOWN none PEN.FINE 3',
    'UNKNOWN UNKNOWN none stale 3',
  ])
})

it('rule 1: a record that is older than the one before it joins the later beat, and is counted', async () => {
  const at = (timeMs: number, id: string): TestRecord => ({
    topic: 'risk-events',
    key: 'E1',
    timeMs,
    value: { id, enterpriseId: 'E1', type: 'PEN.FINE', occurredAt: new Date(dayOneMs).toISOString() },
  })
  const { notices, fates } = await foldWithNotices([
    { ...firstCommand, timeMs: dayOneMs },
    at(dayOneMs + 5_000, 'a'),
    at(dayOneMs + 2_000, 'b'),
    at(dayOneMs + 9_000, 'c'),
  ])
  expect(notices).toContainEqual(
    expect.objectContaining({ kind: 'LogTimeRegressed', task: 'enterprise-0', records: 1 }),
  )
  expect(fates.map(({ beat }) => beat - dayOneMs / 1_000)).toEqual([0, 5, 5, 9])
})

it('rule 5: a journal entry holds the beats of its epoch and the cut of every input', () => {
  const beats = [
    { beat: 1_772_380_800, cuts: [1, 0, 7] },
    { beat: 1_772_380_803, cuts: [1, 4, 7] },
    { beat: 1_772_467_199, cuts: [2, 4, 900] },
  ]
  const encodeEntry = (folded: readonly FoldedBeat[]): Uint8Array => {
    const entry = new JournalEntry(3)
    for (const { beat, cuts } of folded)
      entry.add(
        beat,
        cuts.map((position) => ({ position })),
      )
    return entry.encode()
  }
  expect(decodeEntry(encodeEntry(beats))).toEqual(beats)
  expect(decodeEntry(encodeEntry([]))).toEqual([])
  expect(Buffer.from(encodeEntry(beats)).toString()).toBe(
    '{"beats":[1772380800,3,86396],"cuts":[[1,0,1],[0,4,0],[7,0,893]]}',
  )
  expect(() => decodeEntry(bytesOf('{"beats":[1.5],"cuts":[]}'))).toThrow()
})

it('rule 9: a fact past the horizon is ignored at once, and its going changes no cell', async () => {
  const { late, counts } = await play(`
    when       record                            fate
    1          E1 PEN.FINE #a ago=43830h         stale
    1 0h30m    E1 PEN.FINE #b ago=43829h         stale
    1 1h       E1 PEN.FINE #a ago=43829h         stale
    1 2h       E1 takes back #b as #r            retraction
    2          E1 PEN.NOTE #c                    applied
    3          E1 takes back #c as #s            retraction
    4          nothing`)
  // By 2:00 #b is past the horizon: the retraction finds nothing, and what was counted stays.
  expect(counts(1)).toEqual(['UNKNOWN UNKNOWN none stale 3'])
  expect(late(3)).toEqual(['day 2: UNKNOWN UNKNOWN none PEN.NOTE -1', 'day 2: UNKNOWN UNKNOWN none retracted 1'])
})
