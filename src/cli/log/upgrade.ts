/** `forewarn upgrade`: brings the state of a log that an earlier version folded into the form of this one, before anything goes on. */
import { Command } from 'commander'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { Profile } from '../../../streams/profile.ts'
import { profileToRun } from '../../activation.ts'
import { openEngine } from '../../engine.ts'
import { ForewarnError } from '../../errors.ts'
import { slackMsDefault } from '../../limits.ts'
import type { Log } from '../../log/port.ts'
import { modelOf } from '../../settings/models.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { tasksAtRest } from '../../space/tasksAtRest.ts'
import { type TaskUpgrade, upgradePlan } from '../../space/upgradePlan.ts'
import {
  addLogOptions,
  type LogOptions,
  printResult,
  processScreen,
  progressBar,
  remark,
  type Screen,
  withLog,
} from '../common.ts'

type Options = LogOptions & { profile: string; yes?: boolean; json?: boolean }

const help = `
State is a fold over the log, so a version that counts otherwise folds the log again, without output; what was said stays as it was said. This
says for each task what is folded again and about how long that takes, and does it with --yes, so that the next start goes on at once.
A start does up to ten million records by itself, and asks for this command beyond that. Of a log that was pruned checkpoints are
taken over. Stop every process of the log before.

Examples:
  $ forewarn backup /backup/before --log embedded:data
  $ forewarn upgrade --log embedded:data          say what there is to do
  $ forewarn upgrade --log embedded:data --yes`

export function upgradeCommand(screen: Screen = processScreen): Command {
  const command = new Command('upgrade')
    .description('Bring what an earlier version has folded into the form of this one.')
    .option('--profile <name|dir>', 'profile of the log', 'cn')
    .option('--yes', 'do it; otherwise only say what there is to do')
    .option('--json', 'print one JSON object: {upgraded, tasks: [{task, how, parts, records, seconds, why}], seconds}')
    .addHelpText('after', help)
    .action((options: Options) => upgrade(screen, options))
  return addLogOptions(command)
}

async function upgrade(screen: Screen, options: Options): Promise<void> {
  const named = await loadProfile(options.profile)
  const model = await modelOf(named)
  await withLog(options, options.yes === true ? 'change' : 'read', async (log) => {
    const profile = await profileToRun(log, named)
    const found = await tasksAtRest(log, { profile, model })
    if (found === undefined) throw new ForewarnError('FW_NOT_FOLDED', [log.name, 'nothing was folded from it'])
    const tasks = await upgradePlan(log, found, Date.now)
    const lost = tasks.find(({ how }) => how === 'lost')
    if (lost !== undefined) throw new ForewarnError('FW_LOG_TRUNCATED', [log.name, 0])
    const startedMs = performance.now()
    const isDue = tasks.some(({ how }) => how !== 'nothing')
    if (options.yes === true && isDue) await restoreAndKeep(screen, log, { profile, model, beatMs: found.beatMs })
    const seconds = options.yes === true ? (performance.now() - startedMs) / 1_000 : null
    await printResult(screen, options, { upgraded: options.yes === true, tasks, seconds }, () => [
      ...tasks.map(lineOf),
      ...(seconds === null ? [] : [`Done in ${seconds.toFixed(1)} s.`]),
    ])
    if (options.yes !== true && isDue) remark(screen, 'Nothing was changed: repeat it with --yes.')
  })
}

/** Every task is restored as a start would do it, and its state kept in a checkpoint. */
async function restoreAndKeep(
  screen: Screen,
  log: Log,
  setting: { profile: Profile; model: RiskModel | null; beatMs: number },
): Promise<void> {
  const bar = progressBar(screen)
  try {
    const engine = await openEngine({
      ...setting,
      log,
      slackMs: slackMsDefault,
      checkpointEveryMs: Number.POSITIVE_INFINITY,
      untilEnd: true,
      foldedAgainMax: Number.POSITIVE_INFINITY,
      now: Date.now,
      listener: (notice) => {
        if (notice.kind === 'RestoreProgressed') bar.update(notice.done, notice.of, `folding ${notice.task} again`)
      },
      signal: new AbortController().signal,
    })
    await engine.keep()
  } finally {
    bar.stop()
  }
}

function lineOf({ task, how, parts, records, seconds, why }: TaskUpgrade): string {
  const because = why === null ? '' : ` (${why})`
  switch (how) {
    case 'nothing':
      return `${task}: nothing to do`
    case 'second':
      return `${task}: its second checkpoint is written anew${because}`
    case 'parts':
      return `${task}: its checkpoint is taken over, ${parts.join(', ')} folded again${because}`
    case 'migrated':
      return `${task}: its checkpoint is migrated${parts.length === 0 ? '' : `, ${parts.join(', ')} folded again`}${because}`
    default:
      return `${task}: ${records} records are folded again, about ${seconds} s${because}`
  }
}
