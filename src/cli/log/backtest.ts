/** `forewarn backtest`: how good warnings would have been, beside other detectors at equal false alarms. */
import { readFile, writeFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { type TickUnit, tickUnits } from '../../../streams/calendar.ts'
import { profileOf } from '../../activation.ts'
import { archivePanel } from '../../backtest/archivePanel.ts'
import { type BacktestResult, backtest } from '../../backtest/backtest.ts'
import { type DetectorName, detectorNames } from '../../backtest/detectors.ts'
import { backtestHtml } from '../../backtest/page.ts'
import type { Panel } from '../../backtest/panel.ts'
import { daysOf } from '../../backtest/panel.ts'
import type { Estimate } from '../../backtest/score.ts'
import { readSeries } from '../../backtest/seriesFile.ts'
import { ForewarnError, mistakeIn } from '../../errors.ts'
import { fileFault } from '../../fileFaults.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { Truth } from '../../simulate/truth.ts'
import {
  addLogOptions,
  type LogOptions,
  nonNegative,
  printResult,
  processScreen,
  type Screen,
  wholeNumber,
  withLog,
} from '../common.ts'

type Options = LogOptions & {
  series?: string
  truth?: string
  profile: string
  detector?: DetectorName[]
  false?: string[]
  countMin: string
  tick?: TickUnit
  missing: 'unknown' | 'zero'
  html?: string
  json?: boolean
}

const help = `
Without --series the archive of the log is judged: each closed tick, by what came before it alone. --truth takes the truth.json of
\`forewarn simulate\`; without it nothing is known of outbreaks, and what is told is how often each detector would have called.

A series file has the columns date, cell and count, and if wanted region, exposure (size of the cell) and outbreak (1, or the name of
its kind, in the ticks of one). Rows may stand in any order. docs/warnings.md says what becomes of gaps, and what each figure means.

Examples:
  $ forewarn backtest --series complaints.csv --html backtest.html
  $ forewarn backtest --series weekly.csv --detector ears-c2 forewarn --false 0.05 0.1
  $ forewarn backtest --log embedded:data --truth market/truth.json --json`

/** The first ticks of a cell teach. */
const warmTicks = 14
const marketRates = [0.2, 0.5, 1]
const cellYearRates = [0.5, 1, 2]
const weeksPerYear = 52.18

export function backtestCommand(screen: Screen = processScreen): Command {
  const command = new Command('backtest')
    .description(
      'How many outbreaks would have been found, how soon, and at how many false alarms; by several detectors, side by side.',
    )
    .option('--series <file>', 'CSV of count series: date, cell, count, and if wanted region, exposure, outbreak')
    .option('--truth <file>', 'truth.json of a simulated market, for the archive of a log')
    .option('--profile <name|dir>', 'profile of the log', 'cn')
    .addOption(new Option('--detector <name...>', 'detectors to compare; all without it').choices(detectorNames))
    .option(
      '--false <n...>',
      'false episodes a week over all cells together (default: 0.2, 0.5 and 1; of a series file 0.5, 1 and 2 a cell and year)',
    )
    .option('--count-min <n>', 'the least count that may call', '3')
    .addOption(
      new Option('--tick <unit>', 'length of a tick of a series file; found by its dates without it').choices(
        tickUnits,
      ),
    )
    .addOption(
      new Option('--missing <meaning>', 'what a tick without a row means')
        .choices(['unknown', 'zero'])
        .default('unknown'),
    )
    .option('--html <file>', 'write one page that a person reads')
    .option('--json', 'print the whole result as one JSON object')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const panel = await panelFor(options)
      const result = backtest(panel, {
        detectors: options.detector ?? detectorNames,
        falsePerWeek: ratesOf(options, panel),
        warmTicks,
        countMin: wholeNumber('--count-min', options.countMin, 1),
      })
      const title = `Backtest: ${options.series ?? options.log}`
      if (options.html !== undefined) await writeFile(options.html, backtestHtml(result, title))
      await printResult(screen, options, result, () => linesOf(result))
    })
  return addLogOptions(command)
}

async function panelFor(options: Options): Promise<Panel> {
  const { series, truth } = options
  if (series !== undefined && truth !== undefined)
    throw new ForewarnError('FW_USAGE', [
      '--truth belongs to the archive of a log; outbreaks of --series stand in its column outbreak.',
    ])
  if (series !== undefined) return readSeries(series, { unit: options.tick, missing: options.missing })
  const named = await loadProfile(options.profile)
  const planned = truth === undefined ? [] : await truthIn(truth)
  return withLog(options, 'read', async (log) => archivePanel(log, await profileOf(log, named), planned))
}

async function truthIn(file: string): Promise<Truth['outbreaks']> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ForewarnError('FW_USAGE', [`--truth ${file} cannot be read: ${fileFault(error)}.`], { cause: error })
  })
  try {
    return Truth.parse(JSON.parse(text)).outbreaks
  } catch (error) {
    throw new ForewarnError('FW_USAGE', [
      `--truth ${file} is no truth.json of a simulated market: ${mistakeIn(error)}.`,
    ])
  }
}

function ratesOf({ false: asked, series }: Options, { cells, calendar, ticks }: Panel): number[] {
  if (asked !== undefined) return asked.map((text) => nonNegative('--false', text)).sort((a, b) => a - b)
  if (series === undefined) return marketRates
  const weeks = Math.max(1, (ticks * daysOf(calendar)) / 7)
  return cellYearRates.map((rate) =>
    Number(Math.max((rate * cells.length) / weeksPerYear, 1 / weeks / 2).toPrecision(3)),
  )
}

function* linesOf({ about, at, notes }: BacktestResult): Iterable<string> {
  yield `${about.cells} cells, ${about.ticks} ${about.unit}s from ${about.from} to ${about.to}, ${about.counted} events, ${about.outbreaks} known outbreaks`
  yield* notes
  for (const { falsePerWeek, detectors } of at) {
    yield ''
    yield `at ${falsePerWeek} false episodes a week`
    for (const { detector, pod, exact, delay, lead, precision, perWeekRegion, ...score } of detectors) {
      const found = `found ${share(pod)}, own cell ${share(exact)}, delay ${mean(delay)}, lead ${mean(lead)}, precision ${share(precision)}`
      yield `  ${detector.padEnd(12)} ${found}, false a week ${score.falsePerWeek.toFixed(2)}, a week and region ${perWeekRegion.toFixed(3)}`
    }
  }
}

const share = (estimate: Estimate | undefined): string =>
  estimate === undefined ? '-' : `${(100 * estimate.value).toFixed(1)} % (se ${(100 * estimate.se).toFixed(1)})`
const mean = (estimate: Estimate | undefined): string =>
  estimate === undefined ? '-' : `${estimate.value.toFixed(1)} (se ${estimate.se.toFixed(1)})`
