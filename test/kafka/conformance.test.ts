/** The suite of every log, on a real broker. */
import { openKafkaLog } from '../../src/log/kafka/kafkaLog.ts'
import { describeLog } from '../log/conformance.ts'
import { newKafkaLog } from './logs.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

describeWithKafka('on a real broker', () => {
  describeLog('kafka', async (partitions) => {
    const { host } = await sharedBroker()
    const { log, connection, prefixes, dispose } = await newKafkaLog(host, partitions)
    const opened = [log]
    return {
      log,
      reopen: async () => {
        await log.close()
        const again = await openKafkaLog({ connection, prefixes })
        opened.push(again)
        return again
      },
      dispose: async () => {
        for (const one of opened.slice(1)) await one.close()
        await dispose()
      },
    }
  })
})
