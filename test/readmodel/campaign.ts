/**
 * The kill campaign of the read model: a process that follows a log into its file is killed with SIGKILL again and again at random moments,
 * and whenever it comes to the end its rows are compared with those of one that never was.
 *
 *   node test/readmodel/campaign.ts [--kills 50] [--seed 1]
 *
 * Its last line is one JSON object; exit code 1 on any difference.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { seeded } from '../models/random.ts'
import { killRounds } from './killRounds.ts'

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
})
const folder = await mkdtemp(path.join(tmpdir(), 'killed-pages-'))
try {
  const found = await killRounds(folder, Number(values.kills), seeded(Number(values.seed)))
  process.stdout.write(`${JSON.stringify(found)}\n`)
  if (found.differences.length > 0) process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
