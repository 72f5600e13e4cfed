/** What is asked of the process that folds the log, at its machine port: reasons of one enterprise, as its task has them now. */
import { z } from 'zod'
import { Explanation } from '../enterprise/score/explanation.ts'
import { detailsIn, ForewarnError, knownCode, messageOf } from '../errors.ts'
import { machinePatienceMs } from '../limits.ts'

export type Machine = { address: string; token: string | undefined }
export type Explain = (id: string) => Promise<Explanation>

const Refusal = z.object({ code: z.string(), message: z.string() })

/** `find`: the process that holds the log now, if one serves. @throws ForewarnError what it says, or FW_MACHINE where there is none. */
export function explanations(find: () => Machine | undefined): Explain {
  return async (id) => {
    const machine = find()
    if (machine === undefined) throw new ForewarnError('FW_MACHINE', ['no process serves this log'])
    const { address, token } = machine
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const url = `${address}/api/v1/enterprises/${encodeURIComponent(id)}/explanation`
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(machinePatienceMs) }).catch(
      (error: unknown) => {
        throw new ForewarnError('FW_MACHINE', [messageOf(error)], { cause: error })
      },
    )
    const json: unknown = await answer.json()
    if (answer.ok) return Explanation.parse(json)
    const refused = Refusal.safeParse(json).data
    const code = knownCode(refused?.code)
    if (refused === undefined || code === undefined)
      throw new ForewarnError('FW_MACHINE', [`it answers ${answer.status}`])
    throw new ForewarnError(code, detailsIn(code, refused.message))
  }
}
