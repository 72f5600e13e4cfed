/** A program of its own, measured from outside: CPU and the peak of memory as Linux counts them in /proc. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const sampleEveryMs = 25 // what runs after the last look is not counted
const cpuTickUs = 10_000 // Linux counts hundredths of a second

export type Measures = { cpuUs: number; peakRssMiB: number; seconds: number }

export class MeasuredProcess {
  out = ''
  err = ''
  /** Resolves when the program has ended well. @throws Error with what it said otherwise. */
  readonly ended: Promise<Measures>
  readonly #child: ChildProcess
  readonly #startedMs = performance.now()
  #cpuUs = 0
  #peakRssMiB = 0

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text
    })
    const looks = setInterval(() => this.#look(), sampleEveryMs)
    this.ended = once(this.#child, 'close').then(() => {
      clearInterval(looks)
      if (this.#child.exitCode !== 0) throw new Error(`${program} ${args[0]} failed: ${this.err.slice(-4_000)}`)
      return this.measures
    })
    this.ended.catch(() => {}) // whoever waits hears of it
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  get measures(): Measures {
    this.#look()
    const seconds = (performance.now() - this.#startedMs) / 1_000
    return { cpuUs: this.#cpuUs, peakRssMiB: this.#peakRssMiB, seconds }
  }

  /** The first text on standard error that matches; waits for it. @throws Error when the program ends without. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.err)
      if (found !== null) return found
      if (this.#child.exitCode !== null) throw new Error(`it ended without ${pattern}: ${this.err.slice(-4_000)}`)
      await sleep(10)
    }
  }

  stop(): void {
    this.signal('SIGTERM')
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Ends it at once, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended.catch(() => {}) // it cannot end well
  }

  #look(): void {
    try {
      const counters = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1').split(') ')[1].split(' ')
      this.#cpuUs = Math.max(this.#cpuUs, (Number(counters[11]) + Number(counters[12])) * cpuTickUs)
      const peakKiB = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'latin1'))?.[1]
      this.#peakRssMiB = Math.max(this.#peakRssMiB, Number(peakKiB ?? 0) / 1_024)
    } catch {
      // it is gone, and what was seen last stands
    }
  }
}

export const main = path.resolve(import.meta.dirname, '../src/main.ts')
/** As the Dockerfile runs it. */
export const image = {
  flags: ['--max-semi-space-size=16'],
  env: { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' },
}

/** `forewarn` with these arguments; its profile goes to the folder `cpuProf`, if there is one. */
export function forewarn(args: readonly string[], cpuProf?: string): MeasuredProcess {
  const profiled = cpuProf === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProf}`]
  return new MeasuredProcess(process.execPath, [...profiled, ...image.flags, main, ...args], image.env)
}

/** The same with the processes that it starts, measured by the shell when all have ended; `out` is what it printed. */
export async function forewarnAndChildren(args: readonly string[]): Promise<Measures & { out: string }> {
  const script = '"$@"; code=$?; times; exit $code'
  const run = new MeasuredProcess(
    'bash',
    ['-c', script, 'bash', process.execPath, ...image.flags, main, ...args],
    image.env,
  )
  const measures = await run.ended
  const [out, times] = run.out.trim().split(/\n(?=\d+m.*\n\d+m.*$)/)
  const [, , user, system] = [...times.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => 60 * Number(m) + Number(s))
  return { ...measures, cpuUs: (user + system) * 1e6, out }
}

/** Another program of this folder. */
export function benchProgram(file: string, args: readonly string[]): MeasuredProcess {
  return new MeasuredProcess(process.execPath, [path.join(import.meta.dirname, file), ...args])
}
