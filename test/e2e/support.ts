/** What end-to-end tests share: folders that vanish, processes that end with the test, and what is read from a log and a server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect } from 'vitest'
import { type ErrorCode, errorRegistry } from '../../src/errors.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { recordsOf } from '../../src/log/recordsOf.ts'
import { FateColumns, fates } from '../../streams/outputs.ts'
import { type RecordTopic, recordTopics, type TopicName } from '../../streams/topics.ts'
import { until } from '../support/patience.ts'
import { type Ended, Forewarn, forewarn } from './forewarn.ts'

const folders: string[] = []
const running: Forewarn[] = []
afterAll(async () => {
  for (const one of running) {
    one.kill('SIGKILL') // those that have ended take no notice
    await one.ended
  }
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-e2e-'))
  folders.push(folder)
  return folder
}

/** Starts a process that no failing test leaves behind. */
export function start(args: readonly string[]): Forewarn {
  const started = new Forewarn(args)
  running.push(started)
  return started
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export function ready(at: string): Promise<true> {
  return until(`${at}/readyz`, async () => ((await fetch(`${at}/readyz`)).ok ? true : undefined))
}

export type Posted = { status: number; body: Record<string, unknown> }

export async function post(at: string, topic: RecordTopic, body: string): Promise<Posted> {
  const headers = { 'content-type': 'application/x-ndjson' }
  const response = await fetch(`${at}/api/v1/records/${topic}`, { method: 'POST', body, headers })
  return { status: response.status, body: Object.fromEntries(Object.entries(Object(await response.json()))) }
}

/** `forewarn_records_total` by fate, those that are not 0. */
export async function fatesOnPage(at: string): Promise<Record<string, number>> {
  const page = await (await fetch(`${at}/metrics`)).text()
  const lines = [...page.matchAll(/^forewarn_records_total\{fate="(\w+)"\} (\d+)$/gm)]
  return Object.fromEntries(lines.map(([, fate, count]) => [fate, Number(count)]).filter(([, count]) => count !== 0))
}

/** Values of a topic, partition after partition, read beside whoever writes the log. */
export async function textsIn(folder: string, topic: TopicName): Promise<string[]> {
  const log = await openEmbeddedLog({ path: folder, mode: 'read' })
  try {
    const found: string[] = []
    for (let partition = 0; partition < log.partitions(topic); partition++)
      for await (const { value } of recordsOf(log, topic, partition)) found.push(Buffer.from(value).toString('utf8'))
    return found
  } finally {
    await log.close()
  }
}

/** How many records and commands a log holds, and the fates that stand in it, by fate. */
export async function accountOf(
  folder: string,
): Promise<{ records: number; commands: number; fates: Record<string, number>; rows: number }> {
  let records = 0
  for (const topic of recordTopics) records += (await textsIn(folder, topic)).length
  const commands = (await textsIn(folder, 'commands')).length
  const byFate: Record<string, number> = {}
  let rows = 0
  for (const text of await textsIn(folder, 'fates')) {
    for (const kind of Buffer.from(FateColumns.parse(JSON.parse(text)).fates, 'base64')) {
      byFate[fates[kind]] = (byFate[fates[kind]] ?? 0) + 1
      rows++
    }
  }
  return { records, commands, fates: byFate, rows }
}

/** Sum of the numbers in an object that a command printed. */
export function sumOf(counts: unknown): number {
  return Object.values(Object(counts)).reduce((sum: number, count) => sum + Number(count), 0)
}

/** What a command prints, one JSON value a line. */
export async function jsonLines(args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { code, out, err } = await forewarn([...args, '--json'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

/** A command that failed as every one of them should: nothing on standard output, and what to do on standard error. */
export function expectError({ code, out, err }: Omit<Ended, 'signal'>, errorCode: ErrorCode, exitCode = 1): void {
  expect({ code, out }).toEqual({ code: exitCode, out: '' })
  expect(err).toContain(`error ${errorCode}: `)
  expect(err).toContain(`\n  ${errorRegistry[errorCode].remedy}\n`)
  expectCalm(err)
}

/** No warning of Node, no stack trace, nothing unhandled. */
export function expectCalm(err: string): void {
  expect(err).not.toMatch(/\bWarning\b|[Uu]nhandled|\n\s+at .*:\d+:\d+/)
}
