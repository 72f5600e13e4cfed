/** Files that a profile or a model consists of, which are read as a whole. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'

/** @throws Error for what may never end (a device, a pipe), for what is larger than `bytesMax`, and that of the file system. */
export async function readPlainFile(file: string, bytesMax: number): Promise<Buffer> {
  if (!(await stat(file)).isFile()) throw new Error(`${path.basename(file)} is no file`) // before it is opened: a pipe would wait
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of createReadStream(file)) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new Error(`${path.basename(file)} is larger than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
