/**
 * Attacks on a running process: each is sent in a loop for some seconds while good records are sent beside it and /livez is asked all the
 * time; then the process is killed and started again. What must hold stands in `limits`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { foundToken } from '../src/http/token.ts'
import { openEmbeddedLog } from '../src/log/embedded/embeddedLog.ts'
import { openKafkaLog } from '../src/log/kafka/kafkaLog.ts'
import type { Log } from '../src/log/port.ts'
import { wireName } from '../streams/topics.ts'
import { type Broker, startBroker } from '../test/kafka/broker.ts'
import { kafkaAvailable } from '../test/kafka/jars.ts'
import { logArgs } from '../test/kafka/logs.ts'
import { attacks, type Told } from './hostile/attacks.ts'
import { foldedOf } from './hostile/fates.ts'
import { hostilePatterns } from './hostile/pattern.ts'
import { Victim } from './hostile/victim.ts'
import { newPlace } from './kafka/load.ts'
import { benchProgram } from './measured.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const limits = { livezMsMax: 1_000, rssMiBMax: 600, lost: 0, taken: 0 } as const
const [attackSeconds, calmMs] = [20, 3_000]
const foldedMsMax = 120_000
const calm = 'nothing'
const [patterns, calmOnKafka, inflation] = ['hostile patterns', 'nothing on Kafka', 'inflation on Kafka']
const names = [calm, ...Object.keys(attacks), patterns, calmOnKafka, inflation]

const Watched = z.object({
  livezMsMax: z.number(),
  asked: z.int(),
  acknowledged: z.int(),
  due: z.int(),
  goodWaitMsMax: z.number(),
  ownDelayMsMax: z.number(),
})
const ToldBy: z.ZodType<Told> = z.object({ done: z.int(), taken: z.int() })

type Suffered = {
  name: string
  livezMsMax: number
  /** The longest piece of the process's own work, in time of its processor; the longest that the watcher waited for one. */
  blockMsMax: number
  watcherDelayMsMax: number
  rssMiBMax: number
  good: number
  lost: number
  goodWaitMsMax: number
  /** Started again after SIGKILL until it is ready, by the clock and of the processor; and from there until the good records are folded. */
  restartSeconds: number
  restartCpuSeconds: number
  foldedSeconds: number
  done: number
  taken: number
  load: number
  holds: boolean
}

export async function benchHostile(options: BenchOptions): Promise<void> {
  const wanted = options.only?.split(',') ?? names
  const found: Suffered[] = []
  for (const name of names.filter((one) => wanted.includes(one))) {
    const one = await suffered(name)
    if (one === undefined) continue
    found.push(one)
    progress(JSON.stringify(one))
  }
  printResult({ seconds: attackSeconds, limits, attacks: found }, options)
}

/** A log for one attack, and how it is attacked beside the process that folds it. */
type Ground = { args: readonly string[]; open: () => Promise<Log>; attack: (address: string) => Promise<Told> }

async function suffered(name: string): Promise<Suffered | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-hostile-'))
  try {
    if (name !== inflation && name !== calmOnKafka) return await sufferedOn(name, embedded(name, folder), folder)
    const available = await kafkaAvailable()
    if (available !== true) {
      progress(`${name}: skipped, ${available}`)
      return undefined
    }
    const broker = await startBroker()
    try {
      return await sufferedOn(name, await onKafka(name, broker), folder)
    } finally {
      await broker.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function embedded(name: string, folder: string): Ground {
  const data = path.join(folder, 'data')
  return {
    args: ['--log', `embedded:${data}`],
    open: () => openEmbeddedLog({ path: data, mode: 'read' }),
    attack: async (address) => {
      if (name === calm) return nobody()
      if (name === patterns) {
        const untilMs = performance.now() + attackSeconds * 1_000
        return hostilePatterns(folder, () => performance.now() > untilMs)
      }
      return toldBy('hostile/attacker.ts', [name, String(attackSeconds), address, foundToken(data) ?? ''])
    },
  }
}

async function onKafka(name: string, broker: Broker): Promise<Ground> {
  const place = await newPlace(broker, 'hostile', 'log')
  const topic = wireName('risk-events', place.prefixes)
  return {
    args: logArgs(place),
    open: () => openKafkaLog(place),
    attack: async () =>
      name === calmOnKafka ? nobody() : toldBy('hostile/inflation.ts', [String(attackSeconds), broker.host, topic]),
  }
}

const nobody = (): Promise<Told> => sleep(attackSeconds * 1_000, { done: 0, taken: 0 })

async function toldBy(file: string, args: readonly string[]): Promise<Told> {
  const attacker = benchProgram(file, args)
  await attacker.ended
  return ToldBy.parse(JSON.parse(attacker.out))
}

async function sufferedOn(name: string, { args, open, attack }: Ground, folder: string): Promise<Suffered> {
  const startMs = Date.now()
  const { victim } = await Victim.start(args, folder, 1)
  try {
    const watcher = await watching(victim, startMs)
    await sleep(calmMs)
    const told = await attack(victim.address)
    await sleep(calmMs)
    const load = loadavg()[0]
    const watched = await watcher.told()
    await victim.process.kill()
    const again = await Victim.start(args, folder, 2)
    try {
      const second = await watching(again.victim, startMs, ['quiet'])
      const restarted = performance.now()
      const folded = await untilFolded(open, watched.due, startMs)
      const foldedSeconds = (performance.now() - restarted) / 1_000
      const behind = await second.told()
      const peaks = [victim, again.victim].map(({ process: { measures } }) => measures.peakRssMiB)
      const result = {
        name,
        livezMsMax: Math.max(watched.livezMsMax, behind.livezMsMax),
        blockMsMax: Math.round(Math.max(victim.blockMsMax, again.victim.blockMsMax)),
        watcherDelayMsMax: Math.max(watched.ownDelayMsMax, behind.ownDelayMsMax),
        rssMiBMax: Math.round(Math.max(...peaks)),
        good: watched.due,
        lost: watched.due - folded,
        goodWaitMsMax: watched.goodWaitMsMax,
        restartSeconds: rounded(again.seconds),
        restartCpuSeconds: rounded(again.cpuSeconds),
        foldedSeconds: rounded(foldedSeconds),
        ...told,
        load: rounded(load),
      }
      return { ...result, holds: holds(result) }
    } finally {
      await again.victim.process.kill()
    }
  } finally {
    await victim.process.kill()
  }
}

type Watched = z.infer<typeof Watched>

async function watching(
  { address }: Victim,
  startMs: number,
  more: readonly string[] = [],
): Promise<{ told: () => Promise<Watched> }> {
  const watcher = benchProgram('hostile/watcher.ts', [address, String(startMs), ...more])
  await watcher.says(/watching/)
  return {
    told: async () => {
      watcher.stop()
      await watcher.ended
      return Watched.parse(JSON.parse(watcher.out))
    },
  }
}

/** Reads beside the process until all good records have their fate. */
async function untilFolded(open: () => Promise<Log>, good: number, startMs: number): Promise<number> {
  const untilMs = performance.now() + foldedMsMax
  for (;;) {
    const log = await open()
    const folded = await foldedOf(log, good, startMs).finally(() => log.close())
    if (folded === good || performance.now() > untilMs) return folded
    await sleep(500)
  }
}

function holds({ livezMsMax, rssMiBMax, lost, taken }: typeof limits | Suffered | Omit<Suffered, 'holds'>): boolean {
  return livezMsMax <= limits.livezMsMax && rssMiBMax < limits.rssMiBMax && lost <= limits.lost && taken <= limits.taken
}

const rounded = (value: number): number => Math.round(value * 10) / 10
