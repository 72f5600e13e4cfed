/** The program as people run it: real processes of `node src/main.ts`. Knows no test runner, so that scripts can use it too. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { spawnGuarded } from '../support/guarded.ts'
import { waitMsMax } from '../support/patience.ts'

export const projectFolder = path.resolve(import.meta.dirname, '../..')

/** A line of the log that a process writes to standard error. */
export type LogLine = { kind: string; level: string; msg: string } & Readonly<Record<string, unknown>>
export type Ended = { code: number | null; signal: NodeJS.Signals | null; out: string; err: string }

/** As in the first line of src/main.ts. */
const nodeFlags = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning']
const passedOn = ['PATH', 'HOME', 'TMPDIR'] // not what a test runner sets for itself

/** A process, with all that it printed so far. */
export class Forewarn {
  readonly ended: Promise<Ended>
  out = ''
  err = ''
  readonly #child: ChildProcess
  readonly #listeners = new Set<() => void>()

  /**
   * `heard` gets standard error piece by piece, as early as it can be had. `cwd`: where it runs, as a shell would be there.
   * `preload`: JavaScript that runs before the program. `guarded`: it dies with this process, which takes a POSIX shell. `uid`: of
   * another user, which takes root.
   */
  constructor(
    args: readonly string[],
    {
      stdin = '',
      heard,
      cwd,
      preload,
      guarded = false,
      uid,
    }: {
      stdin?: string
      heard?: (text: string) => void
      cwd?: string
      preload?: string
      guarded?: boolean
      uid?: number
    } = {},
  ) {
    const env = Object.fromEntries(passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
    const before = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`]
    const command = [process.execPath, ...nodeFlags, ...before, path.join(projectFolder, 'src/main.ts'), ...args]
    const options = { env, ...(cwd === undefined ? {} : { cwd }), ...as(uid), stdio: ['pipe', 'pipe', 'pipe'] as const }
    this.#child = guarded
      ? spawnGuarded(command, options)
      : spawn(command[0], command.slice(1), { ...options, stdio: [...options.stdio] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text
      this.#changed()
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      heard?.(text)
      this.err += text
      this.#changed()
    })
    this.#child.stdin?.on('error', () => {}) // it may end before it has read everything
    this.#child.stdin?.end(stdin)
    this.ended = once(this.#child, 'close').then(() => {
      this.#changed()
      const { exitCode: code, signalCode: signal } = this.#child
      return { code, signal, out: this.out, err: this.err }
    })
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The first line of a kind; waits for it. @throws Error when the process ends, or the time is over, without one. */
  async line(kind: string): Promise<LogLine> {
    const untilMs = Date.now() + waitMsMax
    for (;;) {
      const found = logLines(this.err).find((line) => line.kind === kind)
      if (found !== undefined) return found
      const leftMs = untilMs - Date.now()
      const gone = this.#child.exitCode !== null || this.#child.signalCode !== null
      if (gone || leftMs <= 0) throw new Error(`${gone ? 'ended' : 'still running'} without ${kind}: ${this.err}`)
      await this.#change(leftMs)
    }
  }

  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const listener = (): void => {
        clearTimeout(timer)
        this.#listeners.delete(listener)
        resolve()
      }
      const timer = setTimeout(listener, timeoutMs)
      this.#listeners.add(listener)
    })
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

function as(uid: number | undefined): { uid?: number; gid?: number } {
  return uid === undefined ? {} : { uid, gid: uid }
}

/** Runs a command to its end. */
export async function forewarn(args: readonly string[], stdin = '', cwd?: string): Promise<Ended> {
  return new Forewarn(args, { stdin, ...(cwd === undefined ? {} : { cwd }) }).ended
}

/** What a command prints with --json. @throws Error when it fails or prints anything else than one JSON value. */
export async function forewarnJson(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await forewarn([...args, '--json'])
  if (code !== 0) throw new Error(`forewarn ${args.join(' ')} ended with ${code}: ${err}`)
  return JSON.parse(out)
}

/** Lines of the log; a last one that was cut by a kill is left out. */
export function logLines(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed: unknown = JSON.parse(line)
      return isLogLine(parsed) ? [parsed] : []
    } catch {
      return []
    }
  })
}

function isLogLine(value: unknown): value is LogLine {
  return typeof value === 'object' && value !== null && 'kind' in value && 'msg' in value
}
