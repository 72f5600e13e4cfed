/** `forewarn simulate`: a market in files, with the truth about its outbreaks beside them. */
import cliProgress from 'cli-progress'
import { Command } from 'commander'
import type { Profile } from '../../streams/profile.ts'
import { readInstantMs } from '../../streams/readText.ts'
import { ForewarnError } from '../errors.ts'
import { loadProfile } from '../settings/profiles.ts'
import { type Simulation, simulate } from '../simulate/simulate.ts'
import { type WriteProgress, type Written, writeSimulation } from '../simulate/write.ts'
import { jsonText, wholeNumber } from './common.ts'

type Options = {
  out: string
  enterprises: string
  days: string
  seed: string
  start: string
  profile: string
  json?: boolean
}

const example = `
Example:
  $ forewarn simulate --out market --enterprises 20000 --days 90 --seed 7
  $ forewarn ingest --known-at knownAt enterprises=market/enterprises.ndjson \\
      credit-grades=market/credit-grades.ndjson risk-events=market/risk-events.ndjson

truth.json tells the outbreaks that were planned, hazard.ndjson the hidden hazard of each enterprise every 30 days.
The same seed gives the same files.`

export function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'Write a simulated market into files: enterprises, credit grades, risk events, and the truth about its outbreaks.',
    )
    .requiredOption('--out <dir>', 'folder to write into; made if it is not there, files in it are overwritten')
    .option('--enterprises <n>', 'number of enterprises', '20000')
    .option('--days <d>', 'days to simulate; outbreaks begin after day 25', '90')
    .option('--seed <s>', 'whole number from which everything is drawn', '1')
    .option(
      '--start <date>',
      "first day (YYYY-MM-DD) or instant (ISO 8601), in the profile's time zone if it names none",
      '2025-01-01',
    )
    .option('--profile <name|dir>', 'profile whose codes are used', 'cn')
    .option('--json', 'print the summary as one JSON object')
    .addHelpText('after', example)
    .action(async (options: Options) => {
      const enterprises = wholeNumber('--enterprises', options.enterprises)
      const days = wholeNumber('--days', options.days)
      const seed = wholeNumber('--seed', options.seed)
      const profile = await loadProfile(options.profile)
      const simulation = simulate(profile, { enterprises, days, seed, start: startMs(options.start, profile) })
      const written = await writeWithProgress(simulation, options.out)
      process.stdout.write(`${options.json ? jsonText(written) : summary(written, simulation)}\n`)
    })
}

/** A date is the first instant of that day where the supervisor is, a time without a zone is of the clocks there. */
function startMs(text: string, profile: Profile): number {
  const ms = readInstantMs(text, profile.file.tick.utcOffsetMinutes)
  if (ms === undefined) throw new ForewarnError('FW_USAGE', [`--start must be a date such as 2025-01-01, not ${text}.`])
  return ms
}

async function writeWithProgress(simulation: Simulation, directory: string): Promise<Written> {
  if (!process.stderr.isTTY) return writeSimulation(simulation, directory)
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: '{bar} day {value} of {total}, {records} records',
    clearOnComplete: true,
  })
  bar.start(simulation.truth.days, 0, { records: 0 })
  try {
    const onProgress = ({ day, records }: WriteProgress): void => bar.update(day, { records })
    return await writeSimulation(simulation, directory, { onProgress })
  } finally {
    bar.stop()
  }
}

function summary({ directory, lines, outbreaks }: Written, { truth }: Simulation): string {
  const counts = `${lines.enterprises} enterprise records, ${lines['credit-grades']} grades, ${lines['risk-events']} risk events`
  return `${directory}: ${counts} of ${truth.days} days, ${outbreaks} outbreaks (seed ${truth.seed}).`
}
