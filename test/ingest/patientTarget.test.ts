/** Live records to a process that goes away and comes back. */
import { expect, test } from 'vitest'
import { ForewarnError } from '../../src/errors.ts'
import { ingestLive, type LiveOptions, type LiveTarget } from '../../src/ingest/live.ts'
import { patientTarget } from '../../src/ingest/patientTarget.ts'
import { sliceLines } from '../../src/limits.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { event, fileOf, lines, tempFolder } from './support.ts'

const held = new ForewarnError('FW_LOG_HELD', ['of the test', 'that does not answer'])

/** Sends three batches to a target that fails at its second; how it goes on from there is up to `again`. */
async function send(again: () => LiveTarget | undefined, waitMs: number) {
  const events = Array.from({ length: 3 * sliceLines }, (_, n) => event(`e${n}`, 'E1', '2026-01-01T00:00:00Z'))
  const file = await fileOf(await tempFolder(), 'e.ndjson', lines(...events))
  const taken: number[] = []
  const said: string[] = []
  let nowMs = 0
  const taking: LiveTarget = {
    send: async (_topic, entries) => {
      taken.push(entries.length)
      return { accepted: entries.length, refused: [], counts: {} }
    },
  }
  const failing: LiveTarget = {
    send: async (...batch) => {
      if (taken.length === 0) return taking.send(...batch)
      throw held
    },
  }
  let isFirst = true
  const current = (): LiveTarget | undefined => {
    nowMs += 10_000
    const target = isFirst ? failing : again()
    isFirst = false
    return target
  }
  const now = (): number => nowMs
  const target = patientTarget({ current, logName: 'of the test', waitMs, now, onChange: (state) => said.push(state) })
  const options: LiveOptions = { target, profile: tinyProfile, topic: 'risk-events', files: [file], stdin: noInput() }
  const onCut: LiveOptions['onCut'] = ({ line, accepted }) => said.push(`through ${line}, ${accepted} good`)
  const ended = ingestLive({ ...options, onCut })
  return { ended, taken, said, taking }
}

async function* noInput(): AsyncGenerator<never> {}

test('it is waited for, the batch that failed is sent again, and whoever waits is told once', async () => {
  let looks = 0
  const run = await send(() => (++looks < 3 ? undefined : run.taking), 60_000)
  expect(await run.ended).toMatchObject({ accepted: 3 * sliceLines })
  expect(run.said).toEqual(['away', 'back'])
})

test('it is not waited for longer than was asked, and how far it came is told', async () => {
  const { ended, taken, said } = await send(() => undefined, 20_000)
  await expect(ended).rejects.toMatchObject({ code: 'FW_LOG_HELD' })
  expect(said).toEqual(['away', `through ${taken[0]}, ${taken[0]} good`])
})

test('a fault that does not pass is told at once', async () => {
  const full = new ForewarnError('FW_LOG_FULL', ['of the test'])
  const { ended, said } = await send(() => ({ send: () => Promise.reject(full) }), 60_000)
  await expect(ended).rejects.toBe(full)
  expect(said.at(-1)).toMatch(/^through \d+, \d+ good$/)
})
