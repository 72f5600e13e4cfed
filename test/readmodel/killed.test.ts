/** A reader that is killed while it reads goes on where its file says. Real processes, real SIGKILL; `campaign.ts` is the long form. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { seeded } from '../models/random.ts'
import { killRounds } from './killRounds.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('it goes on from wherever it was killed', async () => {
  const { kills, throughs, differences, warnings } = await killRounds(folder, 5, seeded(11))
  expect(differences).toEqual([])
  expect(kills).toBe(5)
  expect(throughs).toBeGreaterThan(0)
  expect(warnings).toBeGreaterThan(10)
})
