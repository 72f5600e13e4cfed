/** The four codecs of Kafka for kafkajs, which brings gzip alone, inflated without a bound. What inflates beyond the limit is refused. */
import { promisify } from 'node:util'
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import { inflatedBytesMax } from '../../../limits.ts'
import { inflateLz4 } from './lz4.ts'
import { inflateSnappy } from './snappy.ts'

/** As kafkajs calls it: records in, batch out, and back. */
export type Codec = {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}

const limit = { maxOutputLength: inflatedBytesMax }
const [gunzipAsync, gzipAsync, zstdAsync, unzstdAsync] = [
  promisify<Buffer, typeof limit, Buffer>(gunzip),
  promisify<Buffer, Buffer>(gzip),
  promisify<Buffer, Buffer>(zstdCompress),
  promisify<Buffer, typeof limit, Buffer>(zstdDecompress),
]

export const codecs: Readonly<Record<'gzip' | 'zstd' | 'lz4' | 'snappy', Codec>> = {
  gzip: { compress: ({ buffer }) => gzipAsync(buffer), decompress: (bytes) => gunzipAsync(bytes, limit) },
  zstd: { compress: ({ buffer }) => zstdAsync(buffer), decompress: (bytes) => unzstdAsync(bytes, limit) },
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

async function readOnly(): Promise<Buffer> {
  throw new Error('forewarn reads lz4 and snappy, and writes neither: use gzip or zstd')
}
