/** The codecs: what independent programs compressed comes back; bombs, cut and twisted data are refused. */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip, zstdCompress } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inflatedBytesMax, MiB } from '../../src/limits.ts'
import { inflators } from '../../src/log/kafka/codecs/codecs.ts'
import { inflateLz4 } from '../../src/log/kafka/codecs/lz4.ts'
import { inflateSnappy } from '../../src/log/kafka/codecs/snappy.ts'
import fixtures from './fixtures/codecs.json' with { type: 'json' }

const Vector = z.object({
  name: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  lz4: z.record(z.string(), z.base64()),
  snappy: z.record(z.string(), z.base64()),
})
const vectors = z.array(Vector).parse(fixtures.vectors)
const inflate = { lz4: inflateLz4, snappy: inflateSnappy }
const deflate = { gzip: promisify<Buffer, Buffer>(gzip), zstd: promisify<Buffer, Buffer>(zstdCompress) }
const all = (['lz4', 'snappy'] as const).flatMap((codec) =>
  vectors.flatMap(({ name, sha256, bytes, ...of }) =>
    Object.entries(of[codec]).map(([form, text]) => ({
      codec,
      name,
      form,
      sha256,
      bytes,
      compressed: Buffer.from(text, 'base64'),
    })),
  ),
)

describe.each(all)('$codec $form of $name', ({ codec, sha256, bytes, compressed }) => {
  it('comes back', async () => {
    const found = await inflators[codec](compressed)
    expect({ bytes: found.length, sha256: createHash('sha256').update(found).digest('hex') }).toEqual({ bytes, sha256 })
  })
  it('is refused where it inflates beyond the limit', () => {
    if (bytes > 0) expect(() => inflate[codec](compressed, bytes - 1)).toThrow('more than')
  })
})

it.each(['gzip', 'zstd'] as const)('%s goes there and back, and is bounded', async (codec) => {
  const data = Buffer.from('risk event '.repeat(10_000))
  expect(await inflators[codec](await deflate[codec](data))).toEqual(data)
  const full = await deflate[codec](Buffer.alloc(inflatedBytesMax))
  expect(await inflators[codec](full)).toHaveLength(inflatedBytesMax)
  const bomb = await deflate[codec](Buffer.alloc(inflatedBytesMax + 1))
  expect(bomb.length).toBeLessThan(MiB)
  await expect(inflators[codec](bomb)).rejects.toThrow(`more than ${inflatedBytesMax} bytes`)
})

it.each(['gzip', 'zstd'] as const)(
  '%s cut anywhere is refused, and twisted it ends within the limit',
  async (codec) => {
    const whole = await deflate[codec](Buffer.from('risk event '.repeat(20)))
    for (let length = 0; length < whole.length; length++)
      await expect(inflators[codec](whole.subarray(0, length)), `${length}`).rejects.toThrow()
    const twists = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(twists, async ([at, by]) => {
        const twisted = Buffer.from(whole)
        twisted[at] ^= by
        const found = await inflators[codec](twisted).catch((error: unknown) => error)
        if (Buffer.isBuffer(found)) expect(found.length).toBeLessThanOrEqual(inflatedBytesMax)
        else expect(found).toBeInstanceOf(Error)
      }),
      { numRuns: 300 },
    )
  },
)

it('nothing after a zstd frame is lost without a word', async () => {
  const frame = await deflate.zstd(Buffer.from('risk event'))
  for (const more of [frame, Buffer.from('more')])
    await expect(inflators.zstd(Buffer.concat([frame, more]))).rejects.toThrow('something follows')
})

it('an LZ4 frame is whole with its checksum and as long as it says; the head of a Java frame is whole', () => {
  // lz4 4.4.5: lz4.frame.compress(b'risk', content_checksum=True, store_size=True)
  const frame = Buffer.from('BCJNGGxABAAAAAAAAAAZBAAAgHJpc2sAAAAASof6Rw==', 'base64')
  expect(inflateLz4(frame, MiB).toString()).toBe('risk')
  for (let length = 0; length < frame.length; length++)
    expect(() => inflateLz4(frame.subarray(0, length), MiB), `${length}`).toThrow()
  frame[6]++
  expect(() => inflateLz4(frame, MiB)).toThrow('another length')
  expect(() => inflateSnappy(Buffer.from('\x82SNAPPY\0\0\0', 'latin1'), MiB)).toThrow('too soon')
})

it('cut anywhere, it is refused; between two blocks, what comes is the beginning', () => {
  for (const { codec, name, form, compressed } of all.filter(({ name }) => name === 'mixed')) {
    const whole = inflate[codec](compressed, MiB)
    for (let length = 1; length < compressed.length; length++) {
      let found: Buffer | undefined
      try {
        found = inflate[codec](compressed.subarray(0, length), MiB)
      } catch (error) {
        expect(error, `${name} ${form} ${length}`).toBeInstanceOf(Error)
      }
      if (found !== undefined) expect(whole.subarray(0, found.length).equals(found), `${form} ${length}`).toBe(true)
    }
    expect(() => inflate[codec](compressed.subarray(0, compressed.length / 2), MiB)).toThrow()
  }
})

it('twisted anywhere, it ends, and never beyond the limit', () => {
  const twists = fc.array(fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.constantFrom(...all.filter(({ bytes }) => bytes > 0)), twists, ({ codec, compressed }, some) => {
      const twisted = Buffer.from(compressed)
      for (const [at, by] of some) twisted[at % twisted.length] ^= by
      try {
        expect(inflate[codec](twisted, MiB).length).toBeLessThanOrEqual(MiB)
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
    }),
    { numRuns: 2_000 },
  )
})
