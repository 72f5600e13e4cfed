/** Snappy, read only: in the framing of Java's clients (blocks of snappy-java), or one raw block, as librdkafka writes. */
import { Output } from './output.ts'

const javaMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const javaHeadBytes = 16 // magic, version, oldest compatible version

/** @throws Error for anything else, and beyond `bytesMax` of output. */
export function inflateSnappy(input: Buffer, bytesMax: number): Buffer {
  const output = new Output(bytesMax, 4 * input.length)
  if (!input.subarray(0, javaMagic.length).equals(javaMagic)) {
    block(input, 0, input.length, output)
    return output.take()
  }
  if (input.length < javaHeadBytes) throw new Error('the compressed data end too soon')
  for (let at = javaHeadBytes; at < input.length; ) {
    if (at + 4 > input.length) throw new Error('the compressed data end too soon')
    const bytes = input.readUInt32BE(at)
    block(input, at + 4, at + 4 + bytes, output)
    at += 4 + bytes
  }
  return output.take()
}

/** The length of what it inflates to, then literals and copies. */
function block(input: Buffer, start: number, end: number, output: Output): void {
  if (end > input.length) throw new Error('the compressed data end too soon')
  const before = output.length
  let [length, at] = variableLength(input, start, end)
  while (at < end) {
    const tag = input[at++]
    const kind = tag & 3
    const more = [tag >>> 2 < 60 ? 0 : (tag >>> 2) - 59, 1, 2, 4][kind]
    if (at + more > end) throw new Error('the compressed data end too soon')
    const word = more === 0 ? 0 : input.readUIntLE(at, more)
    at += more
    if (kind === 0) {
      const literals = (more === 0 ? tag >>> 2 : word) + 1
      if (at + literals > end) throw new Error('the compressed data end too soon')
      output.literal(input, at, literals)
      at += literals
    } else if (kind === 1) output.copy(((tag >>> 5) << 8) | word, ((tag >>> 2) & 7) + 4)
    else output.copy(word, (tag >>> 2) + 1)
  }
  length += before
  if (output.length !== length) throw new Error('the data inflate to another length than they say')
}

function variableLength(input: Buffer, start: number, end: number): [length: number, at: number] {
  let length = 0
  for (let at = start; at < Math.min(end, start + 5); at++) {
    length += (input[at] & 127) * 2 ** (7 * (at - start))
    if (input[at] < 128) return [length, at + 1]
  }
  throw new Error('the compressed data end too soon')
}
