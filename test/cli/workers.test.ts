/** Workers: when they are started again, when nothing is to be hoped of that, and that they end with whoever started them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import type { Failure } from '../../src/cli/run/parent.ts'
import type { RunOptions } from '../../src/cli/run/runSetting.ts'
import { argumentsOf, runWorkers } from '../../src/cli/run/workers.ts'
import { workerHealthyMs } from '../../src/limits.ts'
import { projectFolder } from '../e2e/forewarn.ts'
import { tempFolder, testScreen } from '../ingest/support.ts'
import { until } from '../support/patience.ts'

/** What a worker does, run after run: how it ends, and after how long. */
type Run = { code: number | null; failure?: Failure; ranMs?: number }

/** Seconds that the parent waited before each start, and how it ended. */
async function play(runs: readonly Run[]): Promise<{ waits: number[]; ended: PromiseSettledResult<string[]> }> {
  const waits: number[] = []
  let nowMs = 0
  let at = 0
  const [ended] = await Promise.allSettled([
    runWorkers({
      run: async () => {
        const { code, failure, ranMs = 0 } = runs[Math.min(at++, runs.length - 1)]
        nowMs += ranMs
        return { code, failure, out: 'printed' }
      },
      workers: 1,
      checkHope: async () => {},
      signal: new AbortController().signal,
      screen: testScreen(),
      now: () => nowMs,
      wait: async (ms) => void waits.push(ms / 1_000),
    }),
  ])
  return { waits, ended }
}

const died = { code: null }
const done = { code: 0 }
const failedWith = (code: Failure['code'], message: string): Run => ({ code: 1, failure: { code, message } })

test('a worker that dies is started again, later each time, and at once again after it has run well', async () => {
  const { waits, ended } = await play([...Array<Run>(8).fill(died), { ...died, ranMs: workerHealthyMs }, died, done])
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 1, 2])
  expect(ended).toEqual({ status: 'fulfilled', value: ['printed'] })
})

test('each worker has what was asked for, at a port of its own, and the first one the pages', () => {
  const asked: RunOptions = {
    ...{ log: 'kafka://b:1', inputPrefix: 'i', outputPrefix: 'o', profile: 'cn', http: '[::1]:9464', serve: true },
    ...{ beatMs: '1000', slackMs: '500', aheadMax: '300', checkpointEvery: '30', epochRecords: '10', sessionMs: '9' },
    logLevel: 'warn',
  }
  const common = argumentsOf(asked, 1)
  expect(common.join(' ')).toBe(
    'run --log kafka://b:1 --input-prefix i --output-prefix o --profile cn --beat-ms 1000 --slack-ms 500 --ahead-max 300 --checkpoint-every 30 --epoch-records 10 --session-ms 9 --log-level warn --json --http [::1]:9465',
  )
  const first = [...common.slice(0, -3), '--serve', '--json', '--http', '[::1]:9464']
  expect(argumentsOf(asked, 0)).toEqual(first)
  expect(argumentsOf({ ...asked, serve: '127.0.0.1:9' }, 0)).toEqual(first.toSpliced(-3, 0, '127.0.0.1:9'))
})

test('a log that is away passes by itself', async () => {
  const away = failedWith('FW_LOG_UNAVAILABLE', 'The log k cannot be reached: it is away.')
  expect((await play([...Array<Run>(8).fill(away), done])).ended.status).toBe('fulfilled')
})

test.each([
  ['FW_HTTP_BUSY', 'The address 127.0.0.1:9464 is in use.', [1, 2, 4, 8]], // workers of before may just be ending
  ['FW_KAFKA_TOPICS', 'The topics of k are not as they must be: none is there.', []],
] as const)('%s does not, and the parent says what the worker said', async (code, message, expected) => {
  const { waits, ended } = await play([failedWith(code, message)])
  expect(waits).toEqual(expected)
  expect(ended).toMatchObject({ status: 'rejected', reason: { code, message } })
})

test('a worker ends with its parent, also when that was killed', async () => {
  const program = path.join(projectFolder, 'src/main.ts')
  const args = ['run', '--log', `embedded:${await tempFolder()}`, '--http', '127.0.0.1:0', '--end-with-parent']
  const script = `
    const { spawn } = require('node:child_process')
    const stdio = ['ignore', 'ignore', 'pipe', 'ipc']
    const worker = spawn(process.execPath, ${JSON.stringify([program, ...args])}, { stdio })
    worker.stderr.on('data', (text) => { if (String(text).includes('Serving')) console.log(worker.pid) })`
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [pid] = await once(createInterface(parent.stdout), 'line')
  parent.kill('SIGKILL')
  await until('the worker is gone', async () => (isAlive(Number(pid)) ? undefined : true))
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
