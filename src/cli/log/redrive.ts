/** `forewarn dead-letters redrive`: dead letters back into their inputs, once what killed them is mended. */
import { Command, Option } from 'commander'
import { type RedriveSummary, redrive } from '../../ingest/redrive.ts'
import {
  addLogOptions,
  CommandFailed,
  type LogOptions,
  printResult,
  processScreen,
  remark,
  type Screen,
  wholeNumber,
  withLog,
} from '../common.ts'
import { codeOption, type LetterChoice, lettersOf, sinceOption } from './letters.ts'

type Options = LogOptions &
  LetterChoice & { limit: string; yes?: boolean; again?: boolean; any?: boolean; json?: boolean }

const help = `
A letter goes back as it was, with the header redriven-from, and becomes known when it is sent. A misrouted one goes under the id
of its own enterprise. Each is sent once: the header in the inputs says which were. What dies again is a new letter.

Examples:
  $ forewarn dead-letters redrive --code FW_MISROUTED                    say what would be sent, and send nothing
  $ forewarn dead-letters redrive --code FW_MISROUTED --limit 10 --yes   send the ten oldest`

export function redriveCommand(screen: Screen = processScreen): Command {
  const command = new Command('redrive')
    .description('Send dead letters back to their inputs, after the cause was mended.')
    .addOption(codeOption())
    .addOption(sinceOption())
    .option('--limit <n>', 'at most so many, the oldest first', '10000')
    .option('--yes', 'send them')
    .addOption(new Option('--dry-run', 'only say what would be sent, as without --yes').conflicts('yes'))
    .option('--again', 'also those that were sent back before')
    .option('--any', 'also those whose bytes stay dead, whatever was mended')
    .option('--json', 'print {sent: {topic: n}, before: n, refused: {why: n}, dryRun}')
    .addHelpText('after', help)
    .action((options: Options) => redriveLetters(options, screen))
  return addLogOptions(command)
}

async function redriveLetters(options: Options, screen: Screen): Promise<void> {
  const { yes: send = false, again = false, any = false } = options
  const limit = wholeNumber('--limit', options.limit)
  const summary = await withLog(options, send ? 'change' : 'read', (log) =>
    redrive({ log, letters: lettersOf(log, options), limit, send, again, any }),
  )
  await printResult(screen, options, { ...summary, dryRun: !send }, () => [sentence(summary, send)])
  if (!options.json) tellRest(screen, summary, send)
  if (sum(summary.sent) === 0 && sum(summary.refused) > 0) throw new CommandFailed()
}

function sentence({ sent }: RedriveSummary, send: boolean): string {
  const topics = Object.entries(sent).map(([topic, count]) => `${count} to ${topic}`)
  if (topics.length === 0) return 'No dead letters to send back.'
  return `${send ? 'Sent' : 'Would send'} ${topics.join(', ')}.`
}

function tellRest(screen: Screen, { sent, before, refused }: RedriveSummary, send: boolean): void {
  if (!send && sum(sent) > 0) remark(screen, 'Nothing was sent; --yes sends them.')
  if (before > 0) remark(screen, `${before} were sent back before; --again sends them once more.`)
  for (const [why, count] of Object.entries(refused)) remark(screen, `${count} stay where they are: ${why}.`)
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0)
}
