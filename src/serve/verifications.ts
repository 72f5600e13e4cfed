/** A warning judged again from the archive, by the program that verifies it, in a process of its own: it takes seconds of work. */
import { execFile } from 'node:child_process'
import { z } from 'zod'
import { messageOf } from '../errors.ts'
import { verificationsKept } from '../limits.ts'
import { Verification } from './contracts.ts'

/** What `forewarn verify ID --json` prints. */
const Printed = z.object({
  agrees: z.boolean(),
  changes: z.array(Verification.shape.changes.element),
})

/** Runs `forewarn verify` to its end, and gives what it printed. */
export type RunVerify = (id: string) => Promise<string>

export class Verifications {
  readonly #run: RunVerify
  readonly #known = new Map<string, Verification>()
  /** One at a time. */
  #last: Promise<void> = Promise.resolve()

  constructor(run: RunVerify) {
    this.#run = run
  }

  of(id: string): Verification {
    return this.#known.get(id) ?? { id, state: 'none', agrees: null, changes: [], reason: null }
  }

  /** Begins, unless it is under way. */
  begin(id: string): Verification {
    const known = this.of(id)
    if (known.state === 'running') return known
    const running: Verification = { ...known, state: 'running', reason: null }
    this.#keep(running)
    this.#last = this.#last.then(async () => this.#keep(await this.#verify(id)))
    return running
  }

  async #verify(id: string): Promise<Verification> {
    try {
      const { agrees, changes } = Printed.parse(JSON.parse(await this.#run(id)))
      return { id, state: 'done', agrees, changes, reason: null }
    } catch (error) {
      return { id, state: 'failed', agrees: null, changes: [], reason: messageOf(error).slice(0, 500) }
    }
  }

  #keep(verification: Verification): void {
    this.#known.delete(verification.id)
    this.#known.set(verification.id, verification)
    const [oldest] = this.#known.keys()
    if (this.#known.size > verificationsKept) this.#known.delete(oldest)
  }
}

/** By the program that runs here. One that does not agree ends with 1, and has printed what differs. */
export function verifyByProgram(args: readonly string[]): RunVerify {
  const [, program] = process.argv
  return (id) =>
    new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        [...process.execArgv, program, 'verify', id, '--json', ...args],
        { maxBuffer: 2 ** 24 },
        (error, out, err) => {
          if (error === null || out.trim() !== '') resolve(out)
          else reject(new Error(err.trim() || error.message))
        },
      )
    })
}
