/** What went wrong, as RFC 9457 has it (`application/problem+json`), with code, message and remedy of the one error registry. */
import { z } from 'zod'

export const Problem = z
  .object({
    /** `urn:forewarn:error:CODE`. */
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    /** Number of the request, as the log of the server has it. */
    instance: z.string(),
    code: z.string(),
    message: z.string(),
    remedy: z.string(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>
