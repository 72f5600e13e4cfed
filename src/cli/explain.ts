/** `forewarn explain ID`: the features and the score of one enterprise at the end of a tick, and what made it so. */
import { Command } from 'commander'
import { buildModel } from '../../models/risk/buildModel.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { loadModel } from '../edges/models.ts'
import { ForewarnError } from '../errors.ts'
import { type Explanation, explain } from '../training/explain.ts'
import { chosenFeatures } from '../training/extract/chosenFeatures.ts'
import { pastOf } from '../training/extract/pastTasks.ts'
import { addLogOptions, openLogOption, plainText, print, processScreen, type Screen } from './common.ts'
import { tickOf } from './extract.ts'
import { championIn, type RegistryOptions, withRegistry } from './registry.ts'

type Options = RegistryOptions & { at?: string; model?: string; all?: boolean }

const help = `
The log is folded again up to the end of that tick, so the answer is what the stream knew then, whatever came since.

Example:
  $ forewarn explain 91440101MA5CJQ4N59 --at 2026-11-20`

export function explainCommand(screen: Screen = processScreen): Command {
  const command = new Command('explain')
    .description('Features and score of one enterprise at the end of a tick, and the reasons.')
    .argument('<id>', 'id of the enterprise')
    .option('--profile <name|dir>', 'profile of the log', 'cn')
    .option('--at <tick>', 'tick at whose end, as the profile labels it; the last that is closed')
    .option('--model <dir>', 'a model folder instead of the champion of that tick')
    .option('--all', 'list features that are 0 too')
    .option('--json', 'print one JSON object: {enterpriseId, tick, asOf, model, probability, features, reasons}')
    .addHelpText('after', help)
    .action((id: string, options: Options) =>
      withRegistry(options, 'read', async (open) => {
        const { profile } = open
        const { beatMs, throughBeat } = open.registry
        const closed = profile.calendar.tickOf((throughBeat + 1) * beatMs) - 1
        const tick = tickOf(profile, '--at', options.at) ?? closed
        if (tick > closed)
          throw new ForewarnError('FW_USAGE', [
            `--at ${options.at}: that tick is not closed; the last that is: ${profile.calendar.label(closed)}.`,
          ])
        const model = options.model === undefined ? champion(tick) : await loadModel(options.model)
        const log = await openLogOption(options, 'read')
        try {
          const by = { model, features: chosenFeatures(profile, undefined) }
          await tell(screen, await explain(pastOf(log, profile, beatMs), id, tick, by), options)
        } finally {
          await log.close()
        }

        function champion(of: number): RiskModel | undefined {
          const found = championIn(open, of)
          return found === undefined ? undefined : buildModel(found.file, found.hash)
        }
      }),
    )
  return addLogOptions(command)
}

async function tell(screen: Screen, found: Explanation, { json, all }: Options): Promise<void> {
  if (json === true) {
    await print(screen, JSON.stringify(found))
    return
  }
  const score = found.probability === undefined ? 'no score' : `probability ${found.probability.toFixed(4)}`
  await print(
    screen,
    plainText(`${found.enterpriseId} at ${found.asOf}: ${score}, model ${found.model?.slice(0, 12) ?? 'none'}`),
  )
  for (const { text, logOdds } of found.reasons) await print(screen, plainText(`  ${signed(logOdds)}  ${text}`))
  await print(screen, '')
  for (const { name, value, logOdds } of found.features)
    if (all === true || value !== 0)
      await print(
        screen,
        `  ${name.padEnd(28)} ${value.toFixed(4).padStart(12)}  ${logOdds === undefined ? '' : signed(logOdds)}`,
      )
}

const signed = (logOdds: number): string => `${logOdds < 0 ? '-' : '+'}${Math.abs(logOdds).toFixed(3)}`
