/** Topics of a version with fewer tasks: they get the partitions of newer tasks, and keep what they hold. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { withAdmin } from '../../src/log/kafka/admin.ts'
import { openKafkaLog } from '../../src/log/kafka/kafkaLog.ts'
import { deviations, wantedTopics } from '../../src/log/kafka/topicSettings.ts'
import { createTopics, describeTopics } from '../../src/log/kafka/topics.ts'
import { isOneATask } from '../../src/log/topology.ts'
import { deleteTopics } from './logs.ts'
import { makeTopics } from './makeTopics.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

describeWithKafka('topics of a version that had fewer tasks', () => {
  it('are refused until they are made wider, and keep the number of input partitions', async () => {
    const { host } = await sharedBroker()
    const prefix = `test-${randomUUID().slice(0, 8)}`
    const [connection, prefixes] = [
      { brokers: [host], clientId: 'test' },
      { input: prefix, output: prefix },
    ]
    const plan = { prefixes, partitions: 2, replication: 1, times: 'create' } as const
    const wanted = wantedTopics(plan)
    await withAdmin(connection, (admin) =>
      makeTopics(
        admin,
        wanted.map(({ topic, name, partitions }) => ({
          topic: name,
          numPartitions: isOneATask(topic) ? partitions - 1 : partitions,
        })),
      ),
    )
    await expect(openKafkaLog({ connection, prefixes })).rejects.toMatchObject({ code: 'FW_KAFKA_TOPICS' })
    const found = await describeTopics(connection, prefixes)
    const remedies = wanted.flatMap((one) =>
      deviations(one, found.get(one.topic)).flatMap(({ says, remedy }) => (says.includes('partitions') ? remedy : [])),
    )
    expect(remedies).toEqual(Array(4).fill('Make those of newer tasks: forewarn topics create.'))

    expect(await createTopics(connection, { ...plan, partitions: 12 })).toEqual([])
    const log = await openKafkaLog({ connection, prefixes })
    expect([log.partitions('risk-events'), log.partitions('fates')]).toEqual([2, 3])
    const watch = await log.openTask({ kind: 'watch' })
    await watch.commit({ outputs: [], journal: Buffer.from('beat'), timeMs: 0 })
    expect((await log.read('journal', 2, 0, 1_000)).records).toHaveLength(1)
    await log.close()
    await deleteTopics(connection, prefixes)
  })
})
