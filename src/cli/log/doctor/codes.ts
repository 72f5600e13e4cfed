/** Check of what stands in the inputs: codes that the profile does not know, in records that are kept all the same, and retired ones. */
import type { Profile } from '../../../../streams/profile.ts'
import { type RecordTopic, recordTopics } from '../../../../streams/topics.ts'
import { admitter } from '../../../ingest/admit.ts'
import { ownField } from '../../../ingest/files/knownAt.ts'
import { addUnknown, type UnknownCodes, unknownAt, unknownText } from '../../../ingest/unknownCodes.ts'
import { codesLookedAt } from '../../../limits.ts'
import type { Log } from '../../../log/port.ts'
import { recordsOf } from '../../../log/recordsOf.ts'
import { parseObject } from '../../../records.ts'
import { plainText } from '../../common.ts'
import { type Check, ok, warn } from './check.ts'

/** Looks at the newest records of each input. */
export async function checkCodes(log: Log, profile: Profile): Promise<Check> {
  const admit = admitter(profile)
  const moved: ReadonlySet<unknown> = new Set(
    [profile.regions, profile.industries].flatMap(({ others }) => others.map(({ code }) => code)),
  )
  const found: { unknown?: UnknownCodes | undefined } = {}
  let records = 0
  let elsewhere = 0
  for (const topic of recordTopics) {
    for await (const value of newestOf(log, topic)) {
      records++
      if (placesIn(value).some((code) => moved.has(code))) elsewhere++
      const { unknown } = admit(topic, { line: 0, value: Buffer.from(value), fault: undefined }, undefined)
      if (unknown.length > 0) addUnknown(found, unknownAt(unknown, 0, undefined))
    }
  }
  const looked = `the newest ${records} records`
  const retired = elsewhere === 0 ? '' : ` ${elsewhere} of them have retired codes, and count at what took their place.`
  if (found.unknown === undefined) return ok('codes', `${profile.file.name} knows every code in ${looked}.${retired}`)
  return warn(
    'codes',
    `Of ${looked} some have codes that ${profile.file.name} does not know: ${plainText(unknownText(found.unknown))}.${retired}`,
    'Mend the sender, or let a profile say what they mean (tables, spellings, statuses, sources); they count as unknown until then.',
  )
}

function placesIn(value: Uint8Array): unknown[] {
  const parsed = parseObject(value)
  return 'refused' in parsed ? [] : (['region', 'industry'] as const).map((field) => ownField(parsed.json, field))
}

async function* newestOf(log: Log, topic: RecordTopic): AsyncGenerator<Uint8Array> {
  const partitions = log.partitions(topic)
  for (let partition = 0; partition < partitions; partition++) {
    const { start, end } = await log.range(topic, partition)
    const from = Math.max(start, end - Math.ceil(codesLookedAt / partitions))
    for await (const { value } of recordsOf(log, topic, partition, from)) yield value
  }
}
