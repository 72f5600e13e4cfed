/** docs/fold.md rules 1 and 2: log time that leads the clock, clocks that are set back, and what a replay makes of both. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latestIn, latestOf } from '../../src/fold/closing.ts'
import { FoldClock } from '../../src/fold/foldClock.ts'
import { hourMs, minuteMs } from '../../src/limits.ts'
import { tasksOf } from '../../src/log/tasks.ts'
import { historyStartMs } from '../support/histories.ts'
import { LiveFold, type LiveOptions, replayed, saidIn } from '../support/live.ts'
import { fateCounts } from '../support/readFold.ts'
import { savedState } from '../support/state.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const startMs = historyStartMs + 10 * hourMs
const setting: LiveOptions = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000, startMs }

async function append(live: LiveFold, id: string, timeMs?: number, key = 'E1'): Promise<void> {
  const { partitionOf } = await import('../../streams/partition.ts')
  const value = { id, enterpriseId: key, type: 'PEN.FINE', occurredAt: new Date(startMs - 200 * hourMs).toISOString() }
  const record = { key, value: Buffer.from(JSON.stringify(value)), ...(timeMs === undefined ? {} : { timeMs }) }
  await live.log.append('risk-events', partitionOf(key, live.log.partitions('risk-events')), [record])
}

const folded = async ({ log }: LiveFold): Promise<number> => (await fateCounts(log, ['risk-events'])).applied ?? 0

describe('a record whose log time leads the clock', () => {
  it('joins the beat at the bound, and those behind it with it; it is told and counted', async () => {
    const live = await LiveFold.begin({ ...setting, aheadMsMax: 60_000 })
    await append(live, 'a')
    await live.pass(2, 1_000)
    expect(await folded(live)).toBe(1)
    await append(live, 'ahead', live.nowMs + hourMs)
    await append(live, 'behind', live.nowMs)
    const boundMs = live.nowMs + 60_000
    await live.step()
    const until = (Math.floor(boundMs / 1_000) + 1) * 1_000
    expect(live.told('InputsWaiting').at(-1)).toMatchObject({ records: { 'risk-events': 2 }, untilMs: until })
    expect(live.told('LogTimeLeads')).toEqual([
      { kind: 'LogTimeLeads', task: 'enterprise-0', seconds: 61, waits: true },
    ])
    await live.pass(60, 1_000)
    expect(await folded(live)).toBe(1)
    await live.pass(2, 1_000)
    expect(await folded(live)).toBe(3)
    expect(live.told('LogTimeLed')).toEqual([{ kind: 'LogTimeLed', task: 'enterprise-0', records: 1 }])
    expect(live.told('LogTimeRegressed').map(({ records }) => records)).toEqual([1])
    expect(live.told('InputsWaiting').at(-1)?.untilMs).toBeUndefined()
    await append(live, 'now', live.nowMs) // the running maximum is no later than the bound
    await live.pass(2, 1_000)
    expect(await folded(live)).toBe(4)
  })

  it('that is read after a restart counts as the clock stands then, also what a replay has read ahead', async () => {
    const live = await LiveFold.begin({ ...setting, aheadMsMax: 60_000 })
    await append(live, 'a')
    await live.pass(2, 1_000)
    await append(live, 'ahead', live.nowMs + hourMs)
    await append(live, 'behind', live.nowMs)
    await live.restart() // the entry of `a` is read again, and with it the two behind it
    await live.pass(62, 1_000)
    expect(await folded(live)).toBe(3)
    await live.restart()
    await append(live, 'now', live.nowMs)
    await live.pass(2, 1_000)
    expect(await folded(live)).toBe(4)
    await live.runners[0].checkpoint('now')
    await live.restart()
    await append(live, 'later', live.nowMs)
    await live.pass(2, 1_000)
    expect(await folded(live)).toBe(5)
  })

  it('among commands holds a change of model up for less than its lead', async () => {
    const live = await LiveFold.begin(setting)
    const tick = tinyProfile.calendar.tickOf(startMs) + 1
    const tickMs = tinyProfile.calendar.startMs(tick)
    const command = (id: string, kind: string, timeMs: number, more = {}) =>
      live.log.append('commands', 0, [
        { key: null, timeMs, value: Buffer.from(JSON.stringify({ id, actor: 'test', kind, ...more })) },
      ])
    await append(live, 'a')
    await live.pass(2, 1_000)
    live.nowMs = tickMs - 65_000
    await live.step()
    await command('ahead', 'model.challenge', tickMs + hourMs, { hash: null, effectiveTick: tick + 5 })
    await live.pass(3, 1_000)
    await command('good', 'model.challenge', live.nowMs, { hash: null, effectiveTick: tick })
    await live.pass(90, 1_000) // FW_COMMAND_LATE would end it
    const answered = live.told('CommandAnswered').map(({ command: kind, accepted }) => [kind, accepted])
    expect(answered).toEqual([
      ['model.challenge', true],
      ['model.challenge', true],
    ])
  })

  it('inside an import keeps its time; when the import has ended all of it is folded, and what is live after it too', async () => {
    const import_ = async (live: LiveFold): Promise<void> => {
      const command = (n: number, kind: string, timeMs: number, more = {}) =>
        live.log.append('commands', 0, [
          {
            key: null,
            timeMs,
            value: Buffer.from(JSON.stringify({ id: `import-${n}`, actor: 'test', kind, ...more })),
          },
        ])
      await command(0, 'import.begin', startMs)
      for (let day = 1; day <= 3; day++) {
        const timeMs = startMs + day * 24 * hourMs
        await append(live, `day ${day}`, timeMs)
        await command(day, 'import.mark', timeMs, { through: new Date(timeMs).toISOString() })
        await live.step()
      }
      await command(4, 'import.end', startMs + 3 * 24 * hourMs)
    }
    const live = await LiveFold.begin(setting)
    await import_(live)
    await live.restart()
    await live.pass(20, 1_000)
    expect(await folded(live)).toBe(3)
    expect(live.told('LogTimeLed')).toEqual([])
    await append(live, 'live')
    await live.pass(20, 1_000)
    expect(await folded(live)).toBe(4)
  })
})

describe('a clock that was set back', () => {
  it('does not stop the fold: beats go on slowly from the last one, until it has caught up', async () => {
    for (const backMs of [3 * minuteMs, 2 * hourMs]) {
      const live = await LiveFold.begin(setting)
      live.nowMs += backMs
      await append(live, 'a')
      await live.pass(3, 1_000)
      expect(await folded(live)).toBe(1)
      const aheadMs = live.runners[0].foldedEndMs
      live.nowMs -= backMs
      for (const id of ['b', 'c', 'd']) {
        await append(live, id)
        await live.pass(11, 1_000)
      }
      expect(await folded(live)).toBe(4)
      expect(live.runners[0].foldedEndMs - aheadMs).toBeLessThanOrEqual(4_000)
      expect(live.told('LogTimeLeads').at(0)).toMatchObject({ waits: false })
      await live.restart()
      await append(live, 'e')
      await live.pass(11, 1_000)
      expect(await folded(live)).toBe(5)
      await live.pass(Math.ceil(backMs / 10_000) + 100, 10_000)
      expect(live.runners[0].foldedEndMs).toBeGreaterThan(live.nowMs - 20_000)
      await append(live, 'f')
      await live.pass(2, 1_000)
      expect(await folded(live)).toBe(6)
    }
  })

  it('when nothing was folded ahead, nothing is ahead: a jump for a moment opens no tick', async () => {
    const live = await LiveFold.begin(setting)
    await append(live, 'a')
    await live.pass(2, 1_000)
    const clock = new FoldClock(() => live.nowMs)
    const read = (): number => clock.read(live.runners[0].foldedEndMs) - live.nowMs
    expect(read()).toBe(0)
    live.nowMs += 48 * hourMs
    expect(read()).toBe(0)
    live.nowMs -= 48 * hourMs
    expect(read()).toBe(0)
  })

  it('records that were written ahead and not folded join the beat at the bound', async () => {
    const live = await LiveFold.begin(setting)
    await append(live, 'a', startMs + 2 * hourMs)
    await append(live, 'b')
    await live.pass(32, 10_000)
    expect(await folded(live)).toBe(2)
    expect(live.told('LogTimeLed')).toMatchObject([{ records: 1 }])
  })
})

it('the latest log time that counts: by the clock and the bound, by the imports, and sooner among commands', () => {
  const latest = latestOf(1_000_000, 300_000, Number.NEGATIVE_INFINITY)
  expect(['risk-events', 'enterprises', 'credit-grades'].map(() => latestIn('risk-events', latest))).toEqual([
    1_300_000, 1_300_000, 1_300_000,
  ])
  expect(latestIn('commands', latest)).toBe(1_030_000)
  expect(latestIn('artifacts', latest)).toBe(1_030_000)
  expect(latestIn('cell-parts', latest)).toBe(Number.POSITIVE_INFINITY)
  expect(latestIn('risk-events', undefined)).toBe(Number.POSITIVE_INFINITY)
  expect(latestOf(1_000_000, 5_000, 9_000_000)).toEqual({ records: 9_000_000, commands: 9_000_000 })
  expect(latestOf(1_000_000, 5_000, 9_000).commands).toBe(1_005_000)
})

/** What may happen to a process and its machine. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 15_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('jump' as const), ms: fc.integer({ min: -3 * hourMs, max: 3 * hourMs }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('append' as const),
      key: fc.constantFrom('E1', 'E2', 'E3', 'E4'),
      leadMs: fc.option(fc.integer({ min: -10 * minuteMs, max: 2 * hourMs }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('kill' as const), checkpoint: fc.boolean() }) },
)

it('whatever clocks do, every record is folded, and a replay says the same bytes as was said live', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 30 }), fc.constantFrom(1, 3), async (happenings, partitions) => {
      const live = await LiveFold.begin({ ...setting, partitions })
      let records = 0
      for (const one of happenings) {
        if (one.what === 'pass' || one.what === 'jump') live.nowMs += one.ms
        else if (one.what === 'append')
          await append(live, `e${records++}`, one.leadMs === undefined ? undefined : live.nowMs + one.leadMs, one.key)
        else {
          if (one.checkpoint) for (const runner of live.runners) await runner.checkpoint('now')
          await live.restart()
        }
        if (one.what !== 'append') await live.step()
      }
      await live.pass(40, 15_000) // the bound, and a beat in ten seconds
      expect(await folded(live)).toBe(records)
      for (const [at, id] of tasksOf(partitions).entries()) {
        const again = await replayed(live, id)
        expect(again.outputs).toEqual(await saidIn(live.log, id))
        expect(again.saved.equals(savedState(live.runners[at].task))).toBe(true)
      }
    }),
    { seed: 20_261_130, numRuns: 25 },
  )
})
