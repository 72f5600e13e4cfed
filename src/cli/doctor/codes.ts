/** Check of what stands in the inputs: codes that the profile does not know, in records that are kept all the same. */
import type { Profile } from '../../../streams/profile.ts'
import { type RecordTopic, recordTopics } from '../../../streams/topics.ts'
import { admitter } from '../../edges/ingest/admit.ts'
import { addUnknown, type UnknownCodes, unknownAt, unknownText } from '../../edges/ingest/unknownCodes.ts'
import { codesLookedAt } from '../../limits.ts'
import type { Log } from '../../log/port.ts'
import { recordsOf } from '../../log/recordsOf.ts'
import { plainText } from '../common.ts'
import { type Check, ok, warn } from './check.ts'

/** Looks at the newest records of each input. */
export async function checkCodes(log: Log, profile: Profile): Promise<Check> {
  const admit = admitter(profile)
  const found: { unknown?: UnknownCodes | undefined } = {}
  let records = 0
  for (const topic of recordTopics) {
    for await (const value of newestOf(log, topic)) {
      records++
      const { unknown } = admit(topic, { line: 0, value: Buffer.from(value), fault: undefined }, undefined)
      if (unknown.length > 0) addUnknown(found, unknownAt(unknown, 0, undefined))
    }
  }
  const looked = `the newest ${records} records`
  if (found.unknown === undefined) return ok('codes', `${profile.file.name} knows every code in ${looked}.`)
  return warn(
    'codes',
    `Of ${looked} some have codes that ${profile.file.name} does not know: ${plainText(unknownText(found.unknown))}.`,
    'Mend the sender, or let a profile say what they mean (tables, spellings, statuses, sources); they count as unknown until then.',
  )
}

async function* newestOf(log: Log, topic: RecordTopic): AsyncGenerator<Uint8Array> {
  const partitions = log.partitions(topic)
  for (let partition = 0; partition < partitions; partition++) {
    const { start, end } = await log.range(topic, partition)
    const from = Math.max(start, end - Math.ceil(codesLookedAt / partitions))
    for await (const { value } of recordsOf(log, topic, partition, from)) yield value
  }
}
