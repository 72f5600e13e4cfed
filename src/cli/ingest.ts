/** `forewarn ingest`: records from files or standard input into the log, as they come (live) or as history (an import). */
import { Argument, Command, Option } from 'commander'
import type { Profile } from '../../streams/profile.ts'
import { type RecordTopic, recordTopics } from '../../streams/topics.ts'
import { httpTarget } from '../edges/ingest/httpTarget.ts'
import { runImport } from '../edges/ingest/import.ts'
import type { ImportSummary } from '../edges/ingest/importOptions.ts'
import { checkProfile, readCommands } from '../edges/ingest/importState.ts'
import type { RefusedLine } from '../edges/ingest/intake.ts'
import { ingestLive, type LiveSummary, type LiveTarget, logTarget } from '../edges/ingest/live.ts'
import { loadProfile } from '../edges/profiles.ts'
import { ForewarnError } from '../errors.ts'
import {
  addLogOptions,
  type LogOptions,
  openLogOption,
  plainText,
  print,
  processScreen,
  progressBar,
  remark,
  type Screen,
  writerAddress,
} from './common.ts'

type Options = LogOptions & { profile: string; as?: RecordTopic; knownAt?: string; resume?: boolean; json?: boolean }

const refusedShown = 5

const examples = `
Live: the records become known now. When a process runs on the log, they are sent to it over HTTP.
  $ forewarn ingest --as risk-events events.ndjson
  $ tail -f events.ndjson | forewarn ingest --as risk-events -

History: --known-at names the field (CSV: the column) that says when a record became known. All kinds go in one import.
  $ forewarn ingest --known-at knownAt enterprises=enterprises.ndjson \\
      credit-grades=grades.csv risk-events=events.ndjson.gz
  $ forewarn ingest --known-at notice_date --profile us-warn risk-events=warn_1of4.csv.gz risk-events=warn_2of4.csv.gz

Files are NDJSON, or CSV whose columns the profile maps; plain or gzip. A bad line becomes a dead letter with its file and number.
Kinds: ${recordTopics.join(', ')}.`

export function ingestCommand(screen: Screen = processScreen): Command {
  const command = new Command('ingest')
    .description('Put records into the log: live, or an import of history with --known-at.')
    .addArgument(new Argument('<files...>', 'FILE or - (live, with --as), or KIND=FILE (with --known-at)'))
    .addOption(
      new Option('--as <kind>', 'kind of the records of a live ingest').choices(recordTopics).conflicts('knownAt'),
    )
    .addOption(new Option('--known-at <field>', 'import history; the field says when a line became known'))
    .addOption(new Option('--resume', 'go on with an import that was cut').conflicts('as'))
    .option('--profile <name|dir>', 'profile that the records belong to', 'cn')
    .option('--json', 'print the summary as one JSON object')
    .addHelpText('after', examples)
    .action(async (files: string[], options: Options) => {
      const profile = await loadProfile(options.profile)
      if (options.knownAt !== undefined)
        await importFiles(screen, { ...options, field: options.knownAt }, profile, files)
      else await ingestFiles(screen, options, profile, files)
    })
  return addLogOptions(command)
}

async function importFiles(
  screen: Screen,
  options: Options & { field: string },
  profile: Profile,
  args: readonly string[],
): Promise<void> {
  const files = args.map(kindAndFile)
  const log = await openLogOption(options, 'write')
  const bar = progressBar(screen)
  try {
    const onProgress = ({ doing, done, total }: { doing: string; done: number; total: number }): void =>
      bar.update(done, total, doing)
    const { field, resume = false } = options
    const summary = await runImport({ log, profile, field, files, resume, onProgress })
    bar.stop()
    tellRefused(screen, summary.lines, total(summary.refused))
    await print(screen, options.json ? JSON.stringify(summary) : importSentence(summary))
  } finally {
    bar.stop()
    await log.close()
  }
}

function kindAndFile(argument: string): { topic: RecordTopic; file: string } {
  const at = argument.indexOf('=')
  const topic = recordTopics.find((kind) => kind === argument.slice(0, at))
  const file = argument.slice(at + 1)
  if (at < 0 || topic === undefined)
    throw new ForewarnError('FW_USAGE', [
      `An import takes KIND=FILE, with a kind of ${recordTopics.join(', ')}; not ${argument}.`,
    ])
  if (file === '-')
    throw new ForewarnError('FW_USAGE', ['An import reads its files twice, so it cannot read standard input.'])
  return { topic, file }
}

function importSentence({ records, held, from, to, seconds }: ImportSummary): string {
  if (from === undefined) return 'Nothing to import.'
  const counts = `${records.enterprises} enterprise records, ${records['credit-grades']} grades, ${records['risk-events']} risk events`
  const before = held === 0 ? '' : `, ${held} of them by an earlier run`
  return `Imported ${counts}${before}, known from ${from} to ${to}, in ${seconds.toFixed(1)} s.`
}

async function ingestFiles(
  screen: Screen,
  options: Options,
  profile: Profile,
  files: readonly string[],
): Promise<void> {
  const { as: topic, resume } = options
  if (topic === undefined) {
    throw new ForewarnError('FW_USAGE', [
      `Say of what kind the records are: --as ${recordTopics.join('|')}; or import history with --known-at FIELD KIND=FILE.`,
    ])
  }
  if (resume === true) throw new ForewarnError('FW_USAGE', ['--resume goes with --known-at.'])
  const { target, close } = await openTarget(options, profile)
  const bar = progressBar(screen)
  try {
    const onProgress = (lines: number): void => bar.update(lines, lines, `${lines} lines`)
    const summary = await ingestLive({ target, profile, topic, files, stdin: screen.stdin, onProgress })
    bar.stop()
    tellRefused(screen, summary.refused, total(summary.counts))
    await print(screen, options.json ? JSON.stringify(summary) : liveSentence(summary, topic))
  } finally {
    bar.stop()
    await close()
  }
}

/** The log itself, or the process that holds it. */
async function openTarget(
  options: Options,
  profile: Profile,
): Promise<{ target: LiveTarget; close: () => Promise<void> }> {
  const address = writerAddress(options.log)
  if (address !== undefined) return { target: httpTarget(address, options.log), close: async () => {} }
  const log = await openLogOption(options, 'write')
  try {
    checkProfile(await readCommands(log), profile)
  } catch (error) {
    await log.close()
    throw error
  }
  return { target: logTarget(log, profile), close: () => log.close() }
}

function liveSentence({ accepted, counts, seconds }: LiveSummary, topic: RecordTopic): string {
  return `Took ${accepted} ${topic} and refused ${total(counts)}, in ${seconds.toFixed(1)} s.`
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
