/** `forewarn dead-letters list`: records that could not be used, with the reason and where they came from. */
import { Command, Option } from 'commander'
import { type ErrorCode, errorCodes, errorRegistry, ForewarnError } from '../errors.ts'
import type { Log } from '../log/port.ts'
import {
  addLogOptions,
  type LogOptions,
  openLogOption,
  print,
  processScreen,
  remark,
  type Screen,
  wholeNumber,
} from './common.ts'
import { deadLetterSays, jsonRecord, timeOf } from './show.ts'
import { inOrder, lastOf, type Placed } from './topicReader.ts'

type Options = LogOptions & { code?: ErrorCode; since?: string; limit: string; json?: boolean }

const examples = `
Examples:
  $ forewarn dead-letters list --limit 20
  $ forewarn dead-letters list --code FW_EVENT_UNKNOWN_TYPE --since 2026-08-01 --json`

export function deadLettersCommand(screen: Screen = processScreen): Command {
  const list = new Command('list')
    .description('List dead letters, the newest last.')
    .addOption(new Option('--code <code>', 'only of this error code').choices(errorCodes))
    .option('--since <time>', 'only those known from this time on (ISO 8601; a date is UTC)')
    .option('--limit <n>', 'at most so many, the newest', '100')
    .option('--json', 'one JSON object a line: partition, offset, time, key, headers, value')
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      const log = await openLogOption(options, 'read')
      try {
        await listDeadLetters(log, options, screen)
      } finally {
        await log.close()
      }
    })
  return new Command('dead-letters').description('Records that could not be used.').addCommand(addLogOptions(list))
}

async function listDeadLetters(log: Log, options: Options, screen: Screen): Promise<void> {
  const sinceMs = options.since === undefined ? Number.NEGATIVE_INFINITY : instantOf(options.since)
  const byCode = new Map<string, number>()
  const from: number[] = new Array(log.partitions('dead-letters')).fill(0)
  const wanted = counted(
    inOrder(log, 'dead-letters', from),
    (placed) => placed.record.timeMs >= sinceMs && (options.code === undefined || codeOf(placed) === options.code),
    byCode,
  )
  const shown = await lastOf(wanted, wholeNumber('--limit', options.limit))
  for (const placed of shown)
    await print(screen, options.json ? jsonRecord(placed) : `${timeOf(placed.record)} ${deadLetterSays(placed.record)}`)
  if (!options.json) tellCounts(screen, byCode, shown.length)
}

async function* counted(
  items: AsyncIterable<Placed>,
  admits: (placed: Placed) => boolean,
  byCode: Map<string, number>,
): AsyncGenerator<Placed> {
  for await (const placed of items) {
    if (!admits(placed)) continue
    const code = codeOf(placed)
    byCode.set(code, (byCode.get(code) ?? 0) + 1)
    yield placed
  }
}

function codeOf({ record }: Placed): string {
  return record.headers?.['error-code'] ?? '-'
}

function instantOf(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms))
    throw new ForewarnError('FW_USAGE', [`--since must be a date or time such as 2026-08-01, not ${text}.`])
  return ms
}

/** How many there are of each code, and what to do about it. */
function tellCounts(screen: Screen, byCode: ReadonlyMap<string, number>, shown: number): void {
  const all = [...byCode.values()].reduce((sum, count) => sum + count, 0)
  remark(screen, all === 0 ? 'No dead letters.' : `${shown} of ${all} dead letters shown.`)
  for (const [code, count] of [...byCode].sort(([, a], [, b]) => b - a)) {
    const known = errorCodes.find((one) => one === code)
    remark(screen, `  ${count} ${code}${known === undefined ? '' : `: ${errorRegistry[known].remedy}`}`)
  }
}
