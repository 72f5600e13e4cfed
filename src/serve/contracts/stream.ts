/** Events of `GET /stream`; `id` of each is `<epoch>-<seq>`. */
import { z } from 'zod'

export const streamTopics = ['status', 'tick', 'warning', 'source'] as const
/** `reset`: what was missed cannot be told one by one; ask again for what is shown. */
export const StreamEvent = z
  .object({ event: z.enum([...streamTopics, 'reset']), id: z.string(), data: z.record(z.string(), z.unknown()) })
  .meta({ id: 'StreamEvent' })
export type StreamEvent = z.infer<typeof StreamEvent>
