/** Processes of Kafka's Java programs: short ones that are run to their end, and one that never outlives the process that started it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import path from 'node:path'

export type Ended = { code: number | null; out: string; err: string }

/** Small and quick to start: tests need no fast code. */
export function javaArgs(jars: string, level: 'INFO' | 'WARN', heapMiB: number): string[] {
  return [
    `-Xmx${heapMiB}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Dlog4j2.configurationFile=${path.join(import.meta.dirname, 'log4j2.properties')}`,
    `-Dforewarn.level=${level}`,
    '-cp',
    path.join(jars, '*'),
  ]
}

/** Runs a program to its end, or to SIGKILL when the time is over. @throws Error when there is no such program. */
export async function run(
  program: string,
  args: readonly string[],
  { stdin = '', timeoutMs = 120_000, cwd = process.cwd() }: { stdin?: string; timeoutMs?: number; cwd?: string } = {},
): Promise<Ended> {
  const child = spawn(program, args, { cwd, timeout: timeoutMs, killSignal: 'SIGKILL', stdio: 'pipe' })
  const ended: Ended = { code: null, out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.err += text
  })
  child.stdin.on('error', () => {}) // it may end before it has read everything
  child.stdin.end(stdin)
  await once(child, 'close')
  return { ...ended, code: child.exitCode }
}

/** Runs a program that has to succeed. @throws Error with what it said when it does not. */
export async function mustRun(...call: Parameters<typeof run>): Promise<string> {
  const { code, out, err } = await run(...call)
  if (code !== 0) throw new Error(`${call[0]} ended with ${code ?? 'a signal'}: ${tail(out + err, 20)}`)
  return out
}

/** The last lines, without the frames of Java's stack traces. */
export function tail(text: string, lines: number): string {
  const said = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('\tat '))
  return said.slice(-lines).join('\n')
}

/**
 * The shell becomes the program, so the process id is the program's own. Beside it waits a reader of a pipe whose other end only we
 * hold: when we tell it that the program has ended, it goes; when the pipe just closes, we are gone, however it happened (SIGKILL
 * too), and the program and its folder go as well.
 */
const guarded = '(read -r line <&3 || { kill -KILL $$; sleep 1; rm -rf "$0"; }) & exec "$@" 3<&-'

/** Starts a program that dies with this process. Its output is appended to `logFile`; `scratch` ('' for none) is then removed. */
export function spawnGuarded(command: readonly string[], logFile: string, scratch: string): ChildProcess {
  const log = openSync(logFile, 'a')
  try {
    // In a session of its own: Ctrl-C is for the tests, which end the program in their own order.
    const child = spawn('sh', ['-c', guarded, scratch, ...command], {
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
    })
    const guard = child.stdio[3]
    if (!(guard instanceof Socket)) throw new Error('no pipe to the guard')
    guard.on('error', () => {}) // the guard may be gone already
    child.once('exit', () => guard.end('ended\n'))
    return child
  } finally {
    closeSync(log)
  }
}
