/** `forewarn run`: folds a log - follows it and serves, or to its end. */
import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { profileToRun } from '../../activation.ts'
import type { Membership } from '../../fold/membership.ts'
import { checkFree } from '../../http/address.ts'
import type { Access } from '../../http/guard.ts'
import { startService } from '../../http/service.ts'
import {
  aheadMsMaxDefault,
  beatMsDefault,
  checkpointEveryMsDefault,
  epochRecordsMax,
  secondMs,
  sessionMsDefault,
  slackMsDefault,
} from '../../limits.ts'
import { kafkaMembers } from '../../log/kafka/members.ts'
import type { Log } from '../../log/port.ts'
import { type Listener, relay } from '../../notices.ts'
import { kafkaConnection } from '../../settings/kafkaConnection.ts'
import { createLogger, logLevels, logNotices } from '../../telemetry/logging.ts'
import { RunTotalsListener } from '../../telemetry/runTotals.ts'
import {
  accessOf,
  addLogOptions,
  hostAndPort,
  logPlace,
  nonNegative,
  openLogOption,
  peoplesAddress,
  prefixesOf,
  processScreen,
  type Screen,
  wholeNumber,
} from '../common.ts'
import { configurable } from '../configuration.ts'
import { pagesAt } from './pagesFolder.ts'
import { type PagesProcess, startPages } from './pagesProcess.ts'
import { endWithParent, tellParent } from './parent.ts'
import { printTotals, type RunOptions, settingOf } from './runSetting.ts'
import { stopSignal } from './stopSignal.ts'
import { workerNumber } from './workerProcess.ts'
import { runAsWorkers } from './workers.ts'

const help = `
Examples:
  $ forewarn run                                    follow the log in ./forewarn-data, serve http://127.0.0.1:9464
  $ forewarn run --log embedded:history --until-end fold what is there, say what came of it, and stop
  $ forewarn run --log kafka://broker:9092          join the group, and run the tasks that it assigns
  $ forewarn run --log kafka://broker:9092 --workers 4 --http :9464   four processes, at the ports 9464 to 9467

Each option may come from the environment too (--slack-ms as FOREWARN_SLACK_MS) or from a file (--config); flags win. \`forewarn config\` says what holds.

It can be killed at any moment: it goes on where it was, with the same outputs as if nothing had happened.`

export function runCommand(screen: Screen = processScreen): Command {
  const command = new Command('run')
    .description('Fold a log into scores, alerts, warnings and metrics: follow it, or go to its end.')
    .addHelpText('after', help)
    .action((options: RunOptions, command: Command) => {
      const isHttpAsked = command.getOptionValueSource('http') !== 'default'
      return options.workers === undefined
        ? runAlone(screen, { ...options, isHttpAsked })
        : runAsWorkers(screen, options, options.workers)
    })
  return addRunOptions(command)
}

/** What a run is asked for: by flags, the environment or a file. */
export function addRunOptions(command: Command): Command {
  command
    .option('--profile <name|dir>', 'profile of the supervisor', 'cn')
    .option(
      '--until-end',
      'fold what the log holds and stop; the last tick stays open; serves meanwhile if --http is given',
    )
    .option('--http <host:port>', 'where to serve records in, metrics and health', '127.0.0.1:9464')
    .option(
      '--serve [host:port]',
      `serve pages too, in a process of their own, at ${peoplesAddress} unless said otherwise`,
    )
    .option(
      '--beat-ms <ms>',
      'length of a beat; it must divide the hour, and stays the same for the life of a log',
      String(beatMsDefault),
    )
    .option('--slack-ms <ms>', 'how long after its end a beat is kept open for late appends', String(slackMsDefault))
    .option(
      '--ahead-max <seconds>',
      'how far the log time of live records may lead the clock; what leads further joins the beat at this bound',
      String(aheadMsMaxDefault / secondMs),
    )
    .option(
      '--checkpoint-every <seconds>',
      'at least so long between two checkpoints',
      String(checkpointEveryMsDefault / secondMs),
    )
    .option(
      '--epoch-records <n>',
      'records committed together; fewer: less is folded again after a crash',
      String(epochRecordsMax),
    )
    .option('--workers <n>', 'so many processes on this machine (Kafka), at ports from that of --http on')
    .option(
      '--session-ms <ms>',
      'a member of the group that is silent for so long is out (Kafka)',
      String(sessionMsDefault),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to say on standard error').choices(logLevels).default('info'),
    )
    .option('--json', 'print the totals as one JSON object at the end')
    .addOption(new Option('--end-with-parent', 'a worker of --workers').hideHelp())
  return configurable(addLogOptions(command))
}

async function runAlone(screen: Screen, options: RunOptions): Promise<void> {
  await run(screen, options).catch((error: unknown) => {
    if (options.endWithParent === true) tellParent(error)
    throw error
  })
}

async function run(screen: Screen, options: RunOptions): Promise<void> {
  const setting = await settingOf(options) // before a log is made for it
  const isServing = options.untilEnd !== true || options.isHttpAsked === true
  if (isServing && isYetToBeMade(options.log)) await checkFree(hostAndPort(options.http))
  const counted = new RunTotalsListener()
  const logger = createLogger({ level: options.logLevel, worker: workerNumber(process.env) })
  const heard = relay()
  const { aheadMsMax, ...bounds } = boundsOf(options)
  const log = await openLogOption(options, 'write', { listener: heard.listener, aheadMsMax }).catch(
    (error: unknown) => {
      heard.to(logNotices(logger))
      throw error
    },
  )
  const stop = stopSignal()
  if (options.endWithParent === true) endWithParent(stop.ask)
  const startedMs = Date.now()
  let pages: PagesProcess | undefined
  try {
    const service = await startService({
      ...setting,
      profile: await profileToRun(log, setting.profile),
      log,
      ...bounds,
      aheadMsMax,
      untilEnd: options.untilEnd === true,
      audited: process.env.FOREWARN_ASSERT === '1',
      now: Date.now,
      listener: (notice) => counted.take(notice),
      signal: stop.signal,
      membership: membershipOf(options, log, heard.listener),
      listen: heard.to,
      logger,
      http: isServing ? servedAt(options) : undefined,
      pages: () => pages,
    })
    if (options.serve !== undefined && options.untilEnd !== true) {
      pages = await startPages(pagesArguments(options), {
        tell: (text) => logger.error({ kind: 'PagesEnded' }, text),
      })
      logger.info({ kind: 'Serving', address: pages.address }, pagesAt(pages.address))
    }
    await service.follow()
  } finally {
    stop.release()
    await pages?.end()
    await log.close()
  }
  await printTotals(screen, options, counted.totals, startedMs)
}

/** One that is there already says first that another process has it. */
function isYetToBeMade(log: string): boolean {
  const place = logPlace(log)
  return place.kind === 'embedded' && !existsSync(place.folder)
}

/** @throws ForewarnError FW_USAGE. */
function boundsOf({ slackMs, aheadMax, checkpointEvery, epochRecords }: RunOptions) {
  return {
    slackMs: wholeNumber('--slack-ms', slackMs),
    aheadMsMax: nonNegative('--ahead-max', aheadMax) * secondMs,
    checkpointEveryMs: nonNegative('--checkpoint-every', checkpointEvery) * secondMs,
    epochRecordsMax: wholeNumber('--epoch-records', epochRecords, 1),
  }
}

function pagesArguments({ serve, log, profile, inputPrefix, outputPrefix, http, logLevel }: RunOptions): string[] {
  const { host, port } = hostAndPort(http)
  return [
    ...['--log', log, '--profile', profile, '--input-prefix', inputPrefix, '--output-prefix', outputPrefix],
    ...['--http', typeof serve === 'string' ? serve : peoplesAddress, '--log-level', logLevel],
    ...(logPlace(log).kind === 'kafka'
      ? ['--machine', `http://${host.includes(':') ? `[${host}]` : host}:${port}`]
      : []),
  ]
}

function servedAt({ http, log }: RunOptions): Access & { port: number } {
  const at = hostAndPort(http)
  return { ...at, ...accessOf(log, at) }
}

/** Whoever runs on Kafka shares its tasks with others. */
function membershipOf(options: RunOptions, log: Log, listener: Listener): Membership | undefined {
  const place = logPlace(options.log)
  if (place.kind === 'embedded') return undefined
  return kafkaMembers({
    connection: kafkaConnection(place.brokers, process.env, listener),
    prefixes: prefixesOf(options),
    partitions: log.partitions('risk-events'),
    sessionMs: wholeNumber('--session-ms', options.sessionMs, 1_000),
    listener,
  })
}
