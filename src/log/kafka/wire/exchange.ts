/**
 * Sends a request whose bytes are written already, and gives back the bytes of its answer. kafkajs copies a request twice, into zeroed buffers
 * of up to twice its size; here it goes to the socket as it is. Connections, timeouts and what brokers throttle stay kafkajs's.
 */
import type { InnerBroker } from 'kafkajs/src/cluster/index.js'
import { WireWriter } from './writer.ts'

/** `isFlexible`: with tagged fields behind its head, and behind that of its answer. */
export type RequestOf = { apiKey: number; apiVersion: number; apiName: string; isFlexible?: boolean }
/** `clientSideThrottleTime`, milliseconds: further requests are held back for so long. */
export type Answer = { clientSideThrottleTime: number }

const headRoom = 16 // the length, what is asked and its number, the length of the client's name

/**
 * Whoever gets an answer may write over the bytes: the broker has read them. After an error they may still be on their way.
 * @throws what kafkajs throws, and what `decode` does.
 */
export async function exchange<A extends Answer>(
  broker: InnerBroker,
  of: RequestOf,
  bytes: Buffer,
  decode: (answer: Buffer) => A,
): Promise<A> {
  const connection = await broker.connectionPool.getConnection()
  if (!connection.isAuthenticated()) await connection.authenticate()
  const correlationId = connection.nextCorrelationId()
  const head = headOf(of, correlationId, connection.clientId, bytes.length)
  const { payload } = await new Promise<{ payload: Buffer }>((resolve, reject) => {
    connection.failIfNotConnected()
    connection.requestQueue.push({
      entry: { ...of, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout: null,
      sendRequest: () => {
        const { socket } = connection
        socket.cork()
        socket.write(head)
        socket.write(bytes)
        socket.uncork()
      },
    })
  })
  const answer = decode(payload)
  connection.requestQueue.maybeThrottle(answer.clientSideThrottleTime)
  return answer
}

/** What stands before every request (protocol guide, "Request Header v1" and v2), its length first. */
function headOf(
  { apiKey, apiVersion, isFlexible = false }: RequestOf,
  correlationId: number,
  clientId: string,
  bytes: number,
): Buffer {
  const head = new WireWriter(headRoom + Buffer.byteLength(clientId))
  head.at = 4
  head.int16(apiKey)
  head.int16(apiVersion)
  head.int32(correlationId)
  head.string(clientId)
  if (isFlexible) head.unsigned(0)
  const length = head.at
  head.bytes.writeInt32BE(length - 4 + bytes)
  return head.bytes.subarray(0, length)
}
