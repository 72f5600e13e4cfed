/** Processes of Kafka's Java programs, and of others, that are run to their end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { waitMsMax } from '../support/patience.ts'

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
  { stdin = '', timeoutMs = waitMsMax, cwd = process.cwd() }: { stdin?: string; timeoutMs?: number; cwd?: string } = {},
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
