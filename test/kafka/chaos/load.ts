/** The sender's process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

export class Load {
  readonly #child: ChildProcess

  constructor(host: string, prefix: string, rate: number, seed: number) {
    const sender = path.join(import.meta.dirname, 'sender.ts')
    this.#child = spawn(
      process.execPath,
      ['--disable-warning=TimeoutNegativeWarning', sender, host, prefix, String(rate), String(seed)],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const overdue = setTimeout(() => this.#child.kill('SIGKILL'), 20_000)
    await gone
    clearTimeout(overdue)
  }
}
