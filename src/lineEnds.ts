/** Text files that a checkout on Windows has given other line ends are the same files: hashes are taken over line feeds. */

/** The bytes with a line feed for each CR LF; the bytes themselves where there is none. */
export function withLineFeeds(bytes: Buffer): Buffer {
  if (!bytes.includes('\r\n')) return bytes
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') // one character a byte: whatever they mean
}
