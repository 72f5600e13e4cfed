/** `forewarn dead-letters list`: records that could not be used, with the reason and where they came from. */
import { Command } from 'commander'
import { errorRegistry, knownCode } from '../../errors.ts'
import type { Letter } from '../../ingest/redrive.ts'
import type { Log } from '../../log/port.ts'
import {
  addLogOptions,
  type LogOptions,
  print,
  processScreen,
  remark,
  type Screen,
  wholeNumber,
  withLog,
} from '../common.ts'
import { deadLetterSays, jsonRecord, timeOf } from '../show.ts'
import { codeOption, type LetterChoice, lettersOf, sinceOption } from './letters.ts'
import { redriveCommand } from './redrive.ts'
import { lastOf } from './topicReader.ts'

type Options = LogOptions & LetterChoice & { limit: string; json?: boolean }

const examples = `
Examples:
  $ forewarn dead-letters list --limit 20
  $ forewarn dead-letters list --code FW_EVENT_UNKNOWN_TYPE --since 2026-08-01 --json`

export function deadLettersCommand(screen: Screen = processScreen): Command {
  const list = new Command('list')
    .description('List dead letters, the newest last.')
    .addOption(codeOption())
    .addOption(sinceOption())
    .option('--limit <n>', 'at most so many, the newest', '100')
    .option('--json', 'one JSON object a line: partition, offset, time, key, headers, value')
    .addHelpText('after', examples)
    .action((options: Options) => withLog(options, 'read', (log) => listDeadLetters(log, options, screen)))
  return new Command('dead-letters')
    .description('Records that could not be used.')
    .addCommand(addLogOptions(list))
    .addCommand(redriveCommand(screen))
}

async function listDeadLetters(log: Log, options: Options, screen: Screen): Promise<void> {
  const byCode = new Map<string, number>()
  const wanted = counted(lettersOf(log, options), byCode)
  const shown = await lastOf(wanted, wholeNumber('--limit', options.limit))
  for (const letter of shown)
    await print(
      screen,
      options.json ? jsonRecord('dead-letters', letter) : `${timeOf(letter.record)} ${deadLetterSays(letter.record)}`,
    )
  if (!options.json) tellCounts(screen, byCode, shown.length)
}

async function* counted(letters: AsyncIterable<Letter>, byCode: Map<string, number>): AsyncGenerator<Letter> {
  for await (const letter of letters) {
    const code = letter.record.headers?.['error-code'] ?? '-'
    byCode.set(code, (byCode.get(code) ?? 0) + 1)
    yield letter
  }
}

/** How many there are of each code, and what to do about it. */
function tellCounts(screen: Screen, byCode: ReadonlyMap<string, number>, shown: number): void {
  const all = [...byCode.values()].reduce((sum, count) => sum + count, 0)
  remark(screen, all === 0 ? 'No dead letters.' : `${shown} of ${all} dead letters shown.`)
  for (const [code, count] of [...byCode].sort(([, a], [, b]) => b - a)) {
    const known = knownCode(code)
    remark(screen, `  ${count} ${code}${known === undefined ? '' : `: ${errorRegistry[known].remedy}`}`)
  }
}
