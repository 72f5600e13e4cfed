/** `forewarn extract`: training rows out of a log, as they would have been scored at past dates, with what came of them. */
import { Command, Option } from 'commander'
import type { Profile } from '../../../streams/profile.ts'
import { profileOf } from '../../activation.ts'
import { featureChoice } from '../../chosenFeatures.ts'
import type { Log } from '../../log/port.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { readRegistry } from '../../settings/registry/readRegistry.ts'
import type { Unasked } from '../../training/extract/asked.ts'
import { type PastSource, pastOf } from '../../training/extract/pastTasks.ts'
import { checkReach, replayReach } from '../../training/extract/reach.ts'
import { type ExtractOptions, lastClosedTick, type TrainingRows, trainingRows } from '../../training/extract/rows.ts'
import { type WrittenRows, writeRows } from '../../training/extract/writeRows.ts'
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
import { tickOf } from '../log/ticks.ts'

const help = `
The log is folded again, by its journal: each row holds what was known at the end of its day and nothing later, though it was retracted
since. A label is what became known within its window and delay; what came later changes no row. Rows whose label cannot be known yet are
left out. rows.parquet is read by pandas; columns.json says what each column is.

Examples:
  $ forewarn extract --log embedded:history --out rows
  $ forewarn extract --log kafka://broker:9092 --profile cn --from 2024-01-01 --to 2025-12-31 --features 'count.*' recency --out rows`

export type ExtractCommandOptions = LogOptions & {
  profile: string
  from?: string
  to?: string
  freeze?: string
  features?: string[]
  out: string
  json?: boolean
}

export function extractCommand(screen: Screen = processScreen): Command {
  const command = new Command('extract')
    .description('Training rows out of a log: features as of past dates, and what came of them, as Parquet.')
    .option('--profile <name|dir>', 'profile of the log', 'cn')
    .option('--from <date>', 'first tick at whose end rows are taken, as the profile labels it; the first of the log')
    .option('--to <date>', 'last such tick; the last whose outcomes are known')
    .option('--freeze <date>', 'events that became known after that tick stay out of the features')
    .addOption(
      new Option(
        '--features <pattern...>',
        "features, '*' for any part: 'count.*.30d'; those of the profile's training",
      ),
    )
    .requiredOption('--out <dir>', 'folder for rows.parquet and columns.json')
    .option(
      '--json',
      'print one JSON object: {rows, positives, from, to, features, dataHash, unasked, folder, seconds}',
    )
    .addHelpText('after', help)
    .action(async (options: ExtractCommandOptions) => {
      const profile = await loadProfile(options.profile)
      const extracted = await withLog(options, 'read', async (log) => {
        // By the profile in force: what a model learns is read as it will be read when it scores.
        const { modelRegistry, beatMs } = await readRegistry(log, await profileOf(log, profile), null)
        return extract(log, { profile: modelRegistry.profile, beatMs }, options, screen)
      })
      await printExtracted(screen, extracted, options)
    })
  return addLogOptions(command)
}

type Extracted = WrittenRows & { unasked: Readonly<Unasked>; seconds: number }

/** Extracts by the options of the command. */
export async function extract(
  log: Log,
  { profile, beatMs }: { profile: Profile; beatMs: number },
  options: Pick<ExtractCommandOptions, 'from' | 'to' | 'freeze' | 'features' | 'out'>,
  screen: Screen,
): Promise<Extracted> {
  const startedMs = performance.now()
  const choice = featureChoice(profile, options.features)
  const window = {
    features: choice.features,
    fromTick: tickOf(profile, '--from', options.from),
    toTick: tickOf(profile, '--to', options.to),
    frozenTick: tickOf(profile, '--freeze', options.freeze),
  }
  const written = await withRowsOf(pastOf(log, profile, beatMs), log, window, screen, async (found) => {
    return { ...(await writeRows(options.out, found, { profile, choice })), unasked: found.unasked }
  })
  return { ...written, seconds: (performance.now() - startedMs) / 1_000 }
}

type RowsWindow = Pick<ExtractOptions, 'features' | 'fromTick' | 'toTick' | 'frozenTick' | 'peers'>

/** Hands out the training rows of a log; a bar shows how far they are. */
export async function withRowsOf<T>(
  past: PastSource,
  log: Log,
  window: RowsWindow,
  screen: Screen,
  work: (rows: TrainingRows) => Promise<T>,
): Promise<T> {
  const reach = await replayReach(log, past.profile)
  if (window.fromTick !== undefined) await checkReach(log, past.profile, window.fromTick, 'forewarn extract')
  else if (reach !== undefined)
    remark(screen, `Rows begin at ${past.profile.calendar.label(reach)}: what they need of earlier times was pruned.`)
  const bar = progressBar(screen)
  try {
    const rows = await trainingRows({
      ...past,
      ...window,
      fromTick: window.fromTick ?? reach,
      lastClosedTick: await lastClosedTick(log, past.profile, past.beatMs),
      progress: (done, total) => bar.update(done, total, 'taking rows'),
    })
    return await work(rows)
  } finally {
    bar.stop()
  }
}

async function printExtracted(
  screen: Screen,
  { folder, dictionary, unasked, seconds }: Extracted,
  options: ExtractCommandOptions,
): Promise<void> {
  const { rows, positives, from, to, features, dataHash } = dictionary
  const result = { rows, positives, from, to, features: features.length, dataHash, unasked, folder, seconds }
  await printResult(screen, options, result, () => {
    const { unregistered, unknown } = unasked
    if (unregistered > 0) remark(screen, `Not taken, since nobody registered their enterprises: ${unregistered} rows`)
    if (unknown > 0)
      remark(screen, `Not taken, since nothing was known of their enterprises before: ${unknown} results`)
    const share = ((100 * positives) / Math.max(1, rows)).toFixed(1)
    return [
      `${rows} rows of ${features.length} features, ${from} to ${to}; ${positives} positive (${share} %)`,
      `${folder}: rows.parquet, columns.json; data hash ${dataHash.slice(0, 12)}; ${seconds.toFixed(1)} s`,
    ]
  })
}
