/** Live changes: whoever comes back misses nothing and hears nothing twice; who cannot be told is told to ask again. */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { memoryLog } from '../support/fold.ts'
import { type Said, sayings } from '../support/sayings.ts'
import { served } from '../support/served.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const [said] = fc.sample(sayings(40), { seed: 7, numRuns: 1 })
const log = await memoryLog()
const half = Math.floor(said.length / 2)
const page = await served(log, tinyProfile)
const address = await page.listen()
afterAll(page.close)

async function append(some: readonly Said[]): Promise<void> {
  for (const { topic, value, timeMs } of some)
    await log.append(topic, 0, [{ key: null, timeMs, value: Buffer.from(JSON.stringify(value)) }])
}

type Event = { id: string; event: string; data: Record<string, unknown> }

/** Events until one of them is the last that is waited for. */
async function listen(lastId: string | undefined, isLast: (event: Event) => boolean): Promise<Event[]> {
  const over = new AbortController()
  const headers = lastId === undefined ? undefined : { 'last-event-id': lastId }
  const answer = await fetch(`${address}/api/v1/stream`, {
    signal: over.signal,
    ...(headers === undefined ? {} : { headers }),
  })
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const events: Event[] = []
  let text = ''
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString('utf8')
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) {
      const [, id, event, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(part) ?? []
      if (id !== undefined) events.push({ id, event, data: JSON.parse(data) })
    }
    if (events.some(isLast)) break
  }
  over.abort()
  return events
}

const isStatus = ({ event }: Event): boolean => event === 'status'
const seqOf = ({ id }: Event): number => Number(id.split('-')[1])

test('what changed after an event is told to whoever names it, each once, with what holds now', async () => {
  await append(said.slice(0, half))
  await page.read()
  page.stream.tell()
  const { epoch } = page.follower.store
  const first = (await listen(`${epoch}-0`, isStatus)).filter((one) => !isStatus(one))
  expect(first.length).toBeGreaterThan(3)
  const middle = first[Math.floor(first.length / 2)]
  await append(said.slice(half))
  await page.read()
  page.stream.tell()
  const rest = (await listen(middle.id, isStatus)).filter((one) => !isStatus(one))
  const changed = page.follower.store
    .all('SELECT max(seq) AS seq, kind, of FROM change WHERE seq > ? GROUP BY kind, of ORDER BY 1', seqOf(middle))
    .map(({ seq }) => Number(seq))
  expect(rest.map(seqOf)).toEqual(changed)
  for (const { event, data } of rest) {
    if (event !== 'warning') continue
    expect(data.row).toEqual(JSON.parse((await page.get(`/warnings/${String(data.id)}`)).text).row)
  }
})

test('whoever listens hears what comes', async () => {
  await expect.poll(() => page.stream.clients).toBe(0) // those before have gone
  const heard = listen(undefined, ({ event }) => event === 'tick')
  await expect.poll(() => page.stream.clients).toBe(1)
  const next = fc.sample(sayings(41), { seed: 9, numRuns: 1 })[0].filter(({ topic }) => topic === 'ticks')
  await append(next.slice(-1))
  await page.read()
  page.stream.tell()
  expect((await heard).map(({ event }) => event)).toEqual(['status', 'tick'])
})

test.each(['elsewhere-5', 'nothing', '-', `${page.follower.store.epoch}-999999`])(
  'an event that is not known (%s) is answered by reset',
  async (id) => {
    const [first] = await listen(id, ({ event }) => event === 'reset' || event === 'status')
    expect(first.event).toBe('reset')
  },
)
