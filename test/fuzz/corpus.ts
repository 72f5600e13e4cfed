/** What a small market leaves in its log and in its checkpoints, as inputs of fuzzers. */
import { recordsOf } from '../../src/log/recordsOf.ts'
import type { TopicName } from '../../streams/topics.ts'
import { foldRecords } from '../support/fold.ts'
import { generatedHistory } from '../support/generated.ts'
import { savedState } from '../support/state.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

export const setting = { profile: tinyProfile, model: tinyModel(tinyProfile), beatMs: 1_000 }
const outbreakDays = [20, 21, 22]
const history = { seed: 3, days: 30, enterprises: 30, eventsPerDay: 8, outbreakDays, outbreakEvents: 40 }

export type Corpus = {
  values: (topic: TopicName) => readonly Buffer[]
  /** All state of each task, as one text of words. */
  states: { enterprise: Buffer; watch: Buffer }
}

export const corpus: Corpus = await made()

async function made(): Promise<Corpus> {
  const { log, enterprises, watch } = await foldRecords(generatedHistory(history), setting)
  const values = new Map<TopicName, Buffer[]>()
  for (const topic of [
    'scores',
    'enterprise-alerts',
    'fates',
    'cell-parts',
    'ticks',
    'region-warnings',
    'notices',
  ] as const) {
    const found: Buffer[] = []
    for await (const { value } of recordsOf(log, topic, 0)) found.push(Buffer.from(value))
    if (found.length === 0) throw new Error(`the market leaves nothing in ${topic}`)
    values.set(topic, found)
  }
  await log.close()
  const states = { enterprise: savedState(enterprises[0]), watch: savedState(watch) }
  return { values: (topic) => values.get(topic) ?? [], states }
}
