/** Profiles whose pattern of ids would keep a process busy for ever: whoever loads one is told, and ends. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { forewarn } from '../measured.ts'
import type { Told } from './attacks.ts'

const patterns = ['([0-9A-Z]+)+x', '([0-9A-Z]|[0-9])*x', '(.*)*x']
const giveUpMs = 30_000

/** Loads them in a loop. `taken`: those that were not refused, or not in time. */
export async function hostilePatterns(folder: string, isOver: () => boolean): Promise<Told> {
  const told = { done: 0, taken: 0 }
  const profile = path.join(folder, 'profile')
  await mkdir(profile)
  await cp(path.resolve(import.meta.dirname, '../../streams/profiles/cn'), profile, { recursive: true })
  const file = path.join(profile, 'profile.yaml')
  const text = await readFile(file, 'utf8')
  while (!isOver()) {
    const pattern = patterns[told.done % patterns.length]
    await writeFile(file, text.replace(/^ {2}pattern: .*$/m, `  pattern: ${JSON.stringify(pattern)}`))
    const run = forewarn([
      'run',
      '--profile',
      profile,
      '--log',
      `embedded:${path.join(folder, 'other')}`,
      '--until-end',
    ])
    const how = await Promise.race([
      run.ended.then(
        () => 'taken',
        () => 'refused',
      ),
      sleep(giveUpMs, 'hangs'),
    ])
    if (how !== 'refused' || !run.err.includes('has too many ways to match')) told.taken++
    await run.kill()
    told.done++
  }
  return told
}
