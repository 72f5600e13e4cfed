/** `forewarn topics`: the topics of a Kafka log, made and checked. */
import { Command, Option } from 'commander'
import {
  type Deviation,
  deviations,
  jointDeviations,
  saidOnce,
  type Times,
  wantedTopics,
} from '../../log/kafka/topicSettings.ts'
import { createTopics, describeTopics } from '../../log/kafka/topics.ts'
import { kafkaConnection } from '../../settings/kafkaConnection.ts'
import {
  addLogOptions,
  CommandFailed,
  kafkaBrokers,
  type LogOptions,
  prefixesOf,
  printResult,
  processScreen,
  remark,
  type Screen,
  wholeNumber,
} from '../common.ts'

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
      await printResult(screen, options, { made }, () => [
        made.length === 0 ? 'All topics are there.' : `Made ${made.length} topics.`,
      ])
    })
  const check = new Command('check')
    .description('Name every setting of the topics that could lose records or stop the fold, with its remedy.')
    .option('--json', 'print the deviations as one JSON array')
    .action(async (options: Options) => {
      const found = await topicDeviations(options)
      if (found.length === 0 && !options.json) remark(screen, 'Every topic is as it must be.')
      await printResult(screen, options, found, () =>
        saidOnce(found).map(
          ({ topic, severity, says, remedy }) => `${severity.padEnd(4)} ${topic} ${says}.\n     ${remedy}`,
        ),
      )
      if (found.some(({ severity }) => severity === 'fail')) throw new CommandFailed()
    })
  return new Command('topics')
    .description('Topics of a Kafka log.')
    .addCommand(addLogOptions(create))
    .addCommand(addLogOptions(check))
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
