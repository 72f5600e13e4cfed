/** `forewarn run`: folds a log - follows it and serves, or to its end. */
import { Command, Option } from 'commander'
import { createLogger, logLevels } from '../edges/logging.ts'
import { loadModel } from '../edges/models.ts'
import { loadProfile } from '../edges/profiles.ts'
import { startService } from '../edges/service.ts'
import { RunTally, totalsLine } from '../edges/tally.ts'
import { checkBeat } from '../engine.ts'
import { ForewarnError } from '../errors.ts'
import { beatMsDefault, checkpointEveryMsDefault, epochRecordsMax, secondMs, slackMsDefault } from '../limits.ts'
import {
  addLogOptions,
  type LogOptions,
  nonNegative,
  openLogOption,
  print,
  processScreen,
  type Screen,
  wholeNumber,
} from './common.ts'
import { stopSignal } from './stopSignal.ts'

type Options = LogOptions & {
  profile: string
  untilEnd?: boolean
  http: string
  beatMs: string
  slackMs: string
  checkpointEvery: string
  epochRecords: string
  logLevel: (typeof logLevels)[number]
  json?: boolean
}

const help = `
Examples:
  $ forewarn run                                    follow the log in ./forewarn-data, serve http://127.0.0.1:9464
  $ forewarn run --log embedded:history --until-end fold what is there, say what came of it, and stop

It can be killed at any moment: it goes on where it was, with the same outputs as if nothing had happened.`

export function runCommand(screen: Screen = processScreen): Command {
  const command = new Command('run')
    .description('Fold a log into scores, alerts, warnings and metrics: follow it, or go to its end.')
    .option('--profile <name|dir>', 'profile of the supervisor', 'cn')
    .option('--until-end', 'fold what the log holds and stop; the last tick stays open')
    .option('--http <host:port>', 'where to serve records in, metrics and health', '127.0.0.1:9464')
    .option(
      '--beat-ms <ms>',
      'length of a beat; it must divide the hour, and stays the same for the life of a log',
      String(beatMsDefault),
    )
    .option('--slack-ms <ms>', 'how long after its end a beat is kept open for late appends', String(slackMsDefault))
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
    .addOption(
      new Option('--log-level <level>', 'how much to say on standard error').choices(logLevels).default('info'),
    )
    .option('--json', 'print the totals as one JSON object at the end')
    .addHelpText('after', help)
    .action((options: Options) => run(screen, options))
  return addLogOptions(command)
}

async function run(screen: Screen, options: Options): Promise<void> {
  const profile = await loadProfile(options.profile)
  const model = profile.file.model === null ? null : await loadModel(profile.file.model)
  const beatMs = wholeNumber('--beat-ms', options.beatMs)
  checkBeat(beatMs, profile) // before a log is made for it
  const log = await openLogOption(options, 'write')
  const tally = new RunTally()
  const stop = stopSignal()
  const startedMs = Date.now()
  try {
    const service = await startService({
      log,
      profile,
      model,
      beatMs,
      slackMs: wholeNumber('--slack-ms', options.slackMs),
      checkpointEveryMs: nonNegative('--checkpoint-every', options.checkpointEvery) * secondMs,
      epochRecordsMax: wholeNumber('--epoch-records', options.epochRecords, 1),
      untilEnd: options.untilEnd === true,
      now: Date.now,
      tell: (notice) => tally.take(notice),
      signal: stop.signal,
      logger: createLogger({ level: options.logLevel }),
      http: options.untilEnd === true ? undefined : hostAndPort(options.http),
    })
    await service.follow()
  } finally {
    stop.release()
    await log.close()
  }
  const seconds = (Date.now() - startedMs) / secondMs
  await print(
    screen,
    options.json === true
      ? JSON.stringify({ ...tally.totals, seconds })
      : `${totalsLine(tally.totals)} in ${seconds.toFixed(1)} s`,
  )
}

/** `127.0.0.1:9464`, `:9464` (this machine only), `[::1]:9464`. @throws ForewarnError FW_USAGE. */
export function hostAndPort(text: string): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]*)):(\d{1,5})$/.exec(text)
  const port = Number(parts?.[3])
  if (parts === null || port > 65_535)
    throw new ForewarnError('FW_USAGE', [`--http must be HOST:PORT, such as 127.0.0.1:9464, not ${text}.`])
  return { host: parts[1] ?? (parts[2] || '127.0.0.1'), port }
}
