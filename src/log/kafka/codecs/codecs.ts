/** The four codecs of Kafka for kafkajs, which brings gzip alone, inflated without a bound. What inflates beyond the limit is refused. */
import { promisify } from 'node:util'
import { createGunzip, createZstdDecompress, gzip, zstdCompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import { inflatedBytesMax } from '../../../limits.ts'
import { inflateLz4 } from './lz4.ts'
import { Output } from './output.ts'
import { inflateSnappy } from './snappy.ts'

/** As kafkajs calls it: records in, batch out, and back. */
export type Codec = {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}

/** What is used here of a stream of zlib's. */
type Engine = AsyncIterable<Buffer> & { end(bytes: Buffer): unknown; readonly bytesWritten: number }

const [gzipAsync, zstdAsync] = [promisify<Buffer, Buffer>(gzip), promisify<Buffer, Buffer>(zstdCompress)]

export const codecs: Readonly<Record<'gzip' | 'zstd' | 'lz4' | 'snappy', Codec>> = {
  gzip: { compress: ({ buffer }) => gzipAsync(buffer), decompress: (bytes) => drain(createGunzip(), bytes) },
  zstd: { compress: ({ buffer }) => zstdAsync(buffer), decompress: (bytes) => drain(createZstdDecompress(), bytes) },
  lz4: { compress: readOnly, decompress: async (bytes) => inflateLz4(bytes, inflatedBytesMax) },
  snappy: { compress: readOnly, decompress: async (bytes) => inflateSnappy(bytes, inflatedBytesMax) },
}

/** Tells kafkajs; once a process is enough, and again does no harm. */
export function registerCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs
  CompressionCodecs[CompressionTypes.GZIP] = () => codecs.gzip
  CompressionCodecs[CompressionTypes.ZSTD] = () => codecs.zstd
  CompressionCodecs[CompressionTypes.LZ4] = () => codecs.lz4
  CompressionCodecs[CompressionTypes.Snappy] = () => codecs.snappy
}

/** A stream, because zlib's one call drops what follows the first zstd frame without a word. */
async function drain(engine: Engine, bytes: Buffer): Promise<Buffer> {
  const output = new Output(inflatedBytesMax, 4 * bytes.length)
  engine.end(bytes)
  for await (const piece of engine) output.literal(piece, 0, piece.length)
  if (engine.bytesWritten !== bytes.length) throw new Error('something follows the compressed data')
  return output.take()
}

async function readOnly(): Promise<Buffer> {
  throw new Error('forewarn reads lz4 and snappy, and writes neither: use gzip or zstd')
}
