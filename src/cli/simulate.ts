/** `forewarn simulate`: a market in files, with the truth about its outbreaks beside them. */
import cliProgress from 'cli-progress'
import { Command } from 'commander'
import type { Profile } from '../../streams/profile.ts'
import { readInstantMs } from '../../streams/readText.ts'
import { ForewarnError } from '../errors.ts'
import { loadProfile } from '../settings/profiles.ts'
import { type Simulation, simulate } from '../simulate/simulate.ts'
import type { ArtefactRequest } from '../simulate/troubles/artefacts.ts'
import type { TroubleRequest } from '../simulate/troubles/troubles.ts'
import { artefactKinds, troubleKinds } from '../simulate/truth.ts'
import { type WriteProgress, type Written, writeSimulation } from '../simulate/write.ts'
import { jsonText, wholeNumber } from './common.ts'

type Options = {
  out: string
  enterprises: string
  days: string
  seed: string
  start: string
  profile: string
  outbreaks: boolean
  silences: boolean
  trouble: readonly TroubleRequest[]
  artefact: readonly ArtefactRequest[]
  json?: boolean
}

const example = `
Example:
  $ forewarn simulate --out market --enterprises 20000 --days 90 --seed 7
  $ forewarn ingest --known-at knownAt enterprises=market/enterprises.ndjson \\
      credit-grades=market/credit-grades.ndjson risk-events=market/risk-events.ndjson
  $ forewarn simulate --out market --days 120 --trouble swap:70:4 --artefact batch:30 --artefact enterprise

--trouble is what scores should show, and counts hardly do: swap (soft events become judgments, arrears or fines), grades (a worse mix
of grades), sick (a few enterprises with grave events), in a quarter of the outermost regions after 7 of 12 parts of the days unless said
otherwise. --artefact looks like trouble and is none: batch (an upload in one second), return (a source that comes back), enterprise
(many events of one). Each may be asked for several times, and stands in truth.json.

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
    .option('--no-outbreaks', 'the same market without outbreaks')
    .option('--no-silences', 'no source falls silent')
    .option('--trouble <kind[:day[:regions]]>', `plan trouble too: ${troubleKinds.join(', ')}`, collectTrouble, [])
    .option(
      '--artefact <kind[:day]>',
      `plan what looks like trouble too: ${artefactKinds.join(', ')}`,
      collectArtefact,
      [],
    )
    .option('--json', 'print the summary as one JSON object')
    .addHelpText('after', example)
    .action(async (options: Options) => {
      const enterprises = wholeNumber('--enterprises', options.enterprises)
      const days = wholeNumber('--days', options.days)
      const seed = wholeNumber('--seed', options.seed)
      const profile = await loadProfile(options.profile)
      const { outbreaks, silences, trouble: troubles, artefact: artefacts } = options
      const start = startMs(options.start, profile)
      const planned = { outbreaks, silences, troubles, artefacts }
      const simulation = simulate(profile, { enterprises, days, seed, start, ...planned })
      const written = await writeWithProgress(simulation, options.out)
      process.stdout.write(`${options.json ? jsonText(written) : summary(written, simulation)}\n`)
    })
}

function collectTrouble(text: string, before: readonly TroubleRequest[]): TroubleRequest[] {
  const [name, fromDay, regions, ...more] = text.split(':')
  const kind = troubleKinds.find((one) => one === name)
  if (kind === undefined || more.length > 0)
    throw new ForewarnError('FW_USAGE', [
      `--trouble must be ${troubleKinds.join(', ')}, with a day and a number of regions such as swap:70:4; not ${text}.`,
    ])
  return [
    ...before,
    {
      kind,
      ...dayOf('--trouble', fromDay),
      ...(regions === undefined ? {} : { regions: wholeNumber('--trouble', regions, 1) }),
    },
  ]
}

function collectArtefact(text: string, before: readonly ArtefactRequest[]): ArtefactRequest[] {
  const [name, fromDay, ...more] = text.split(':')
  const kind = artefactKinds.find((one) => one === name)
  if (kind === undefined || more.length > 0)
    throw new ForewarnError('FW_USAGE', [
      `--artefact must be ${artefactKinds.join(', ')}, with a day such as batch:30; not ${text}.`,
    ])
  return [...before, { kind, ...dayOf('--artefact', fromDay) }]
}

function dayOf(option: string, day: string | undefined): { fromDay?: number } {
  return day === undefined ? {} : { fromDay: wholeNumber(option, day) }
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
