/**
 * The chaos campaign on Kafka: a steady load, and workers and broker that are killed, frozen, stopped and joined by others, in random
 * order. In the end every record must have exactly one fate, and the log must say what it says after a calm run.
 *
 *   node test/kafka/chaos/campaign.ts [--minutes 15] [--kills 100] [--broker-kills 5] [--seed 1] [--rate 300] [--json]
 *   node test/kafka/chaos/campaign.ts --only-kills --kills 10    one after the other, in peace: how long tasks pause
 *
 * It goes on until the minutes are over and the kills are done. Exit code 1 when anything was lost, twice or different.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openKafkaLog } from '../../../src/log/kafka/kafkaLog.ts'
import { seeded } from '../../models/random.ts'
import { startBroker } from '../broker.ts'
import { logArgs, newKafkaPlace } from '../logs.ts'
import { Fleet } from './fleet.ts'
import { Load } from './load.ts'
import { type Pauses, pausesOf } from './pauses.ts'
import { type Act, drawAct } from './plan.ts'
import { hourlyProfile } from './profile.ts'
import { countFates, differencesFromCalm, javaReader, untilFolded } from './verdict.ts'

export type CampaignOptions = {
  minutes: number
  kills: number
  brokerKills: number
  seed: number
  rate: number
  /** Nothing but kills of workers, far apart. */
  onlyKills?: boolean
  say?: (line: string) => void
}

export type Campaign = {
  seed: number
  minutes: number
  workerKills: number
  brokerKills: number
  records: number
  lost: number
  twice: number
  digestEqual: boolean
  /** Log time that ran backwards would excuse differences; it must not. */
  regressions: number
  struck: Record<string, number>
  acts: Record<string, number>
  fenced: number
  /** Workers that ended by themselves at their start, since the broker was away, and were started again. */
  gaveUp: number
  pauses: Pauses
  differences: string[]
}

const workers = 3
const partitions = 4
const beatMs = 500
const sessionMs = 3_000
const betweenMsMax = 5_000
const inPeaceMs = 12_000
const plainKill: Act = { what: 'kill', moment: 'any', delayMs: 0, restartMs: 6_000 }

export async function campaign({
  minutes,
  kills,
  brokerKills,
  seed,
  rate,
  onlyKills = false,
  say = () => {},
}: CampaignOptions): Promise<Campaign> {
  const startedMs = Date.now()
  const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-chaos-'))
  const profile = await hourlyProfile(path.join(folder, 'profile'), startedMs)
  const broker = await startBroker()
  const place = await newKafkaPlace(broker.host, partitions, 'log')
  const fleet = new Fleet([
    'run',
    ...logArgs(place),
    ...['--profile', profile, '--beat-ms', String(beatMs), '--slack-ms', '300', '--session-ms', String(sessionMs)],
    ...['--checkpoint-every', '4', '--log-level', 'debug', '--http', '127.0.0.1:0'],
  ])
  const load = new Load(broker.host, place.prefixes.input, rate, seed)
  const random = seeded(seed)
  const done = { workers: 0, broker: 0 }
  const acts: Record<string, number> = {}
  const troubles: number[] = []
  try {
    fleet.start()
    await sleep(2_000) // the first writes the first command
    for (let one = 1; one < workers; one++) fleet.start()
    const actsPerBrokerKill = Math.max(2, Math.floor(kills / Math.max(1, brokerKills)))
    const background: Promise<void>[] = []
    const isOver = (): boolean =>
      Date.now() - startedMs >= minutes * 60_000 && done.workers >= kills && done.broker >= brokerKills
    while (!isOver()) {
      await sleep(onlyKills ? inPeaceMs : 500 + random() * betweenMsMax)
      await perform(onlyKills ? plainKill : drawAct(random, actsPerBrokerKill))
    }
    await Promise.all(background)
    await load.stop()
    say('the load is over; waiting until everything is folded')
    const log = await openKafkaLog(place)
    await untilFolded(log, beatMs).catch((error: unknown) => {
      const said = fleet.lines().map((lines) => JSON.stringify(lines.slice(-3)))
      throw new Error(`the workers said last: ${said.join('\n')}`, { cause: error })
    })
    await fleet.stopAll()
    const found = await countFates(javaReader(broker.host, place.prefixes))
    const differences = [...fleet.badEnds(), ...(await differencesFromCalm(log, { profile, beatMs }))]
    await log.close()
    const lines = fleet.lines()
    const sumOf = (kind: string, value: (line: { [name: string]: unknown }) => number): number =>
      lines.flat().reduce((sum, line) => (line.kind === kind ? sum + value(line) : sum), 0)
    return {
      seed,
      minutes: (Date.now() - startedMs) / 60_000,
      workerKills: done.workers,
      brokerKills: done.broker,
      ...found,
      digestEqual: differences.length === 0,
      regressions: sumOf('LogTimeRegressed', ({ records }) => Number(records)),
      struck: Object.fromEntries(
        [...Map.groupBy(fleet.strikes, ({ where }) => where)].map(([where, all]) => [where, all.length]),
      ),
      acts,
      fenced: sumOf('TaskLost', ({ code }) => (code === 'FW_TASK_FENCED' ? 1 : 0)),
      gaveUp: fleet.gaveUp,
      pauses: pausesOf(lines, fleet.strikes, troubles),
      differences,
    }

    async function perform(act: Act): Promise<void> {
      const { running } = fleet
      const target = running[Math.floor(random() * running.length)]
      if (target === undefined) return
      acts[act.what] = (acts[act.what] ?? 0) + 1
      say(
        `${Math.round((Date.now() - startedMs) / 1_000)} s: ${JSON.stringify(act)}, ${running.length} run; ${done.workers} and ${done.broker} kills`,
      )
      if (act.what !== 'kill') troubles.push(Date.now())
      if (act.what === 'kill') {
        await fleet.kill(target, act.moment, act.delayMs)
        done.workers++
        await sleep(act.restartMs)
        if (fleet.running.length < workers) fleet.start()
      } else if (act.what === 'freeze') {
        if (running.length > 1) background.push(fleet.freeze(target, act.ms))
      } else if (act.what === 'stop') {
        await fleet.stop(target)
        await sleep(act.restartMs)
        if (fleet.running.length < workers) fleet.start()
      } else if (act.what === 'join') {
        if (running.length <= workers) fleet.start()
      } else if (act.what === 'killBroker') {
        await broker.kill('SIGKILL')
        done.broker++
        await sleep(act.downMs)
        await broker.restart()
        troubles.push(Date.now())
      } else if (act.what === 'freezeBroker') {
        broker.pause()
        await sleep(act.ms)
        broker.resume()
      }
    }
  } finally {
    await load.stop()
    fleet.killAll()
    await broker.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '15' },
      kills: { type: 'string', default: '100' },
      'broker-kills': { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      rate: { type: 'string', default: '300' },
      'only-kills': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const result = await campaign({
    minutes: values['only-kills'] ? 0 : Number(values.minutes),
    kills: Number(values.kills),
    brokerKills: values['only-kills'] ? 0 : Number(values['broker-kills']),
    seed: Number(values.seed),
    rate: Number(values.rate),
    onlyKills: values['only-kills'],
    say: (line) => process.stderr.write(`${line}\n`),
  })
  process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`)
  if (result.lost + result.twice + result.regressions > 0 || !result.digestEqual) process.exitCode = 1
}

if (import.meta.main) await main()
