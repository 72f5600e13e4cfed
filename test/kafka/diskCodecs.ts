/** With which codecs the batches of a topic lie on the disk of a broker: a client compresses only where it saves something. */
import { globSync, readFileSync } from 'node:fs'
import { type Codec, codecs } from './confluent.ts'

// Of a batch: base offset, length, leader epoch, magic, checksum, attributes; the codec is in the last three bits.
const [lengthAt, headBytes, attributesAt] = [8, 12, 21]
const codecBits = 7

export function codecsOnDisk(folder: string, topic: string): Set<Codec> {
  const found = new Set<Codec>()
  for (const segment of globSync(`${folder}/data/${topic}-*/*.log`)) {
    const bytes = readFileSync(segment)
    for (let at = 0; at + headBytes < bytes.length; at += headBytes + bytes.readInt32BE(at + lengthAt))
      found.add(codecs[bytes.readInt16BE(at + attributesAt) & codecBits])
  }
  return found
}
