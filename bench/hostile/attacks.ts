/** The attacks over HTTP, each in a loop until its time is over. They count what they did, and what was taken that must be refused. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { KiB, MiB } from '../../src/limits.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { chunksOf } from '../../src/settings/registry/chunks.ts'
import { hash64 } from '../../streams/hash.ts'
import { chain, stump, type Tree } from '../../test/support/hostileTrees.ts'
import { modelFolder } from '../../test/support/models.ts'
import { enterpriseIdOf } from '../market.ts'
import { hostileFrom } from './good.ts'
import { type Ask, ask, ndjson } from './http.ts'

export type Target = { address: string; token: string; isOver: () => boolean }
/** `done`: requests or connections. `taken`: those that got through and must not. */
export type Told = { done: number; taken: number }

export const attacks: Readonly<Record<string, (target: Target) => Promise<Told>>> = {
  'deep tree': (target) => models(target, () => [chain(16_000)]),
  'shared categories': (target) => models(target, sharedCategories, 800),
  'many categories': (target) => models(target, manyCategories, 800),
  'many attributes': (target) => bodies(target, 2, manyAttributes),
  'foreign pages': foreignPages,
  'clustering ids': clusteringIds,
  retractions: (target) => rounds(target, retractions),
  'falling times': (target) => rounds(target, fallingTimes),
  'line feeds': (target) => bodies(target, 8, () => repeated('\n', 64)),
  'failed JSON': (target) => bodies(target, 8, () => repeated('{"id":nul}\n', 2)),
  'silent connections': silentConnections,
}

const records = (address: string): string => `${address}/api/v1/records/risk-events`

/** Loops side by side; a connection that breaks is as good as an answer. */
async function sideBySide(isOver: () => boolean, loops: number, one: (loop: number) => Promise<number>): Promise<Told> {
  const told = { done: 0, taken: 0 }
  const loop = async (at: number): Promise<void> => {
    while (!isOver()) {
      told.taken += await one(at).catch(() => sleep(20, 0))
      told.done++
    }
  }
  await Promise.all(Array.from({ length: loops }, (_, at) => loop(at)))
  return told
}

function bodies({ address, isOver }: Target, loops: number, body: () => Iterable<Buffer | string>): Promise<Told> {
  return sideBySide(isOver, loops, async () => {
    await ask(records(address), { method: 'POST', headers: ndjson, body: body() })
    return 0
  })
}

/** Artefacts that whoever may change models sends; each has another hash. */
async function models({ address, token, isOver }: Target, trees: () => Tree[], features?: number): Promise<Told> {
  const profile = await loadProfile('cn')
  const many = Array.from({ length: features ?? 0 }, () => ({ name: 'count.all.7d', mean: 0, deviation: 1 }))
  const shared = { kind: 'trees', trees: trees(), ...(features === undefined ? {} : { features: many }) }
  const headers = { ...ndjson, authorization: `Bearer ${token}` }
  let number = 0
  return sideBySide(isOver, 1, async () => {
    const { hash, files } = modelFolder({ profile, weight: 0, change: { ...shared, label: `hostile ${number++}` } })
    for (const chunk of chunksOf('model', hash, files)) {
      const { status, body } = await ask(`${address}/api/v1/artifacts`, {
        method: 'POST',
        headers,
        body: [JSON.stringify(chunk)],
      })
      if (status !== 200) throw new Error(body)
    }
    await sleep(100)
    return 0
  })
}

/** One list, about which every split asks: some kilobytes, and answers without end. */
function sharedCategories(): Tree[] {
  const splits = 800
  const features = Array.from({ length: splits }, (_, at) => at)
  return [{ ...chain(splits), features, decisions: Array(splits).fill(1), categories: [someCategories()] }]
}

/** The same in lists of their own: as many bytes as a model may have. */
function manyCategories(): Tree[] {
  return Array.from({ length: 800 }, (_, feature) => stump(feature, someCategories()))
}

const someCategories = (): number[] => Array.from({ length: 1_024 }, (_, at) => at * 1_000)

function* manyAttributes(): Iterable<string> {
  const many = Array.from({ length: 20_000 }, (_, at) => `"${at}":1`).join(',')
  const nested = `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`
  for (let at = 0; at < 20; at++)
    yield `${eventOf(enterpriseIdOf(hostileFrom), `m${at}`, Date.now()).slice(0, -1)},"attributes":${at % 2 === 0 ? `{${many}}` : nested}}\n`
}

/** What a web page can have its visitor's browser send, and what it sends under a name of its own that resolves to this machine. */
function foreignPages({ address, isOver }: Target): Promise<Told> {
  const body = [`${eventOf(enterpriseIdOf(hostileFrom), 'foreign', Date.now())}\n`]
  const { port } = new URL(address)
  const asks: readonly [string, Ask][] = [
    [
      '/api/v1/records/risk-events',
      { method: 'POST', body, headers: { ...ndjson, origin: 'http://attacker.example' } },
    ],
    ['/api/v1/records/risk-events', { method: 'POST', body, headers: { 'content-type': 'text/plain' } }],
    ['/api/v1/records/risk-events', { method: 'POST', body, headers: { ...ndjson, 'sec-fetch-site': 'cross-site' } }],
    ['/metrics', { headers: { host: `attacker.example:${port}` } }],
    [`/api/v1/enterprises/${enterpriseIdOf(0)}/explanation`, { headers: { host: `attacker.example:${port}` } }],
    ['/api/v1/commands', { method: 'POST', body: ['{}'], headers: { ...ndjson, host: `attacker.example:${port}` } }],
    ['/api/v1/commands', { method: 'POST', body: ['{}'], headers: ndjson }],
  ]
  return sideBySide(isOver, asks.length, async (loop) => {
    const [route, how] = asks[loop]
    return (await ask(`${address}${route}`, how)).status < 400 ? 1 : 0
  })
}

const clustered = 50_000
const clusterShare = 64

/** Ids whose public hash lies in one sixty-fourth of all: in a table that went by it they would be one heap. */
async function clusteringIds({ address, isOver }: Target): Promise<Told> {
  const ids: string[] = []
  for (let at = hostileFrom; ids.length < clustered; at++) {
    const id = enterpriseIdOf(at)
    if (hash64(id).high >>> 0 < 2 ** 32 / clusterShare) ids.push(id)
  }
  let round = 0
  return sideBySide(isOver, 1, async () => {
    const region = ['440103', '440104'][round++ % 2]
    const body = ids.map((id) => `{"id":"${id}","region":"${region}","industry":"F5211"}\n`)
    await ask(`${address}/api/v1/records/enterprises`, { method: 'POST', headers: ndjson, body: joined(body) })
    return 0
  })
}

const perRound = 60_000

/** One enterprise a round. */
function rounds({ address, isOver }: Target, linesOf: (id: string) => Iterable<string>): Promise<Told> {
  let round = 0
  return sideBySide(isOver, 1, async () => {
    const body = joined(linesOf(enterpriseIdOf(hostileFrom + round++)))
    await ask(records(address), { method: 'POST', headers: ndjson, body })
    return 0
  })
}

function* retractions(id: string): Iterable<string> {
  const now = Date.now()
  for (let at = 0; at < perRound; at++) yield `${eventOf(id, `e${at}`, now)}\n`
  for (let at = 0; at < perRound; at++) yield `${eventOf(id, `r${at}`, now).slice(0, -1)},"retracts":"e${at}"}\n`
}

function* fallingTimes(id: string): Iterable<string> {
  const now = Date.now()
  for (let at = 0; at < perRound; at++) yield `${eventOf(id, `f${at}`, now - at * 60_000)}\n`
}

const connectionsMax = 1_500

/** More connections than the server takes: a third says nothing, a third half a head, a third begins a body; each that is closed is opened again. */
async function silentConnections({ address, isOver }: Target): Promise<Told> {
  const { port } = new URL(address)
  const head = `POST /api/v1/records/risk-events HTTP/1.1\r\nHost: localhost\r\n`
  const says = ['', head, `${head}Content-Type: application/x-ndjson\r\nContent-Length: 500\r\n\r\n{"id"`]
  const open = new Set<Socket>()
  const told = await sideBySide(isOver, connectionsMax, async (loop) => {
    const socket = connect(Number(port), '127.0.0.1')
    open.add(socket)
    socket.on('error', () => {})
    socket.resume()
    socket.write(says[loop % says.length])
    await Promise.race([once(socket, 'close'), untilOver(isOver)])
    open.delete(socket.destroy())
    await sleep(100)
    return 0
  })
  for (const socket of open) socket.destroy()
  return told
}

async function untilOver(isOver: () => boolean): Promise<void> {
  while (!isOver()) await sleep(200)
}

function eventOf(enterpriseId: string, id: string, occurredMs: number): string {
  const occurredAt = new Date(occurredMs).toISOString()
  return JSON.stringify({ id: `${enterpriseId}-${id}`, enterpriseId, type: 'CMP.COMPLAINT', occurredAt })
}

/** Pieces of some size: a line a write would be slow on this side. */
function* joined(lines: Iterable<string>): Iterable<string> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < 64 * KiB) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

function* repeated(piece: string, mib: number): Iterable<Buffer> {
  const bytes = Buffer.from(piece.repeat(Math.ceil((64 * KiB) / piece.length)))
  for (let sent = 0; sent + bytes.length < mib * MiB; sent += bytes.length) yield bytes
}
