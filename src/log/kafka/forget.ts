/** Takes records away from the topics of a log, by Kafka's DeleteRecords: the low-water mark of a partition moves up. */
import createRetry from 'kafkajs/src/retry/index.js'
import { type TopicPrefixes, wireName } from '../../../streams/topics.ts'
import type { Cut } from '../port.ts'
import { withAdmin } from './admin.ts'
import { clientRetry, type KafkaConnection } from './connection.ts'
import { isOfType, needing } from './faults.ts'

/** @throws ForewarnError FW_KAFKA_REFUSED without the right Delete. */
export async function forgetRecords(
  connection: KafkaConnection,
  { log, prefixes }: { log: string; prefixes: TopicPrefixes },
  cuts: readonly Cut[],
): Promise<void> {
  for (const [short, own] of Map.groupBy(cuts, (cut) => cut.topic)) {
    const topic = wireName(short, prefixes)
    const partitions = own.map(({ partition, before }) => ({ partition, offset: String(before) }))
    const forget = (): Promise<void> =>
      withAdmin(connection, async (admin) => {
        await admin.fetchTopicOffsets(topic) // only then does the client know who leads its partitions
        await needing(`Delete on ${topic}`, log, admin.deleteTopicRecords({ topic, partitions }))
      })
    // kafkajs does not ask again while a partition gets its leader; each time a client of its own asks, who knows nothing old.
    await createRetry(clientRetry)((bail) =>
      forget().catch((error: unknown) => {
        if (isOfType(error, 'NOT_LEADER_FOR_PARTITION')) throw error
        bail(error)
      }),
    )
  }
}
