/** The history that is folded under fire: a simulated market in an embedded log, and what a calm run makes of it. */
import { cp } from 'node:fs/promises'
import path from 'node:path'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { hashHex, IdHasher } from '../../streams/hash.ts'
import { FateColumns, fates } from '../../streams/outputs.ts'
import { foldedTopics } from '../../streams/topics.ts'
import { forewarnJson } from '../e2e/forewarn.ts'

export type Market = { enterprises: number; days: number; seed: number }

/** Writes a market and imports it. Gives the folder of a log that nobody has run. */
export async function makeHistory(folder: string, { enterprises, days, seed }: Market): Promise<string> {
  const market = path.join(folder, 'market')
  const log = path.join(folder, 'history')
  const numbers = ['--enterprises', String(enterprises), '--days', String(days), '--seed', String(seed)]
  await forewarnJson(['simulate', '--out', market, ...numbers])
  const files = ['enterprises', 'credit-grades', 'risk-events'].map((kind) => `${kind}=${market}/${kind}.ndjson`)
  await forewarnJson(['ingest', '--log', `embedded:${log}`, '--known-at', 'knownAt', ...files])
  return log
}

/** What a log says, with everything that two runs of it must have in common. */
export type Outcome = { digest: string; fates: Record<string, number>; records: number; wrong: string[] }

export async function copyOf(history: string, copy: string): Promise<string> {
  await cp(history, copy, { recursive: true })
  return copy
}

export async function outcomeOf(folder: string): Promise<Outcome> {
  const digest = JSON.stringify(await forewarnJson(['digest', '--log', `embedded:${folder}`]))
  return { digest, ...(await fatesOf(folder)) }
}

/** Every record in the inputs has exactly one fate, by the hash of its bytes. */
async function fatesOf(folder: string): Promise<Omit<Outcome, 'digest'>> {
  const log = await openEmbeddedLog({ path: folder, mode: 'read' })
  const balance = new Map<string, number>()
  const byFate: Record<string, number> = Object.fromEntries(fates.map((fate) => [fate, 0]))
  const hasher = new IdHasher()
  let records = 0
  try {
    for (const topic of foldedTopics) {
      for (let partition = 0; partition < log.partitions(topic); partition++) {
        for await (const { value } of recordsOf(log, topic, partition)) {
          const { high, low } = hasher.ofBytes(value)
          add(balance, hashHex(high, low), 1)
          records++
        }
      }
    }
    for (let partition = 0; partition < log.partitions('fates'); partition++) {
      for await (const { value } of recordsOf(log, 'fates', partition)) {
        const columns = FateColumns.parse(JSON.parse(Buffer.from(value).toString('utf8')))
        const hashes = Buffer.from(columns.hashes, 'base64')
        for (const [row, kind] of Buffer.from(columns.fates, 'base64').entries()) {
          const halves = [hashes.readUInt32LE(row * 8), hashes.readUInt32LE(row * 8 + 4)]
          add(balance, hashHex(halves[0], halves[1]), -1)
          byFate[fates[kind]]++
        }
      }
    }
  } finally {
    await log.close()
  }
  const left = [...balance.values()]
  const without = left.filter((count) => count > 0).length
  const over = left.filter((count) => count < 0).length
  const wrong = [
    ...(without > 0 ? [`${without} records have no fate`] : []),
    ...(over > 0 ? [`${over} records have more than one fate`] : []),
  ]
  return { fates: byFate, records, wrong }
}

function add(counts: Map<string, number>, key: string, delta: number): void {
  counts.set(key, (counts.get(key) ?? 0) + delta)
}
