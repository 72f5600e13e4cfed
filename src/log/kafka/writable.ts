/** Whether a user may write topics, by the broker's own word (KIP-430) and without a record: kafkajs asks for no such metadata. */
import type Cluster from 'kafkajs/src/cluster/index.js'
import Decoder from 'kafkajs/src/protocol/decoder.js'
import Encoder from 'kafkajs/src/protocol/encoder.js'

const metadata = { apiKey: 3, apiVersion: 8, apiName: 'Metadata' }
/** The bit of Write in a set of operations. */
const write = 1 << 4

/** Those of some topics that this user may not write. Brokers before Kafka 2.3 do not say: none. */
export async function unwritable(cluster: Cluster, topics: readonly string[]): Promise<string[]> {
  await cluster.refreshMetadata()
  const broker = await cluster.findControllerBroker()
  if ((broker.versions[metadata.apiKey]?.maxVersion ?? 0) < metadata.apiVersion) return []
  const operations = await broker.connectionPool.send({
    request: { ...metadata, encode: async () => request(topics) },
    response: { decode: async (bytes) => response(new Decoder(bytes)), parse: async (decoded) => decoded },
  })
  return topics.filter((topic) => ((operations.get(topic) ?? 0) & write) === 0)
}

/** topics, allow_auto_topic_creation, include_cluster_authorized_operations, include_topic_authorized_operations */
function request(topics: readonly string[]): Encoder {
  return new Encoder()
    .writeNullableArray([...topics])
    .writeBoolean(false)
    .writeBoolean(false)
    .writeBoolean(true)
}

/** The operations allowed by topic, a bit each; everything before and between is read over. */
function response(decoder: Decoder): Map<string, number> {
  const int = (): number => decoder.readInt32()
  int() // throttle_time_ms
  decoder.readArray(() => [int(), decoder.readString(), int(), decoder.readString()]) // node_id host port rack
  decoder.readString() // cluster_id
  int() // controller_id
  return new Map(decoder.readArray(topic))

  function topic(): [string, number] {
    decoder.readInt16() // error_code
    const name = decoder.readString() ?? ''
    decoder.readBoolean() // is_internal
    decoder.readArray(partition)
    return [name, int()]
  }

  /** error_code partition_index leader_id leader_epoch replica_nodes isr_nodes offline_replicas */
  function partition(): void {
    decoder.readInt16()
    for (let field = 0; field < 3; field++) int()
    for (let list = 0; list < 3; list++) decoder.readArray(int)
  }
}
