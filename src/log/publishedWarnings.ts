/** All warnings that a log has published, of this version of the topics or the one before: topic after topic, each in log order. */
import { warningTopics } from '../../streams/topics.ts'
import { AnyWarning, type Warning } from '../../streams/warnings.ts'
import { jsonOf } from '../json.ts'
import type { Log } from './port.ts'
import { recordsOf } from './recordsOf.ts'

/** @throws ZodError for what is no warning. */
export async function* publishedWarnings(log: Log): AsyncIterable<Warning> {
  for (const topic of Object.values(warningTopics))
    for await (const { value } of recordsOf(log, topic, 0)) yield AnyWarning.parse(jsonOf(value))
}
