/** What the topic `contributions` says of a tick is what the archive counted, and nothing else: whoever reads it can name who is behind a count. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import type { Log } from '../../src/log/port.ts'
import { Contributions } from '../../streams/contributions.ts'
import type { Profile } from '../../streams/profile.ts'
import { compileProfile } from '../../streams/profile.ts'
import { ArchiveRecord } from '../../streams/ticks.ts'
import { append, foldInSessions, foldToEnd, memoryLog } from '../support/fold.ts'
import { histories } from '../support/histories.ts'
import { all } from '../support/readFold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile, tinySource } from '../support/tinyProfile.ts'

const seed = 20_260_302
const setting = { profile: tinyProfile, model: tinyModel(tinyProfile) }

type Sums = Map<string, number>
const add = (sums: Sums, key: string, count: number): void => void sums.set(key, (sums.get(key) ?? 0) + count)
const sorted = (sums: Sums): string[] =>
  [...sums]
    .filter(([, count]) => count !== 0)
    .map(([key, count]) => `${key} ${count}`)
    .sort()

/** By tick, leaf, grade and column, as the archive has it; what was retracted is no fact any more. */
async function archived(log: Log, profile: Profile): Promise<string[]> {
  const keys = cellKeys(profile)
  const sums: Sums = new Map()
  for await (const record of all(log, 'ticks', ArchiveRecord.parse)) {
    if (record.kind !== 'tick') continue
    for (const [at, key] of record.counts.keys.entries()) {
      const [graded, column] = [keys.gradedOf(key), keys.column(key)]
      if (column === keys.columns.retracted) continue
      const cell = keys.cellOf(graded)
      const place = `${profile.regions.nodes[keys.region(cell)].code}|${profile.industries.nodes[keys.industry(cell)].code}`
      const { types, sources } = profile
      const name =
        column === keys.columns.stale
          ? 'stale'
          : column < types.length
            ? types[column].code
            : `from:${sources[column - types.length]}`
      add(sums, `${record.tick} ${place} ${profile.grades[keys.gradeOf(graded)]} ${name}`, record.counts.sums[at])
    }
  }
  return sorted(sums)
}

async function told(log: Log): Promise<string[]> {
  const sums: Sums = new Map()
  for await (const { tick, enterprises, cells, types, sources, facts } of all(
    log,
    'contributions',
    Contributions.parse,
  )) {
    for (const [row, enterprise] of facts.enterprise.entries()) {
      const cell = facts.cell[row]
      const where = `${tick} ${cells.regions[cell]}|${cells.industries[cell]} ${enterprises.grades[enterprise]}`
      add(sums, `${where} ${facts.fresh[row] === 1 ? types[facts.type[row]] : 'stale'}`, 1)
      add(sums, `${where} from:${sources[facts.source[row]]}`, 1)
    }
  }
  return sorted(sums)
}

test('its sums are those of the archive in every tick, with 1 and 4 partitions, and after a restart', async () => {
  let facts = 0
  await fc.assert(
    fc.asyncProperty(histories(), fc.constantFrom(1, 4), fc.nat(1_000), async (records, partitions, cut) => {
      const log = await memoryLog(partitions)
      await append(log, records)
      const beats = records.map(({ timeMs }) => Math.floor(timeMs / 1_000))
      const between = beats.slice().sort((a, b) => a - b)[cut % beats.length]
      await foldInSessions(log, setting, [{ throughBeats: [between], checkpoint: cut % 2 === 0 }])
      await foldToEnd(log, setting)
      const said = await told(log)
      expect(said).toEqual(await archived(log, tinyProfile))
      facts += said.length
    }),
    { seed, numRuns: 30 },
  )
  expect(facts).toBeGreaterThan(100)
})

test('a profile may leave it out', async () => {
  const profile = compileProfile({ ...tinySource, file: { ...tinySource.file, contributions: 'off' } })
  const [records] = fc.sample(histories(), { seed, numRuns: 1 })
  const log = await memoryLog()
  await append(log, records)
  await foldToEnd(log, { profile, model: tinyModel(profile) })
  expect(await archived(log, profile)).not.toEqual([])
  expect(await told(log)).toEqual([])
})
