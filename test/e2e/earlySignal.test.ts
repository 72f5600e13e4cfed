/** A signal that comes while the program is still being loaded. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Ended, Forewarn } from './forewarn.ts'
import { tempFolder } from './support.ts'

/** Sends the signal to its own process when the first library is asked for: most of the program is not loaded then. */
const strike = (signal: NodeJS.Signals): string => `
  import { registerHooks } from 'node:module'
  registerHooks({ resolve: (specifier, context, next) => {
    if (specifier === 'commander') process.kill(process.pid, '${signal}')
    return next(specifier, context)
  } })`

async function struck(command: string, signal: NodeJS.Signals): Promise<Ended> {
  const args = [command, '--log', `embedded:${path.join(await tempFolder(), 'log')}`, '--http', '127.0.0.1:0']
  const given = command === 'demo' ? [command, '--exit', '--days', '1'] : args
  return new Forewarn(given, { preload: strike(signal) }).ended
}

test.for(['run', 'demo'].flatMap((command) => [[command, 'SIGTERM'] as const, [command, 'SIGINT'] as const]))(
  '%s ends with 0 at an early %s, without a word',
  async ([command, signal]) => {
    expect(await struck(command, signal)).toEqual({ code: 0, signal: null, out: '', err: '' })
  },
)

test('a command that only reads ends by the signal', async () => {
  expect(await struck('tail', 'SIGTERM')).toMatchObject({ code: null, signal: 'SIGTERM' })
})
