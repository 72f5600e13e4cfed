/** The read model against a plain oracle: whatever the order of reading, the restarts and the cuts, it says what the records say. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Log } from '../../src/log/port.ts'
import { Follower } from '../../src/readmodel/follower.ts'
import { whenOf } from '../../src/readmodel/query/ask.ts'
import { standingOf } from '../../src/readmodel/query/overview.ts'
import { listWarnings } from '../../src/readmodel/query/warnings.ts'
import { schemaId } from '../../src/readmodel/schema.ts'
import { Store } from '../../src/readmodel/store.ts'
import { figuresOf } from '../../src/readmodel/warningRecord.ts'
import { inSmallBatches, memoryLog } from '../support/fold.ts'
import { logOver } from '../support/logs.ts'
import { type Said, sayings, topicsOf } from '../support/sayings.ts'
import { stateOf } from '../support/served.ts'
import { contentOf } from '../support/storeContent.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const seed = 20_261_130
const folder = mkdtempSync(path.join(tmpdir(), 'readmodel-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const newFile = (): string => path.join(folder, `${files++}.sqlite`)

function followerOf(log: Log, file: string): Follower {
  const reopen = (): Store => Store.open(file, 'test', { anew: true })
  const options = {
    openLog: async () => log,
    store: Store.open(file, 'test'),
    reopen,
    readSetting: async () => stateOf(tinyProfile),
  }
  return new Follower(options)
}

async function append(log: Log, said: readonly Said[]): Promise<void> {
  for (const { topic, value, timeMs } of said)
    await log.append(topic, 0, [{ key: null, timeMs, value: Buffer.from(JSON.stringify(value)) }])
}

/** A log whose reader breaks off after so many reads. */
function breakingOff(log: Log, after: number): Log {
  let left = after
  return logOver(log, {
    read: (...args) => (left-- > 0 ? log.read(...args) : Promise.reject(new Error('cut'))),
  })
}

test('it holds the same rows in whatever steps the log was read, with restarts and cuts', async () => {
  const cuts = fc.array(fc.record({ upTo: fc.nat(1_000), reads: fc.integer({ min: 0, max: 6 }) }), { maxLength: 5 })
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(sayings(), cuts, sizes, async (said, steps, batches) => {
      const [log, file] = [await memoryLog(), newFile()]
      let appended = 0
      for (const { upTo, reads } of steps) {
        const to = Math.max(appended, upTo % (said.length + 1))
        await append(log, said.slice(appended, to))
        appended = to
        const follower = followerOf(breakingOff(inSmallBatches(log, batches), reads), file)
        await follower.round().catch((error: Error) => expect(error.message).toBe('cut'))
        follower.store.close()
      }
      await append(log, said.slice(appended))
      const [stepwise, atOnce] = [followerOf(inSmallBatches(log, batches), file), followerOf(log, newFile())]
      await stepwise.round()
      await atOnce.round()
      expect(contentOf(stepwise.store)).toEqual(contentOf(atOnce.store))
      stepwise.store.close()
      atOnce.store.close()
    }),
    { seed, numRuns: 25 },
  )
})

test('what it says as of any tick, and now, is what the last records up to then say', async () => {
  let looked = 0
  await fc.assert(
    fc.asyncProperty(sayings(), async (said) => {
      const log = await memoryLog()
      await append(log, said)
      const follower = followerOf(log, ':memory:')
      await follower.round()
      const { store, editions } = follower
      if (editions === undefined) throw new Error('the log was not begun')
      const model = { store, editions }
      const { calendar } = tinyProfile
      for (const tick of [...topicsOf(said).ticks, undefined]) {
        const last = topicsOf(said).standing(tick)
        const asOf = tick === undefined ? undefined : calendar.label(tick)
        const question = { sort: 'tick', limit: 200, asOf } as const
        const { rows, total, facets } = listWarnings(model, question)
        expect(rows.map(({ id, level, observed }) => `${id} ${level} ${observed}`).sort()).toEqual(
          last.map((one) => `${one.id} ${one.level} ${figuresOf(one).observed}`).sort(),
        )
        expect(total).toBe(last.length)
        for (const [level, count] of Object.entries(facets.level))
          expect(count).toBe(last.filter((one) => one.level === level).length)
        const standing = standingOf(model, whenOf(model, asOf))
        for (const [level, count] of Object.entries(standing))
          expect(count).toBe(last.filter((one) => one.level === level).length)
        looked += last.length
      }
      store.close()
    }),
    { seed, numRuns: 25 },
  )
  expect(looked).toBeGreaterThan(200)
})

test('pages have every row once, in order, whatever the size of a page', async () => {
  await fc.assert(
    fc.asyncProperty(
      sayings(),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('level', 'tick', 'raised', 'ratio'),
      async (said, limit, sort) => {
        const log = await memoryLog()
        await append(log, said)
        const follower = followerOf(log, ':memory:')
        await follower.round()
        const { store, editions } = follower
        if (editions === undefined) throw new Error('the log was not begun')
        const whole = listWarnings({ store, editions }, { sort, limit: 200 }).rows.map(({ id }) => id)
        const paged: string[] = []
        let cursor: string | null | undefined
        while (cursor !== null) {
          const page = listWarnings({ store, editions }, { sort, limit, ...(cursor === undefined ? {} : { cursor }) })
          paged.push(...page.rows.map(({ id }) => id))
          cursor = page.next
        }
        expect(paged).toEqual(whole)
        store.close()
      },
    ),
    { seed, numRuns: 20 },
  )
})

test('a file of another schema, of another log, or a damaged one is made anew', async () => {
  const said = fc.sample(sayings(), { seed, numRuns: 1 })[0]
  const log = await memoryLog()
  await append(log, said)
  const fresh = followerOf(log, newFile())
  await fresh.round()
  const wanted = contentOf(fresh.store)
  fresh.store.close()
  const damages: readonly [string, (db: DatabaseSync) => void][] = [
    ['another schema', (db) => db.exec("UPDATE meta SET value = 'older' WHERE name = 'schema'")],
    ['another log', (db) => db.exec("UPDATE meta SET value = 'elsewhere' WHERE name = 'log'")],
    ['another beginning', (db) => db.exec("UPDATE meta SET value = 'x' WHERE name = 'begun'")],
    ['a position ahead of the log', (db) => db.exec("UPDATE position SET next = 1000000 WHERE topic = 'ticks'")],
    ['a table that is gone', (db) => db.exec('DROP TABLE meta')],
  ]
  for (const [what, damage] of damages) {
    const file = newFile()
    const first = followerOf(log, file)
    await first.round()
    first.store.close()
    const db = new DatabaseSync(file)
    damage(db)
    db.close()
    const again = followerOf(log, file)
    await again.round()
    expect(contentOf(again.store), what).toEqual(wanted)
    expect(again.store.meta('schema')).toBe(schemaId)
    again.store.close()
  }
})
