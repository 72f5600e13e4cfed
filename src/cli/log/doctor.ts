/** `forewarn doctor`: looks at everything that has to be right, and says what to do where it is not. */
import { Command } from 'commander'
import type { Profile } from '../../../streams/profile.ts'
import { profileOf } from '../../activation.ts'
import { readCommands } from '../../ingest/imports/importState.ts'
import { openPlaces } from '../../log/embedded/folder.ts'
import { readWriter } from '../../log/embedded/writerLock.ts'
import { kafkaConnection } from '../../settings/kafkaConnection.ts'
import { readRegistry } from '../../settings/registry/readRegistry.ts'
import {
  addLogOptions,
  CommandFailed,
  kafkaBrokers,
  type LogOptions,
  logPlace,
  prefixesOf,
  printResult,
  processScreen,
  type Screen,
  withLog,
} from '../common.ts'
import { type Check, ok, type Verdict } from './doctor/check.ts'
import { checkCodes } from './doctor/codes.ts'
import { checkAccess, checkPartitioner, checkStamps } from './doctor/inputs.ts'
import {
  checkCheckpoints,
  checkConfiguration,
  checkDeadLetters,
  checkDisk,
  checkEditions,
  checkImport,
  checkTopics,
  checkWriter,
} from './doctor/log.ts'
import { checkOpenFiles } from './doctor/machine.ts'
import { checkModel, checkNode, checkProfileFiles, checkRights, checkSecrets, failedWith } from './doctor/program.ts'
import { checkTime } from './doctor/time.ts'
import { topicDeviations } from './topics.ts'

type Options = LogOptions & { profile: string; json?: boolean }

const examples = `
Each line is ok, warn or fail, with what to do. The exit code is 1 when one is fail. The log is only read, so doctor may run beside forewarn: all
commands, artefacts and manifests of checkpoints, the ends of every topic, the newest 20,000 records of each input; on Kafka the settings of topics too,
and the first record of each, to see which rights are missing. Of an embedded log it asks the process that writes it.

Example:
  $ forewarn doctor --log embedded:./data --profile cn`

export function doctorCommand(screen: Screen = processScreen): Command {
  const command = new Command('doctor')
    .description('Check the installation, the profile and the log.')
    .option('--profile <name|dir>', 'profile that the log is run with', 'cn')
    .option('--json', 'print the checks as one JSON array')
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      const checks = await examine(options)
      const colour = screen.out.isTTY === true && !process.env.NO_COLOR
      await printResult(screen, options, checks, () => checks.map((check) => lineOf(check, colour)))
      if (checks.some(({ verdict }) => verdict === 'fail')) throw new CommandFailed()
    })
  return addLogOptions(command)
}

async function examine(options: Options): Promise<Check[]> {
  const checks = [checkNode(), checkOpenFiles(), checkSecrets()]
  const { check, profile } = await checkProfileFiles(options.profile)
  checks.push(check)
  if (profile !== undefined) checks.push(await checkModel(profile))
  return [...checks, ...(await examineLog(options, profile))]
}

/** When the log cannot be opened, there is nothing more to look at. */
async function examineLog(options: Options, profile: Profile | undefined): Promise<Check[]> {
  const place = logPlace(options.log)
  try {
    return await withLog(options, 'read', async (log) => {
      const state = await readCommands(log)
      const checks = [ok('log', `${log.name} opens, with ${log.partitions('risk-events')} partitions.`)]
      if (place.kind === 'embedded')
        checks.push(
          await checkWriter(place.folder),
          await checkDisk(place.folder),
          checkRights('rights', openPlaces(place.folder)),
        )
      else
        checks.push(
          ...(await lookedAt('topics', async () => checkTopics(await topicDeviations(options)))),
          ...(await lookedAt('timestamps', () => checkStamps(log, state.open !== undefined))),
          await checkAccess(log, {
            connection: kafkaConnection(kafkaBrokers(options.log)),
            prefixes: prefixesOf(options),
          }),
        )
      const own = profile && (await profileOf(log, profile))
      const configuration = own && checkConfiguration(state, own)
      if (configuration !== undefined) checks.push(configuration)
      const editions =
        own !== undefined && configuration?.verdict === 'ok'
          ? (await readRegistry(log, own, null)).modelRegistry
          : undefined
      if (editions !== undefined && state.editions.size > 0) checks.push(checkEditions(editions))
      checks.push(checkImport(state, place.kind === 'kafka' || readWriter(place.folder).live))
      if (place.kind === 'embedded') checks.push(await checkCheckpoints(log, place.folder, prefixesOf(options)))
      const { activation, open } = state
      if (activation !== undefined && open === undefined)
        checks.push(await checkTime(log, activation.beatMs, Date.now()))
      checks.push(await checkPartitioner(log), await checkDeadLetters(log))
      if (editions !== undefined) checks.push(await checkCodes(log, editions.profile))
      return checks
    })
  } catch (error) {
    return [failedWith('log', error)]
  }
}

/** What this user may not look at is a warning of its own, and the rest is looked at. */
async function lookedAt(name: string, look: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await look()
  } catch (error) {
    const failed = failedWith(name, error)
    return [failed.code === 'FW_KAFKA_REFUSED' ? { ...failed, verdict: 'warn' } : failed]
  }
}

const colours: Record<Verdict, string> = { ok: '32', warn: '33', fail: '31' }

function lineOf({ name, verdict, says, remedy }: Check, colour: boolean): string {
  const shown = colour ? `\u001b[${colours[verdict]}m${verdict}\u001b[0m` : verdict
  const line = `${shown}${' '.repeat(5 - verdict.length)} ${name}: ${says}`
  return remedy === undefined ? line : `${line}\n      ${remedy}`
}
