/** A real Kafka broker for tests, in a folder of its own. Knows no test runner, so that scripts can use it too. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawnGuarded } from '../support/guarded.ts'
import { waitMsMax } from '../support/patience.ts'
import { brokerJars } from './jars.ts'
import { javaArgs, mustRun, tail } from './java.ts'
import { accepts, freePorts } from './ports.ts'
import * as settings from './settings.ts'

const stopMsMax = 60_000 // longer than it ever takes in its own order

/** The second listener: TLS with a certificate that signs itself, SCRAM-SHA-512, SCRAM-SHA-256 and PLAIN. */
export type Sasl = { host: string; caPem: string; user: string; password: string }

export type BrokerOptions = {
  sasl?: boolean
  /** Settings of the broker that add to those of `settings.ts`, or replace them. */
  properties?: settings.Properties
  /** Of the plain listener; the others are chosen. */
  port?: number
  /** Kept at the end; data that is in it already is used again. Without it: a temporary folder, removed at the end. */
  folder?: string
}

type Setup = { jars: string; folder: string; scratch: boolean; ports: settings.Ports; sasl?: Sasl }

/** Starts a broker and waits until it serves. @throws Error with the end of its log when it does not. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const jars = await brokerJars()
  const [plain, controller, sasl] = await freePorts(3)
  const ports = { plain: options.port ?? plain, controller, sasl }
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'forewarn-kafka-')))
  const setup: Setup = { jars, folder, scratch: options.folder === undefined, ports }
  try {
    await mkdir(folder, { recursive: true })
    if (options.sasl) setup.sasl = await saslOf(setup)
    await format(setup, options.properties ?? {})
    const broker = new Broker(setup)
    await broker.restart()
    return broker
  } catch (error) {
    if (setup.scratch) await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function saslOf({ folder, ports }: Setup): Promise<Sasl> {
  const caPem = await settings.makeCertificate(folder)
  return { host: `127.0.0.1:${ports.sasl}`, caPem, user: settings.user, password: settings.password }
}

async function format({ jars, folder, ports, sasl }: Setup, properties: settings.Properties): Promise<void> {
  const all = {
    ...settings.plainSettings(ports, folder),
    ...(sasl ? settings.saslSettings(ports, folder) : {}),
    ...properties,
  }
  const file = path.join(folder, 'server.properties')
  await writeFile(file, settings.propertiesFile(all))
  const args = ['format', '--ignore-formatted', '-t', 'Zm9yZXdhcm4gdGVzdHMgIQ', '-c', file]
  const users = sasl ? settings.scramArgs : []
  await mustRun('java', [...javaArgs(jars, 'WARN', 128), 'kafka.tools.StorageTool', ...args, ...users])
}

/** running -> kill or stop -> gone -> restart -> running, on the same ports and data. */
export class Broker {
  /** `host:port` of the plain listener. */
  readonly host: string
  readonly folder: string
  readonly sasl: Sasl | undefined
  readonly #setup: Setup
  #java: ChildProcess | undefined

  constructor(setup: Setup) {
    this.#setup = setup
    this.host = `127.0.0.1:${setup.ports.plain}`
    this.folder = setup.folder
    this.sasl = setup.sasl
  }

  get pid(): number {
    return this.#java?.pid ?? -1
  }

  /** All that the broker has logged, over restarts. */
  log(): string {
    return readFileSync(this.#logFile, 'utf8')
  }

  /** Ends the process with this signal and waits until it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const java = this.#java
    if (java === undefined || isGone(java)) return
    const gone = once(java, 'exit')
    java.kill(signal)
    await gone
  }

  /** From now on the broker does nothing, and its connections stay open. */
  pause(): void {
    this.#java?.kill('SIGSTOP')
  }

  resume(): void {
    this.#java?.kill('SIGCONT')
  }

  /** Starts the broker again and waits until it serves; one that still runs is told to end first. */
  async restart(): Promise<void> {
    await this.#end()
    const { jars, folder, scratch } = this.#setup
    const seen = statSync(this.#logFile, { throwIfNoEntry: false })?.size ?? 0
    const args = [...javaArgs(jars, 'INFO', 256), '-Xms256m', 'kafka.Kafka', path.join(folder, 'server.properties')]
    const java = this.#spawn(['java', ...args], scratch ? folder : '')
    this.#java = java
    for (const untilMs = Date.now() + waitMsMax; !(await this.#serves(seen)); await sleep(50)) {
      if (!isGone(java) && Date.now() < untilMs) continue
      await this.kill()
      throw new Error(`the broker did not start: ${tail(this.log(), 40)}`)
    }
  }

  /** Ends the process in its own order, or by SIGKILL when that takes too long, and removes a temporary folder. */
  async stop(): Promise<void> {
    await this.#end()
    if (this.#setup.scratch) await rm(this.folder, { recursive: true, force: true })
  }

  /** In a session of its own: Ctrl-C is for the tests, which end the broker in their own order. */
  #spawn(command: readonly string[], scratch: string): ChildProcess {
    const log = openSync(this.#logFile, 'a')
    try {
      return spawnGuarded(command, { detached: true, stdio: ['ignore', log, log], scratch })
    } finally {
      closeSync(log)
    }
  }

  async #end(): Promise<void> {
    this.resume() // a paused process would not see the signal
    const overdue = setTimeout(() => this.#java?.kill('SIGKILL'), stopMsMax)
    await this.kill('SIGTERM')
    clearTimeout(overdue)
  }

  async #serves(seen: number): Promise<boolean> {
    const said = readFileSync(this.#logFile).subarray(seen).includes('Kafka Server started')
    return said && (await accepts(this.#setup.ports.plain))
  }

  get #logFile(): string {
    return path.join(this.#setup.folder, 'broker.log')
  }
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
