/** The process that is attacked: as people run it, but that it writes down the longest time for which its thread let nobody else to the processor's work. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { image, MeasuredProcess, main } from '../measured.ts'
import { ask } from './http.ts'

export class Victim {
  readonly process: MeasuredProcess
  /** Where it serves; there when `start` resolves. */
  address = ''
  readonly #blocks: string

  private constructor(args: readonly string[], blocks: string) {
    this.#blocks = blocks
    const preload = `data:text/javascript,${encodeURIComponent(blockWatch(blocks))}`
    this.process = new MeasuredProcess(
      process.execPath,
      ['--import', preload, ...image.flags, main, ...args],
      image.env,
    )
  }

  /** Resolves when it is ready; how long that took, and how much of a processor. `folder`: for what it writes down. */
  static async start(
    args: readonly string[],
    folder: string,
    number: number,
  ): Promise<{ victim: Victim; seconds: number; cpuSeconds: number }> {
    const victim = new Victim(['run', ...args, '--http', '127.0.0.1:0'], path.join(folder, `blocks-${number}`))
    victim.address = (await victim.process.says(/"address":"([^"]+)"/))[1]
    await victim.isReady()
    victim.process.signal('SIGUSR2')
    const { seconds, cpuUs } = victim.process.measures
    return { victim, seconds, cpuSeconds: cpuUs / 1e6 }
  }

  async isReady(): Promise<void> {
    for (;;) {
      const answer = await ask(`${this.address}/readyz`).catch(() => undefined)
      if (answer?.status === 200) return
      if (!this.process.isRunning) throw new Error(`it ended: ${this.process.err.slice(-4_000)}`)
      await sleep(25)
    }
  }

  /** The longest piece of work since it was ready, in milliseconds of processor, after which others had their turn. */
  get blockMsMax(): number {
    return existsSync(this.#blocks) ? Number(readFileSync(this.#blocks, 'utf8')) : 0
  }
}

/**
 * A timer that is due all the time: what its thread has worked between two of its turns was one piece. Load by others is not in it. It
 * begins anew with SIGUSR2: starting is no attack.
 */
function blockWatch(file: string): string {
  return `
    import { writeFileSync } from 'node:fs'
    const used = () => { const { user, system } = process.threadCpuUsage(); return user + system }
    let [before, longest, told] = [Infinity, 0, 0]
    setInterval(() => { const now = used(); longest = Math.max(longest, now - before); before = now }, 2).unref()
    process.on('SIGUSR2', () => { [before, longest, told] = [used(), 0, -1] })
    setInterval(() => { if (longest > told) writeFileSync(${JSON.stringify(file)}, String((told = longest) / 1000)) }, 200).unref()
  `
}
