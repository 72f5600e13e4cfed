/** Takes records away from the topics of a log, by Kafka's DeleteRecords: the low-water mark of a partition moves up. */
import { type TopicPrefixes, wireName } from '../../../streams/topics.ts'
import type { Cut } from '../port.ts'
import { withAdmin } from './admin.ts'
import type { KafkaConnection } from './connection.ts'
import { needing } from './faults.ts'

/** @throws ForewarnError FW_KAFKA_REFUSED without the right Delete. */
export async function forgetRecords(
  connection: KafkaConnection,
  { log, prefixes }: { log: string; prefixes: TopicPrefixes },
  cuts: readonly Cut[],
): Promise<void> {
  await withAdmin(connection, async (admin) => {
    for (const [short, own] of Map.groupBy(cuts, (cut) => cut.topic)) {
      const topic = wireName(short, prefixes)
      const partitions = own.map(({ partition, before }) => ({ partition, offset: String(before) }))
      await admin.fetchTopicOffsets(topic) // only then does the client know who leads its partitions
      await needing(`Delete on ${topic}`, log, admin.deleteTopicRecords({ topic, partitions }))
    }
  })
}
