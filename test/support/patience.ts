/**
 * How long tests wait. They wait for conditions; this is the net below them, on a machine that has much else to do. It measures
 * nothing: what is there after a second passes, and what is there after two minutes passes too. Knows no test runner, so that
 * scripts can use it.
 */
import { setTimeout as sleep } from 'node:timers/promises'

/** For a whole test, and for each of its hooks. */
export const testMsMax = 300_000
/** For a test that does the work of many: campaigns, pages of commands, what is fetched over a network. */
export const longTestMsMax = 900_000
/** For one condition, or one process: less than a test has, so that the failure names what did not come. */
export const waitMsMax = 240_000
/** More than any test has: what waits so long and returns has been woken. */
export const foreverMs = 2 * longTestMsMax

const lookEveryMs = 50

/** Asks again until `look` gives something. @throws Error when nothing comes, with what `look` threw last. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const untilMs = Date.now() + waitMsMax
  for (;;) {
    let problem: unknown
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch (error) {
      problem = error
    }
    if (Date.now() > untilMs) throw new Error(`${what}: not in ${waitMsMax} ms`, { cause: problem })
    await sleep(lookEveryMs)
  }
}
