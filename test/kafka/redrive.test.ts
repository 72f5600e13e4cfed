/** `forewarn dead-letters redrive` on a real broker: what lies in the wrong partition, or under the wrong key, comes to the right task. */
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/common.ts'
import { deadLettersCommand } from '../../src/cli/log/deadLetters.ts'
import { partitionOf } from '../../streams/partition.ts'
import { event, recordsIn, testScreen } from '../ingest/support.ts'
import { bytesOf, foldToEnd } from '../support/fold.ts'
import { fateCounts } from '../support/readFold.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { type KafkaPlace, logArgs, newKafkaLog } from './logs.ts'
import { describeWithKafka, sharedBroker } from './support.ts'

const partitions = 3
const setting = { profile: tinyProfile, model: null, partitions }

async function redrive(place: KafkaPlace, ...args: string[]): Promise<string> {
  const screen = testScreen()
  const all = ['redrive', '--code', 'FW_MISROUTED', ...logArgs(place), ...args]
  expect(await runProgram(deadLettersCommand(screen), all, screen)).toBe(0)
  return screen.out.text
}

describeWithKafka('dead letters on Kafka', () => {
  test('a misrouted record is applied after its redrive, and everything has one fate', async () => {
    const { host } = await sharedBroker()
    const { log, dispose, ...place } = await newKafkaLog(host, partitions)
    try {
      const timeMs = Date.now() - 3_600_000
      const at = new Date(timeMs - 60_000).toISOString()
      const home = partitionOf('E1', partitions)
      const row = (id: string, key: string) => [{ key, timeMs, value: bytesOf(event(id, 'E1', at)) }]
      await log.append('risk-events', home, row('good', 'E1'))
      await log.append('risk-events', (home + 1) % partitions, row('elsewhere', 'E1'))
      await log.append('risk-events', (home + 2) % partitions, row('strange', 'E2'))
      await foldToEnd(log, setting)
      expect(await fateCounts(log)).toEqual({ applied: 1, dead: 2 })

      expect(await redrive(place)).toBe('Would send 2 to risk-events.\n')
      expect(await redrive(place, '--limit', '1', '--yes')).toBe('Sent 1 to risk-events.\n')
      expect(await redrive(place, '--yes')).toBe('Sent 1 to risk-events.\n')
      expect(await redrive(place, '--yes')).toBe('No dead letters to send back.\n')

      await foldToEnd(log, setting)
      expect(await recordsIn(log, 'risk-events')).toHaveLength(5)
      expect(await fateCounts(log)).toEqual({ applied: 3, dead: 2 })
    } finally {
      await dispose()
    }
  })
})
