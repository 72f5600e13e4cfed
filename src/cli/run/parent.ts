/** A worker and the process that started it: what it says there when it fails, and that it ends with it, however that ended. */
import { z } from 'zod'
import { errorCodes, ForewarnError } from '../../errors.ts'
import { workerKillAfterMs } from '../../limits.ts'

/** Why a worker failed, as its parent hears it. */
export const Failure = z.object({ code: z.enum(errorCodes), message: z.string() })
export type Failure = z.infer<typeof Failure>

/** Asks for the end when the parent is gone, or was gone before; a worker that does not come to its end then is ended. */
export function endWithParent(ask: () => void): void {
  const end = (): void => {
    ask()
    setTimeout(() => process.exit(1), workerKillAfterMs).unref()
  }
  process.once('disconnect', end)
  process.channel?.unref() // it alone keeps no worker that is through
  if (!process.connected) end()
}

export function tellParent(error: unknown): void {
  if (!(error instanceof ForewarnError) || !process.connected) return
  process.send?.({ code: error.code, message: error.message } satisfies Failure)
}
