/** The workers under fire: real processes of one group, started, stopped, killed, frozen; with all that each of them said. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Forewarn, type LogLine, logLines } from '../../e2e/forewarn.ts'

export type Strike = { atMs: number; worker: number; where: string }

/** Where a worker is struck: at once, or as soon as it says that it begins such a thing. */
export type Moment = 'any' | 'EpochCommitting' | 'CheckpointWriting' | 'Restoring'

type Worker = {
  number: number
  process: Forewarn
  armed: { moment: Moment; strike: () => void } | undefined
  state: 'runs' | 'frozen'
}

const armedMsMax = 4_000 // a worker without such a moment is struck anyway

export class Fleet {
  readonly strikes: Strike[] = []
  readonly #args: readonly string[]
  readonly #workers: Worker[] = []
  readonly #past: Forewarn[] = []
  readonly #exits: { worker: number; code: number | null; asked: boolean }[] = []
  #numbers = 0
  /** Workers that began while the broker was away for longer than a start waits, and were started again, as whoever runs them does. */
  gaveUp = 0

  constructor(args: readonly string[]) {
    this.#args = args
  }

  get running(): readonly number[] {
    return this.#workers.filter(({ state }) => state === 'runs').map(({ number }) => number)
  }

  get pids(): readonly number[] {
    return this.#workers.map(({ process }) => process.pid)
  }

  start(): void {
    const number = this.#numbers++
    let tail = ''
    const process = new Forewarn(this.#args, {
      guarded: true,
      heard: (text) => {
        const { armed } = worker
        const searched = tail + text
        tail = searched.slice(-40)
        if (armed !== undefined && searched.includes(`"kind":"${armed.moment}"`)) armed.strike()
      },
    })
    const worker: Worker = { number, process, armed: undefined, state: 'runs' }
    this.#workers.push(worker)
    this.#past.push(process)
    void process.ended.then(({ code, err }) => {
      if (code !== 1 || !err.includes('error FW_LOG_UNAVAILABLE') || !this.#workers.includes(worker)) return
      this.#workers.splice(this.#workers.indexOf(worker), 1)
      this.gaveUp++
      this.start()
    })
  }

  /** SIGKILL at the moment; resolves when the process is gone. */
  async kill(number: number, moment: Moment, delayMs: number): Promise<void> {
    const worker = this.#find(number)
    await new Promise<void>((resolve) => {
      const strike = (): void => {
        worker.armed = undefined
        clearTimeout(overdue)
        setTimeout(resolve, delayMs)
      }
      const overdue = setTimeout(strike, armedMsMax)
      if (moment === 'any') strike()
      else worker.armed = { moment, strike }
    })
    this.strikes.push({ atMs: Date.now(), worker: number, where: moment })
    worker.process.kill('SIGKILL')
    await this.#remove(worker, true)
  }

  /** SIGTERM; the exit code must be 0 and the end come soon. */
  async stop(number: number): Promise<void> {
    const worker = this.#find(number)
    while (worker.process.err === '') await sleep(50) // before its first word it does not listen to signals yet
    worker.process.kill('SIGTERM')
    await this.#remove(worker, false)
  }

  /** Holds a worker still, so that the group goes on without it, and lets it go on: a zombie. */
  async freeze(number: number, ms: number): Promise<void> {
    const worker = this.#find(number)
    worker.state = 'frozen'
    worker.process.kill('SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, ms))
    worker.process.kill('SIGCONT')
    worker.state = 'runs'
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#workers].map(({ number }) => this.stop(number)))
  }

  killAll(): void {
    for (const { process } of this.#workers) process.kill('SIGKILL')
  }

  /** What workers said, one list a process. */
  lines(): LogLine[][] {
    return this.#past.map(({ err }) => logLines(err))
  }

  /** Ends that were not asked for, or not clean. */
  badEnds(): string[] {
    return this.#exits
      .filter(({ code, asked }) => !asked && code !== 0)
      .map(({ worker, code }) => `worker ${worker} ended with ${code}`)
  }

  #find(number: number): Worker {
    const worker = this.#workers.find((one) => one.number === number)
    if (worker === undefined) throw new Error(`no worker ${number}`)
    return worker
  }

  async #remove(worker: Worker, asked: boolean): Promise<void> {
    if (!this.#workers.includes(worker)) return // it gave up before it was struck
    this.#workers.splice(this.#workers.indexOf(worker), 1)
    const { code } = await worker.process.ended
    this.#exits.push({ worker: worker.number, code, asked })
  }
}
