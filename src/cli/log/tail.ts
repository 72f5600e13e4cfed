/** `forewarn tail`: what stands in a topic, as readable lines or as JSON. */
import { Argument, Command, Option } from 'commander'
import { type TopicName, topicNames } from '../../../streams/topics.ts'
import type { Log } from '../../log/port.ts'
import { addLogOptions, type LogOptions, print, processScreen, type Screen, wholeNumber, withLog } from '../common.ts'
import { jsonRecord, showRecord } from '../show.ts'
import { beforeLast, inOrder, lastOf, type Placed } from './topicReader.ts'

type Options = LogOptions & { from?: string; last: string; follow?: boolean; json?: boolean; language?: string }

const lookEveryMs = 1_000
const readable = topicNames.filter((topic) => topic !== 'checkpoints') // these are pages of bytes, not records

const examples = `
Examples:
  $ forewarn tail region-warnings --last 20
  $ forewarn tail cell-warnings --follow --language en
  $ forewarn tail scores --from 0 --json | jq .value.band`

/** `signal` ends a --follow. */
export function tailCommand(
  screen: Screen = processScreen,
  signal: AbortSignal = new AbortController().signal,
): Command {
  const command = new Command('tail')
    .description('Show the records of a topic.')
    .addArgument(new Argument('<topic>', 'name of the topic').choices(readable))
    .addOption(new Option('--from <offset>', 'from this offset of each partition on').conflicts('last'))
    .option('--last <n>', 'the last so many records', '10')
    .option('-f, --follow', 'wait for more')
    .option('--language <code>', 'language of sentences, where the profile has several')
    .option('--json', 'one JSON object a line: partition, offset, time, key, headers, value')
    .addHelpText('after', examples)
    .action((topic: TopicName, options: Options) =>
      withLog(options, 'read', (log) => tail(log, topic, options, screen, signal)),
    )
  return addLogOptions(command)
}

async function tail(log: Log, topic: TopicName, options: Options, screen: Screen, signal: AbortSignal): Promise<void> {
  const colour = screen.out.isTTY === true && !process.env.NO_COLOR
  const show = async (placed: Placed): Promise<void> => {
    const line = options.json
      ? jsonRecord(topic, placed)
      : showRecord(topic, placed, { colour, language: options.language })
    await print(screen, line)
  }
  const positions = await begin(log, topic, options, show)
  while (options.follow === true && !signal.aborted) {
    await log.changed(lookEveryMs)
    await showFrom(log, topic, positions, show)
  }
}

/** Shows what is there, and gives the positions after it. */
async function begin(
  log: Log,
  topic: TopicName,
  { from, last }: Options,
  show: (placed: Placed) => Promise<void>,
): Promise<number[]> {
  if (from !== undefined) {
    const positions: number[] = new Array(log.partitions(topic)).fill(wholeNumber('--from', from))
    await showFrom(log, topic, positions, show)
    return positions
  }
  const count = wholeNumber('--last', last)
  const positions: number[] = []
  for (let partition = 0; partition < log.partitions(topic); partition++)
    positions.push(await beforeLast(log, topic, partition, count))
  for (const placed of await lastOf(advancing(inOrder(log, topic, positions), positions), count)) await show(placed)
  return positions
}

async function showFrom(
  log: Log,
  topic: TopicName,
  positions: number[],
  show: (placed: Placed) => Promise<void>,
): Promise<void> {
  for await (const placed of advancing(inOrder(log, topic, positions), positions)) await show(placed)
}

/** Moves the positions along with what is read. */
async function* advancing(records: AsyncIterable<Placed>, positions: number[]): AsyncGenerator<Placed> {
  for await (const placed of records) {
    positions[placed.partition] = placed.record.offset + 1
    yield placed
  }
}
