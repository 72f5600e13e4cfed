/** Answers are compressed for whoever takes them so: JSON is a tenth of its size. Streams are not, for they must be told at once. */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { KiB } from '../limits.ts'

/** Fast rather than small: an answer is made for one who waits. */
const quality = 4
const worthBytes = KiB

const encoders = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: quality }),
} as const
type Encoding = keyof typeof encoders

export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '')
    if (typeof payload !== 'string' || !/json|csv/.test(type)) return payload
    reply.header('vary', 'accept-encoding')
    const encoding = encodingFor(request.headers['accept-encoding'])
    const bytes = Buffer.from(payload)
    if (encoding === undefined || bytes.length < worthBytes) return payload
    reply.header('content-encoding', encoding).removeHeader('content-length')
    return encoders[encoding](bytes)
  })
}

/** The first of ours that is named and not refused (`q=0`). */
export function encodingFor(accepted: string | string[] | undefined): Encoding | undefined {
  const named = new Map(
    String(accepted ?? '')
      .split(',')
      .map((one) =>
        one
          .trim()
          .toLowerCase()
          .split(/\s*;\s*q=/),
      )
      .map(([name, q = '1']) => [name, Number(q)]),
  )
  return (['br', 'gzip'] as const).find((name) => (named.get(name) ?? 0) > 0)
}
