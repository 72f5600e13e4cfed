/**
 * `npm run demo:kafka`: a real broker, two real processes that share the tasks of one log, and a simulated market that is fed through
 * the log. Needs Java and Maven, as the tests of Kafka do. Everything is made up, and gone at the end.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { nonNegative, print, processScreen, remark, runProgram, wholeNumber } from '../src/cli/common.ts'
import { DemoClock } from '../src/cli/run/demoClock.ts'
import { demoBeatMs, demoPlans, demoStartMs, feed, historyDays } from '../src/cli/run/demoFeed.ts'
import { stopSignal } from '../src/cli/run/stopSignal.ts'
import { showRecord } from '../src/cli/show.ts'
import { decodeEntry } from '../src/fold/journal.ts'
import { ImportWriter } from '../src/ingest/imports/importWriter.ts'
import { jsonOf } from '../src/json.ts'
import { openKafkaLog } from '../src/log/kafka/kafkaLog.ts'
import { createTopics } from '../src/log/kafka/topics.ts'
import type { Log } from '../src/log/port.ts'
import { recordsOf } from '../src/log/recordsOf.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { simulate } from '../src/simulate/simulate.ts'
import { sumTotals, totalsLine } from '../src/telemetry/runTotals.ts'
import { defaultPrefixes, recordTopics, warningTopics } from '../streams/topics.ts'
import { Warning } from '../streams/warnings.ts'
import { Forewarn } from '../test/e2e/forewarn.ts'
import { startBroker } from '../test/kafka/broker.ts'
import { fateCounts } from '../test/support/readFold.ts'

type Options = {
  days: string
  enterprises: string
  partitions: string
  workers: string
  seed: string
  speed: string
  http: string
  exit?: boolean
  json?: boolean
}

const screen = processScreen

const command = new Command('demo:kafka')
  .description('Start a Kafka broker, run forewarn on it in several processes, and feed it a simulated market.')
  .option('--days <n>', 'days to simulate', '180')
  .option('--enterprises <n>', 'number of enterprises', '20000')
  .option('--partitions <n>', 'partitions of the inputs, an enterprise task each', '4')
  .option('--workers <n>', 'processes that share the tasks', '2')
  .option('--seed <s>', 'whole number from which everything is drawn', '1')
  .option('--speed <days>', `simulated days a second, after the first ${historyDays}; 0 is as fast as it goes`, '1')
  .option('--http <host:port>', 'where the first worker serves; each other one a port further', '127.0.0.1:9464')
  .option('--exit', 'run at full speed, and stop at the end')
  .option('--json', 'print what came of it as one JSON object at the end')
  .action(demo)

async function demo(options: Options): Promise<void> {
  const stop = stopSignal()
  const partitions = wholeNumber('--partitions', options.partitions, 1)
  remark(screen, 'Starting a broker ...')
  const broker = await startBroker()
  const connection = { brokers: [broker.host], clientId: 'forewarn-demo' }
  try {
    await createTopics(connection, { prefixes: defaultPrefixes, partitions, replication: 1, times: 'create' })
    const log = await openKafkaLog({ connection })
    try {
      await demoOn(log, broker.host, options, stop.signal)
    } finally {
      await log.close()
    }
  } finally {
    await broker.stop()
    stop.release()
  }
}

async function demoOn(log: Log, host: string, options: Options, signal: AbortSignal): Promise<void> {
  const startedMs = Date.now()
  const days = wholeNumber('--days', options.days)
  const [enterprises, seed] = [wholeNumber('--enterprises', options.enterprises), wholeNumber('--seed', options.seed)]
  const simulation = simulate(await loadProfile('cn'), {
    enterprises,
    days,
    seed,
    start: demoStartMs,
    ...demoPlans(days),
  })
  // The import is open before anything is folded, so that no beat closes by the clock.
  const writer = await ImportWriter.begin({ log, id: 'import-demo-0', now: Date.now }, demoStartMs)
  const workers = new Forewarn(workerArgs(host, options), { heard: (text) => screen.err.write(text) })
  const over = new AbortController()
  const failed = workers.ended.then(() => over.abort())
  const seen = new Onlooker(log, options.json !== true)
  const looking = seen.follow(over.signal)
  remark(screen, `${options.workers} processes on kafka://${host}; metrics at http://${options.http}/metrics.`)
  await feed(writer, simulation, {
    days,
    clock: new DemoClock(options.exit === true ? 0 : nonNegative('--speed', options.speed)),
    watch: () => seen.watchedThrough,
    signal: AbortSignal.any([signal, over.signal]),
  })
  if (options.exit !== true && !signal.aborted && !over.signal.aborted) {
    remark(screen, 'The simulated days are over. The processes stay up; Ctrl-C ends the demo.')
    await sleep(2 ** 31 - 1, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => {})
  }
  workers.kill('SIGTERM')
  const { code, out } = await workers.ended
  await Promise.all([failed, looking])
  if (code !== 0) throw new Error(`forewarn run ended with ${code}`)
  const totals = sumTotals([out])
  const fated = Object.values(await fateCounts(log, recordTopics)).reduce((sum, count) => sum + count, 0)
  const written = await recordsWritten(log)
  const seconds = (Date.now() - startedMs) / 1_000
  if (options.json === true)
    await print(screen, JSON.stringify({ written, fated, raised: seen.raised, ...totals, seconds }))
  else
    await print(
      screen,
      `${totalsLine(totals)}; ${fated} of ${written} records have their fate; ${seconds.toFixed(1)} s`,
    )
}

function workerArgs(host: string, { workers, http }: Options): string[] {
  return [
    ...['run', '--log', `kafka://${host}`, '--workers', workers, '--http', http, '--json'],
    ...['--beat-ms', String(demoBeatMs), '--slack-ms', '0', '--log-level', 'error'],
  ]
}

/** Reads what the processes write: warnings, which it prints as they appear, and how far the watch is. */
class Onlooker {
  watchedThrough: number | undefined
  raised = 0
  readonly #log: Log
  readonly #prints: boolean
  readonly #positions = new Map<string, number>()

  constructor(log: Log, prints: boolean) {
    this.#log = log
    this.#prints = prints
  }

  async follow(signal: AbortSignal): Promise<void> {
    for (let last = false; !last; ) {
      last = signal.aborted // what was written before is looked at once more
      await this.#look()
      if (!last) await this.#log.changed(100)
    }
  }

  async #look(): Promise<void> {
    for (const topic of Object.values(warningTopics)) {
      for await (const record of this.#newIn(topic, 0)) {
        if (Warning.parse(jsonOf(record.value)).change === 'raised') this.raised++
        const line = showRecord(topic, { partition: 0, record }, { colour: screen.out.isTTY === true, language: 'en' })
        if (this.#prints) await print(screen, line)
      }
    }
    for await (const { value } of this.#newIn('journal', this.#log.partitions('journal') - 1))
      this.watchedThrough = decodeEntry(value).at(-1)?.beat
  }

  async *#newIn(topic: 'journal' | (typeof warningTopics)[keyof typeof warningTopics], partition: number) {
    for await (const record of recordsOf(this.#log, topic, partition, this.#positions.get(topic) ?? 0)) {
      this.#positions.set(topic, record.offset + 1)
      yield record
    }
  }
}

async function recordsWritten(log: Log): Promise<number> {
  let count = 0
  for (const topic of recordTopics)
    for (let partition = 0; partition < log.partitions(topic); partition++)
      for await (const _ of recordsOf(log, topic, partition)) count++
  return count
}

process.exitCode = await runProgram(command, process.argv.slice(2))
