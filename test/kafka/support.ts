/** What a test file needs of Kafka: whether it is here, and the broker that all files share. */
import { inject, test } from 'vitest'
import { z } from 'zod'
import { describeIfAvailable } from '../support/available.ts'
import { kafkaAvailable } from './jars.ts'

const available = await kafkaAvailable()

/** A `describe` that is skipped, and says why, where no broker can run; with FOREWARN_REQUIRE_KAFKA=1 it fails there. */
export function describeWithKafka(name: string, body: () => void): void {
  describeWhere(available, name, body)
}

/** The same for what a test needs besides: `available` is true, or why it is not here. */
export function describeWhere(available: true | string, name: string, body: () => void): void {
  if (available !== true && process.env.FOREWARN_REQUIRE_KAFKA === '1') {
    test(`${name}: what it needs is here`, () => {
      throw new Error(available)
    })
  } else {
    describeIfAvailable(available, name, body)
  }
}

const sharedBrokerNote = z.object({ host: z.string(), folder: z.string() })

/** Where the shared broker is. It is everybody's: give topics, groups and transactional ids a prefix of your own, and do not kill it. */
export type SharedBroker = z.infer<typeof sharedBrokerNote>

/** The broker of this run of tests, started when the first file asks. @throws Error when it does not start. */
export async function sharedBroker(): Promise<SharedBroker> {
  const answer = await fetch(inject('kafkaDoor'))
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return sharedBrokerNote.parse(JSON.parse(text))
}
