/** Where a server listens: whether it can, and what is told where it cannot. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { ForewarnError, messageOf } from '../errors.ts'

export type Address = { host: string; port: number }

/** That nobody listens there yet; asked before anything is made for what is to be served. @throws ForewarnError FW_HTTP_BUSY, FW_USAGE. */
export async function checkFree({ host, port }: Address): Promise<void> {
  const probe = createServer()
  try {
    probe.listen({ host, port })
    await once(probe, 'listening')
  } catch (error) {
    throw addressFault(error, { host, port })
  } finally {
    probe.close()
  }
}

/** Why nothing can be served there: FW_HTTP_BUSY when the port is taken, FW_USAGE when the host is none of this machine. */
export function addressFault(error: unknown, { host, port }: Address): ForewarnError {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return new ForewarnError('FW_HTTP_BUSY', [`${host}:${port}`], { cause: error })
  return new ForewarnError('FW_USAGE', [`--http ${host}:${port} cannot be served: ${messageOf(error)}.`], {
    cause: error,
  })
}
