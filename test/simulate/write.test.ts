/** The files: a line a record with its knownAt, broken lines as they are, the truth beside them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Truth } from '../../src/simulate/truth.ts'
import { type WriteProgress, type Written, writeSimulation } from '../../src/simulate/write.ts'
import { run } from './collect.ts'

const simulation = run({ enterprises: 800, days: 32 })
const progress: WriteProgress[] = []
let directory = ''
let written: Written

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-simulate-'))
  written = await writeSimulation(simulation, directory, { onProgress: (step) => progress.push(step) })
})
afterAll(async () => rm(directory, { recursive: true }))

const linesOf = async (name: string): Promise<string[]> =>
  (await readFile(join(directory, name), 'utf8')).trimEnd().split('\n')

test.each(['enterprises', 'credit-grades', 'risk-events'] as const)(
  '%s.ndjson holds every record once, in order, with knownAt',
  async (topic) => {
    const records = [...simulation.records()].filter((record) => record.topic === topic)
    const lines = await linesOf(`${topic}.ndjson`)
    expect(lines.length).toBe(records.length)
    expect(written.lines[topic]).toBe(records.length)
    for (const [at, { text, isObject, knownAtMs }] of records.entries()) {
      if (!isObject) expect(lines[at]).toBe(text)
      else expect(JSON.parse(lines[at])).toEqual({ ...JSON.parse(text), knownAt: new Date(knownAtMs).toISOString() })
    }
  },
)

test('truth.json reads back; hazard.ndjson has two months', async () => {
  expect(Truth.parse(JSON.parse(await readFile(join(directory, 'truth.json'), 'utf8')))).toEqual(simulation.truth)
  const hazards = (await linesOf('hazard.ndjson')).map((line) => JSON.parse(line))
  expect(new Set(hazards.map((row) => row.date)).size).toBe(2)
  expect(hazards.length).toBe(written.lines.hazard)
})

test('progress is told each day and at the end', () => {
  const records = written.lines.enterprises + written.lines['credit-grades'] + written.lines['risk-events']
  expect(progress.length).toBe(32)
  expect(progress.at(-1)).toEqual({ day: 32, days: 32, records })
})
