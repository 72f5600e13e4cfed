/** `forewarn explain ID`: the features and the score of one enterprise at the end of a tick, and what made it so. */
import { Command } from 'commander'
import { buildModel } from '../../../models/risk/buildModel.ts'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import { explainAtRest } from '../../atRest.ts'
import { chosenFeatures } from '../../chosenFeatures.ts'
import { Explanation } from '../../enterprise/score/explanation.ts'
import { ForewarnError } from '../../errors.ts'
import { askHolder, type Holder } from '../../ingest/httpTarget.ts'
import { readCommands } from '../../ingest/imports/importState.ts'
import { loadModel } from '../../settings/models.ts'
import { explain } from '../../training/explain.ts'
import { pastOf } from '../../training/extract/pastTasks.ts'
import { checkReach } from '../../training/extract/reach.ts'
import { lastClosedTick } from '../../training/extract/rows.ts'
import { addLogOptions, holderOf, logPlace, plainText, printResult, processScreen, type Screen } from '../common.ts'
import { championIn, modelFileOf, type OpenRegistry, type RegistryOptions, withRegistry } from '../models/registry.ts'
import { tickOf } from './ticks.ts'

type Options = RegistryOptions & { at?: string; model?: string; all?: boolean }

const help = `
Without --at and --model it is what is known now: the process that runs on an embedded log is asked, and where none does, the newest
checkpoint is read and what was folded after it. On Kafka, and with --at or --model, the records of the enterprise are folded again up to the
end of the tick, also beside a process that writes the log, so the answer is what the stream knew then, whatever came since.

Examples:
  $ forewarn explain 91440101MA5CJQ4N59                    what is known now
  $ forewarn explain 91440101MA5CJQ4N59 --at 2026-11-20    what was known then`

export function explainCommand(screen: Screen = processScreen): Command {
  const command = new Command('explain')
    .description('Features and score of one enterprise, now or at the end of a tick, and the reasons.')
    .argument('<id>', 'id of the enterprise')
    .option('--profile <name|dir>', 'profile of the log', 'cn')
    .option('--at <tick>', 'tick at whose end, as the profile labels it; now, or the last that is closed')
    .option('--model <dir>', 'a model folder instead of the champion of that tick')
    .option('--all', 'list features that are 0 too')
    .option(
      '--json',
      'print one JSON object: {enterpriseId, tick, tickClosed, asOf, profile, model, probability, features, reasons}',
    )
    .addHelpText('after', help)
    .action(async (id: string, options: Options) => {
      const holder = options.at === undefined && options.model === undefined ? holderOf(options.log) : undefined
      const found = await (holder === undefined ? explainHere(id, options) : askNow(id, holder))
      await printResult(screen, options, found, () => linesOf(found, options.all === true))
    })
  return addLogOptions(command)
}

/** What the process that holds the log knows of it. */
async function askNow(id: string, holder: Holder): Promise<Explanation> {
  return Explanation.parse(await askHolder(holder, `/api/v1/enterprises/${encodeURIComponent(id)}/explanation`))
}

/** Now, from the newest checkpoint; or the log folded again up to the end of a tick. */
function explainHere(id: string, options: Options): Promise<Explanation> {
  return withRegistry(options, 'read', async (open) => {
    const isNow = options.at === undefined && options.model === undefined && logPlace(options.log).kind === 'embedded'
    return (isNow ? await explainNow(id, open) : undefined) ?? explainPast(id, options, open)
  })
}

async function explainNow(id: string, { log, registry, models }: OpenRegistry): Promise<Explanation | undefined> {
  const { activation } = await readCommands(log)
  const { modelRegistry } = registry
  const [{ profile }] = modelRegistry.profiles
  if (activation === undefined) return undefined
  const { modelHash: hash } = activation
  const model = hash === null ? null : buildModel(modelFileOf(models, hash), hash)
  return explainAtRest(id, { log, profile, model, activation, now: Date.now })
}

async function explainPast(id: string, options: Options, open: OpenRegistry): Promise<Explanation> {
  const { log } = open
  const { beatMs, modelRegistry } = open.registry
  const [{ profile }] = modelRegistry.profiles
  const closed = await lastClosedTick(log, profile, beatMs)
  const tick = tickOf(profile, '--at', options.at) ?? closed
  if (tick > closed)
    throw new ForewarnError('FW_USAGE', [
      `--at ${options.at}: that tick is not closed; the last that is: ${profile.calendar.label(closed)}.`,
    ])
  await checkReach(log, profile, tick, `forewarn explain --at ${profile.calendar.label(tick)}`)
  const model = options.model === undefined ? championOf(open, tick) : await loadModel(options.model)
  return explain(pastOf(log, profile, beatMs), id, tick, { model, features: chosenFeatures(profile, undefined) })
}

function championOf(open: OpenRegistry, tick: number): RiskModel | undefined {
  const found = championIn(open, tick)
  return found === undefined ? undefined : buildModel(found.file, found.hash)
}

function* linesOf(found: Explanation, all: boolean): Iterable<string> {
  const score = found.probability === undefined ? 'no score' : `probability ${found.probability.toFixed(4)}`
  yield plainText(`${found.enterpriseId} at ${found.asOf}: ${score}, model ${found.model?.slice(0, 12) ?? 'none'}`)
  for (const { text, logOdds } of found.reasons) yield plainText(`  ${signed(logOdds)}  ${text}`)
  yield ''
  for (const { name, value, logOdds } of found.features)
    if (all || value !== 0)
      yield `  ${name.padEnd(28)} ${value.toFixed(4).padStart(12)}  ${logOdds === undefined ? '' : signed(logOdds)}`
}

const signed = (logOdds: number): string => `${logOdds < 0 ? '-' : '+'}${Math.abs(logOdds).toFixed(3)}`
