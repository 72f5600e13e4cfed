/** A signal that comes while the program is still being loaded. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Ended, Forewarn } from './forewarn.ts'
import { tempFolder } from './support.ts'

/** Sends the signal to its own process when a library is asked for. */
const strike = (signal: NodeJS.Signals, library: string): string => `
  import { registerHooks } from 'node:module'
  registerHooks({ resolve: (specifier, context, next) => {
    if (specifier === '${library}') process.kill(process.pid, '${signal}')
    return next(specifier, context)
  } })`

/** The first library unless another is named: most of the program is not loaded then. */
async function struck(command: string, signal: NodeJS.Signals, library = 'commander'): Promise<Ended> {
  const args = [command, '--log', `embedded:${path.join(await tempFolder(), 'log')}`, '--http', '127.0.0.1:0']
  const given = command === 'demo' ? [command, '--exit', '--days', '1'] : args
  return new Forewarn(given, { preload: strike(signal, library) }).ended
}

test.for(['run', 'demo'].flatMap((command) => [[command, 'SIGTERM'] as const, [command, 'SIGINT'] as const]))(
  '%s ends with 0 at an early %s, without a word',
  async ([command, signal]) => {
    expect(await struck(command, signal)).toEqual({ code: 0, signal: null, out: '', err: '' })
  },
)

test('the demo, which has said its first line, ends with 0 while the rest of it is loaded', async () => {
  const ended = await struck('demo', 'SIGTERM', 'fastify')
  expect(ended).toEqual({
    code: 0,
    signal: null,
    out: '',
    err: expect.stringMatching(/^A made-up market of [^\n]+\n$/),
  })
})

test('a command that only reads ends by the signal', async () => {
  expect(await struck('tail', 'SIGTERM')).toMatchObject({ code: null, signal: 'SIGTERM' })
})
