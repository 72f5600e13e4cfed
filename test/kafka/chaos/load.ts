/** The sender's process. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { spawnGuarded } from '../../support/guarded.ts'
import { waitMsMax } from '../../support/patience.ts'

export class Load {
  readonly #child: ChildProcess

  constructor(host: string, prefix: string, rate: number, seed: number) {
    const sender = path.join(import.meta.dirname, 'sender.ts')
    this.#child = spawnGuarded(
      [process.execPath, '--disable-warning=TimeoutNegativeWarning', sender, host, prefix, String(rate), String(seed)],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const overdue = setTimeout(() => this.#child.kill('SIGKILL'), waitMsMax)
    await gone
    clearTimeout(overdue)
  }
}
