/** The four codecs of Kafka, for reading: what is written here is not compressed. What inflates beyond the limit is refused. */
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { inflatedBytesMax } from '../../../limits.ts'
import { inflateLz4 } from './lz4.ts'
import { Output } from './output.ts'
import { inflateSnappy } from './snappy.ts'

/** What is used here of a stream of zlib's. */
type Engine = AsyncIterable<Buffer> & { end(bytes: Buffer): unknown; readonly bytesWritten: number }

export const inflators: Readonly<Record<'gzip' | 'zstd' | 'lz4' | 'snappy', (bytes: Buffer) => Promise<Buffer>>> = {
  gzip: (bytes) => drain(createGunzip(), bytes),
  zstd: (bytes) => drain(createZstdDecompress(), bytes),
  lz4: async (bytes) => inflateLz4(bytes, inflatedBytesMax),
  snappy: async (bytes) => inflateSnappy(bytes, inflatedBytesMax),
}

/** A stream, because zlib's one call drops what follows the first zstd frame without a word. */
async function drain(engine: Engine, bytes: Buffer): Promise<Buffer> {
  const output = new Output(inflatedBytesMax, 4 * bytes.length)
  engine.end(bytes)
  for await (const piece of engine) output.literal(piece, 0, piece.length)
  if (engine.bytesWritten !== bytes.length) throw new Error('something follows the compressed data')
  return output.take()
}
