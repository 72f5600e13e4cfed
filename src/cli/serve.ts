/** `forewarn serve`: pages and API of a log, in a process of their own that only reads it. */
import path from 'node:path'
import { Command, Option } from 'commander'
import { ForewarnError } from '../errors.ts'
import { isLoopback } from '../http/guard.ts'
import { foundToken } from '../http/token.ts'
import type { Log } from '../log/port.ts'
import { makeClosedFile, makeClosedFolder } from '../rights.ts'
import type { Machine } from '../serve/machine.ts'
import type { ClockPort } from '../serve/routes/clock.ts'
import { startServing } from '../serve/service.ts'
import { verifyByProgram } from '../serve/verifications.ts'
import { loadProfile } from '../settings/profiles.ts'
import { createLogger, type LogLevel, logLevels } from '../telemetry/logging.ts'
import {
  addLogOptions,
  holderOf,
  hostAndPort,
  type LogOptions,
  logPlace,
  nonNegative,
  openLogOption,
  peoplesAddress,
  processScreen,
  remark,
  type Screen,
} from './common.ts'
import { pagesAt, pagesFolder } from './run/pagesFolder.ts'
import { ClockTold } from './run/pagesProcess.ts'
import { endWithParent, tellParent } from './run/parent.ts'
import { stopSignal } from './run/stopSignal.ts'

const inMemory = ':memory:'

type Options = LogOptions & {
  profile: string
  http: string
  auth: 'open'
  readModel?: string
  machine?: string
  logLevel: LogLevel
  endWithParent?: boolean
  demoSpeed?: string
}

const help = `
Examples:
  $ forewarn serve                                     pages of the log in ./forewarn-data at http://${peoplesAddress}
  $ forewarn serve --log kafka://broker:9092 --read-model /var/lib/forewarn/pages.sqlite --machine http://127.0.0.1:9464

It reads the log and writes nothing but its read model, which is made anew from the log whenever it is missing.`

export function serveCommand(screen: Screen = processScreen): Command {
  const command = new Command('serve')
    .description(
      'Serve pages and API: warnings, cells, enterprises and data state of a log, live and as they were known at any tick.',
    )
    .option('--profile <name|dir>', 'profile of the log', 'cn')
    .option('--http <host:port>', 'where to serve', peoplesAddress)
    .addOption(new Option('--auth <mode>', 'who may ask: everybody on this machine').choices(['open']).default('open'))
    .option('--read-model <file>', 'file of the read model; beside an embedded log unless given')
    .option(
      '--machine <url>',
      'address of the process that folds the log, for explanations; of an embedded log it is known',
    )
    .addOption(
      new Option('--log-level <level>', 'how much to say on standard error').choices(logLevels).default('info'),
    )
    .addOption(new Option('--end-with-parent', 'a child of run or demo').hideHelp())
    .addOption(new Option('--demo-speed <days>', 'the clock of the demo may be set').hideHelp())
    .addHelpText('after', help)
    .action(async (options: Options) => {
      await serve(screen, options).catch((error: unknown) => {
        if (options.endWithParent === true) tellParent(error)
        throw error
      })
    })
  return addLogOptions(command)
}

async function serve(screen: Screen, options: Options): Promise<void> {
  const at = hostAndPort(options.http)
  if (!isLoopback(at.host))
    throw new ForewarnError('FW_USAGE', [
      `--auth open serves this machine alone, at an address such as ${peoplesAddress}, not at ${options.http}.`,
    ])
  const profile = await loadProfile(options.profile)
  const file = readModelFile(options)
  const stop = stopSignal()
  if (options.endWithParent === true) endWithParent(stop.ask)
  try {
    if (file !== inMemory) makeClosedFile(file) // it names enterprises
    const serving = await startServing({
      ...{ profile, file, ...at, names: [], logName: options.log },
      openLog: () => openWhenThere(options),
      pages: pagesFolder(),
      machine: () => machineOf(options),
      clock: clockOf(options),
      verify: verifyByProgram(logArguments(options)),
      logger: createLogger({ level: options.logLevel }),
    })
    if (options.endWithParent !== true) remark(screen, pagesAt(serving.address))
    process.send?.({ address: serving.address })
    await serving.follow(stop.signal)
    await serving.close()
  } finally {
    stop.release()
  }
}

function logArguments({ log, profile, inputPrefix, outputPrefix }: Options): string[] {
  return ['--log', log, '--profile', profile, '--input-prefix', inputPrefix, '--output-prefix', outputPrefix]
}

/** Of the demo: the clock stands in its process; this one asks for another, and is told what it is. */
function clockOf({ demoSpeed }: Options): ClockPort | undefined {
  if (demoSpeed === undefined) return undefined
  const state = { paused: false, daysPerSecond: nonNegative('--demo-speed', demoSpeed) }
  const port: ClockPort = { state, tell: (clock) => void process.send?.({ clock }) }
  process.on('message', (message) => {
    port.state = ClockTold.safeParse(message).data?.clock ?? port.state
  })
  return port
}

function readModelFile({ log, readModel }: Options): string {
  if (readModel !== undefined) return readModel
  const place = logPlace(log)
  if (place.kind === 'kafka') return 'forewarn-pages.sqlite'
  makeClosedFolder(place.folder)
  return path.join(place.folder, 'pages.sqlite')
}

function machineOf({ log, machine }: Options): Machine | undefined {
  const place = logPlace(log)
  if (machine !== undefined)
    return {
      address: machine.replace(/\/$/, ''),
      token: place.kind === 'embedded' ? foundToken(place.folder) : undefined,
    }
  const holder = holderOf(log)
  return holder === undefined ? undefined : { address: holder.address, token: holder.token }
}

/** A log that is not there yet is waited for. */
async function openWhenThere(options: Options): Promise<Log | undefined> {
  try {
    return await openLogOption(options, 'read')
  } catch (error) {
    if (error instanceof ForewarnError && error.code === 'FW_LOG_NOT_FOUND') return undefined
    throw error
  }
}
