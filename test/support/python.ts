/** Python programs that tests compare with, in environments of their own: fetched from PyPI once, kept under node_modules/.cache. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../../src/errors.ts'
import { mustRun } from '../kafka/java.ts'
import { longTestMsMax } from './patience.ts'

const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/forewarn-python')

export type Python = {
  /** True, or why it cannot be had here. Makes the environment if need be, whole or not at all. */
  available(): Promise<true | string>
  /** Runs a script with text on its standard input; what it printed. @throws Error with what it said when it fails. */
  run(script: string, stdin: string, args?: readonly string[]): Promise<string>
}

/** An environment with packages at fixed versions: `pythonWith(['scikit-learn==1.7.2'])`. */
export function pythonWith(packages: readonly string[]): Python {
  const home = path.join(cache, createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 16))
  return {
    async available() {
      if (existsSync(home)) return true
      await mkdir(cache, { recursive: true })
      const scratch = await mkdtemp(path.join(cache, 'fetch-'))
      try {
        await mustRun('python3', ['-m', 'venv', scratch], { timeoutMs: longTestMsMax })
        const install = ['-m', 'pip', 'install', '--quiet', '--retries', '1', ...packages]
        await mustRun(path.join(scratch, 'bin/python'), install, { timeoutMs: longTestMsMax })
        await rename(scratch, home).catch((error: unknown) => {
          if (!existsSync(home)) throw error // else somebody else was first
        })
        return true
      } catch (error) {
        return `Python could not fetch ${packages.join(' ')}: ${messageOf(error).split('\n')[0]}`
      } finally {
        await rm(scratch, { recursive: true, force: true })
      }
    },
    run: (script, stdin, args = []) =>
      mustRun(path.join(home, 'bin/python'), [script, ...args], { stdin, timeoutMs: longTestMsMax }),
  }
}
