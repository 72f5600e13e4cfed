/** `forewarn topics`: the topics of a Kafka log, made and checked. */
import { Command, Option } from 'commander'
import { kafkaConnection } from '../edges/kafkaConnection.ts'
import { type Deviation, deviations, jointDeviations, type Times, wantedTopics } from '../log/kafka/topicSettings.ts'
import { createTopics, describeTopics } from '../log/kafka/topics.ts'
import {
  addLogOptions,
  CommandFailed,
  jsonText,
  kafkaBrokers,
  type LogOptions,
  prefixesOf,
  print,
  processScreen,
  remark,
  type Screen,
  wholeNumber,
} from './common.ts'

type Options = LogOptions & { partitions: string; replication: string; times: Times; json?: boolean }

const createHelp = `
The number of partitions is fixed for the life of the topics: one enterprise task each. One process folds about 40,000
events a second; 12 partitions leave room for as many processes.

Examples:
  $ forewarn topics create --log kafka://broker:9092 --partitions 12 --replication 3
  $ forewarn topics create --log kafka://localhost:9092 --partitions 4 --times create   for an import of history`

export function topicsCommand(screen: Screen = processScreen): Command {
  const create = new Command('create')
    .description('Make the topics that are missing, with the settings that forewarn needs.')
    .option('--partitions <n>', 'partitions of the inputs', '12')
    .option('--replication <n>', 'copies of each partition', '1')
    .addOption(
      new Option('--times <who>', 'who stamps the time of inputs: the broker (log), or the sender (create)')
        .choices(['log', 'create'])
        .default('log'),
    )
    .option('--json', 'print {made: [topics]}')
    .addHelpText('after', createHelp)
    .action(async (options: Options) => {
      const connection = kafkaConnection(kafkaBrokers(options.log))
      const made = await createTopics(connection, {
        prefixes: prefixesOf(options),
        partitions: wholeNumber('--partitions', options.partitions, 1),
        replication: wholeNumber('--replication', options.replication, 1),
        times: options.times,
      })
      if (options.json) await print(screen, jsonText({ made }))
      else await print(screen, made.length === 0 ? 'All topics are there.' : `Made ${made.length} topics.`)
    })
  const check = new Command('check')
    .description('Name every setting of the topics that could lose records or stop the fold, with its remedy.')
    .option('--json', 'print the deviations as one JSON array')
    .action(async (options: Options) => {
      const found = await topicDeviations(options)
      if (options.json) await print(screen, jsonText(found))
      else await printDeviations(screen, found)
      if (found.some(({ severity }) => severity === 'fail')) throw new CommandFailed()
    })
  return new Command('topics')
    .description('Topics of a Kafka log.')
    .addCommand(addLogOptions(create))
    .addCommand(addLogOptions(check))
}

async function printDeviations(screen: Screen, found: readonly Deviation[]): Promise<void> {
  if (found.length === 0) remark(screen, 'Every topic is as it must be.')
  for (const { topic, severity, says, remedy } of found)
    await print(screen, `${severity.padEnd(4)} ${topic} ${says}.\n     ${remedy}`)
}

/** All deviations of the topics that the options name. */
export async function topicDeviations(options: LogOptions): Promise<Deviation[]> {
  const prefixes = prefixesOf(options)
  const found = await describeTopics(kafkaConnection(kafkaBrokers(options.log)), prefixes)
  const inputs = found.get('risk-events')
  const plan = {
    prefixes,
    partitions: inputs?.partitions ?? 1,
    replication: inputs?.replication ?? 1,
    times: 'create',
  } as const
  return [
    ...wantedTopics(plan).flatMap((wanted) => deviations(wanted, found.get(wanted.topic))),
    ...jointDeviations(found, prefixes),
  ]
}
