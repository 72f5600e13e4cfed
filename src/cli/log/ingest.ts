/** `forewarn ingest`: records from files or standard input into the log, as they come (live) or as history (an import). */
import { Argument, Command, Option } from 'commander'
import type { Profile } from '../../../streams/profile.ts'
import { recordTopics } from '../../../streams/topics.ts'
import { profileOf } from '../../activation.ts'
import { ForewarnError } from '../../errors.ts'
import { filesText } from '../../fold/imports.ts'
import { checkBeginning } from '../../ingest/files/entries.ts'
import { leadingGapText } from '../../ingest/files/leadingGaps.ts'
import { httpTarget } from '../../ingest/httpTarget.ts'
import { abandonImport } from '../../ingest/imports/abandonImport.ts'
import { runImport } from '../../ingest/imports/import.ts'
import type { ImportSummary } from '../../ingest/imports/importOptions.ts'
import { checkProfile, readCommands } from '../../ingest/imports/importState.ts'
import type { RefusedLine } from '../../ingest/intake.ts'
import { type CutSummary, ingestLive, type LiveSummary, type LiveTarget, logTarget } from '../../ingest/live.ts'
import { patientTarget } from '../../ingest/patientTarget.ts'
import { type UnknownCodes, unknownText } from '../../ingest/unknownCodes.ts'
import { secondMs, waitMsDefault } from '../../limits.ts'
import type { Log } from '../../log/port.ts'
import { loadProfile } from '../../settings/profiles.ts'
import {
  addLogOptions,
  CommandFailed,
  holderOf,
  type LogOptions,
  nonNegative,
  openLogOption,
  plainText,
  printResult,
  processScreen,
  progressBar,
  remark,
  type Screen,
  withLog,
} from '../common.ts'
import { kindAndFile, namedIn, namesIn } from './ingestNames.ts'

type Options = LogOptions & {
  profile: string
  as?: string
  knownAt?: string
  resume?: boolean
  abandon?: boolean
  wait: string
  json?: boolean
}

const refusedShown = 5

const examples = `
Live: the records become known now. When a process runs on the log, they are sent to it over HTTP.
  $ forewarn ingest --as risk-events events.ndjson
  $ tail -f events.ndjson | forewarn ingest --as risk-events -

History: --known-at names the field (CSV: the column) that says when a record became known; a profile may say it of its own files.
All kinds go in one import.
  $ forewarn ingest --known-at knownAt enterprises=enterprises.ndjson \\
      credit-grades=grades.csv risk-events=events.ndjson.gz
  $ forewarn ingest --known-at notice_date --profile us-warn risk-events=warn_1of4.csv.gz risk-events=warn_2of4.csv.gz
  $ forewarn ingest --profile chicago-food places=inspections.csv visits=inspections.csv

Files are NDJSON, or CSV whose columns the profile maps; plain or gzip. A bad line becomes a dead letter with its file and number.
A file that is no such text is refused before anything is written (exit code 2); where no line is good, the exit code is 1.
Kinds: ${recordTopics.join(', ')}, and the names under \`files\` in the profile.`

export function ingestCommand(screen: Screen = processScreen): Command {
  const command = new Command('ingest')
    .description('Put records into the log: live, or an import of history.')
    .addArgument(new Argument('[files...]', 'FILE or - (live, with --as), or KIND=FILE (history)'))
    .addOption(new Option('--as <kind>', 'kind of the records of a live ingest').conflicts('knownAt'))
    .addOption(new Option('--known-at <field>', 'import history; the field says when a line became known'))
    .addOption(new Option('--resume', 'go on with an import that was cut').conflicts('as'))
    .addOption(new Option('--abandon', 'end an import that was cut, as it is').conflicts(['as', 'knownAt', 'resume']))
    .option(
      '--wait <seconds>',
      'how long to wait for the process that holds the log when it goes away, such as for a restart (live)',
      String(waitMsDefault / secondMs),
    )
    .option('--profile <name|dir>', 'profile that the records belong to', 'cn')
    .option('--json', 'print the summary as one JSON object')
    .addHelpText('after', examples)
    .action(async (files: string[], options: Options) => {
      if (options.abandon === true) return abandon(screen, options, files)
      if (files.length === 0) throw new ForewarnError('FW_USAGE', ['Say which files; - is standard input.'])
      const profile = await loadProfile(options.profile)
      const isHistory =
        options.as === undefined && (options.knownAt !== undefined || files.every((one) => one.includes('=')))
      await (isHistory ? importFiles : ingestFiles)(screen, options, profile, files)
    })
  return addLogOptions(command)
}

async function importFiles(screen: Screen, options: Options, profile: Profile, args: readonly string[]): Promise<void> {
  const files = args.map((argument) => kindAndFile(argument, profile))
  for (const { file, ...kind } of files) await checkBeginning(file, { profile, ...kind, field: options.knownAt })
  const bar = progressBar(screen)
  const onProgress = ({ doing, done, total }: { doing: string; done: number; total: number }): void =>
    bar.update(done, total, doing)
  const { knownAt: field, resume = false } = options
  const summary = await withLog(options, 'write', async (log) =>
    runImport({ log, profile: await knownProfile(log, profile), field, files, resume, onProgress }),
  ).finally(bar.stop)
  tellRefused(screen, summary.lines, total(summary.refused))
  tellUnknown(screen, summary.unknown, profile)
  for (const gap of summary.leadingGaps.slice(0, refusedShown))
    remark(screen, `${leadingGapText(gap)}: what lies before teaches nothing`)
  await printResult(screen, options, summary, () => [importSentence(summary)])
  if (summary.accepted === 0) throw new CommandFailed()
}

async function abandon(screen: Screen, options: Options, files: readonly string[]): Promise<void> {
  if (files.length > 0) throw new ForewarnError('FW_USAGE', ['--abandon takes no files.'])
  const { source, throughMs } = await withLog(options, 'change', abandonImport)
  const through = new Date(throughMs).toISOString()
  const what = source === undefined ? 'of an earlier version' : `of ${plainText(filesText(source))}`
  const sentence = `Ended the import ${what}. What it had written stays; it is complete through ${through}.`
  await printResult(screen, options, { abandoned: source?.files ?? [], through }, () => [sentence])
}

function importSentence({ records, held, leftOut, from, to, seconds }: ImportSummary): string {
  if (from === undefined) return `Nothing to import${rowsLeftOut(leftOut)}.`
  const counts = `${records.enterprises} enterprise records, ${records['credit-grades']} grades, ${records['risk-events']} risk events`
  const before = held === 0 ? '' : `, ${held} of them by an earlier run`
  return `Imported ${counts}${before}${rowsLeftOut(leftOut)}, known from ${from} to ${to}, in ${seconds.toFixed(1)} s.`
}

function rowsLeftOut(rows: number): string {
  return rows === 0 ? '' : `, ${rows} ${rows === 1 ? 'row' : 'rows'} left out by the profile`
}

async function ingestFiles(
  screen: Screen,
  options: Options,
  profile: Profile,
  files: readonly string[],
): Promise<void> {
  const { as = '', resume } = options
  const named = namedIn(profile, as)
  if (named === undefined) {
    throw new ForewarnError('FW_USAGE', [
      `Say of what kind the records are: --as ${namesIn(profile).join('|')}; or import history with --known-at FIELD KIND=FILE.`,
    ])
  }
  if (resume === true) throw new ForewarnError('FW_USAGE', ['--resume goes with an import of history.'])
  const records = { profile, ...named, files, stdin: screen.stdin }
  for (const file of files.filter((one) => one !== '-'))
    await checkBeginning(file, { profile, ...named, field: undefined, live: true })
  const { target, close } = await openTarget(screen, options, profile)
  const bar = progressBar(screen)
  try {
    const onProgress = (lines: number): void => bar.update(lines, lines, `${lines} lines`)
    const onCut = (taken: CutSummary): void => remark(screen, cutSentence(taken))
    const summary = await ingestLive({ ...records, target, onProgress, onCut })
    bar.stop()
    tellRefused(screen, summary.refused, total(summary.counts))
    tellUnknown(screen, summary.unknown, profile)
    await printResult(screen, options, summary, () => [liveSentence(summary, as)])
    if (summary.accepted === 0) throw new CommandFailed()
  } finally {
    bar.stop()
    await close()
  }
}

/** The log itself, or the process that holds it. */
async function openTarget(
  screen: Screen,
  options: Options,
  profile: Profile,
): Promise<{ target: LiveTarget; close: () => Promise<void> }> {
  const waitMs = nonNegative('--wait', options.wait) * secondMs
  const current = (): LiveTarget | undefined => {
    const holder = holderOf(options.log)
    return holder === undefined ? undefined : httpTarget(holder)
  }
  const onChange = (state: 'away' | 'back'): void => {
    const away = `The process that holds ${options.log} is away; waiting for it (${waitMs / secondMs} s, --wait).`
    if (waitMs > 0) remark(screen, state === 'away' ? away : 'It is back.')
  }
  if (current() !== undefined) {
    const target = patientTarget({
      current,
      logName: options.log,
      waitMs,
      now: () => performance.now(),
      onChange,
    })
    return { target, close: async () => {} }
  }
  const log = await openLogOption(options, 'write')
  try {
    const own = await knownProfile(log, profile)
    checkProfile(await readCommands(log), own)
    return { target: logTarget(log, own), close: () => log.close() }
  } catch (error) {
    await log.close()
    throw error
  }
}

/** The profile itself where it is an edition that the log knows, else with what the log was begun. */
async function knownProfile(log: Log, profile: Profile): Promise<Profile> {
  return (await readCommands(log)).editions.has(profile.hash) ? profile : profileOf(log, profile)
}

/** So that whoever sends knows from where on to send again. */
function cutSentence({ accepted, counts, file, line }: CutSummary): string {
  const where = file === '-' ? 'standard input' : file
  const through = line === 0 ? `nothing of ${where}` : `${where} through line ${line}`
  return `Taken before it ended: ${through}; in all ${accepted} good lines and ${total(counts)} refused.`
}

function liveSentence({ accepted, counts, leftOut, seconds }: LiveSummary, as: string): string {
  return `Took ${accepted} ${as} and refused ${total(counts)}${rowsLeftOut(leftOut)}, in ${seconds.toFixed(1)} s.`
}

/** Records with such codes are in the log; nobody should learn of it from a warning that never came. */
function tellUnknown(screen: Screen, unknown: UnknownCodes | undefined, { file }: Profile): void {
  if (unknown === undefined) return
  remark(screen, `kept, with codes that profile ${file.name} does not know: ${plainText(unknownText(unknown))}`)
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function tellRefused(screen: Screen, lines: readonly RefusedLine[], count: number): void {
  for (const { file = '', line, code, detail } of lines.slice(0, refusedShown))
    remark(screen, `${file}:${line}: ${code} ${plainText(detail).slice(0, 200)}`.trimEnd())
  if (count > refusedShown)
    remark(
      screen,
      `... and ${count - Math.min(refusedShown, lines.length)} more bad lines; --json lists the first thousand`,
    )
}
