/** Records are JSON in UTF-8. */

export function jsonBytes(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

/** What the bytes of a record of ours hold, to be parsed by its contract. @throws SyntaxError when they are no JSON. */
export function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'))
}
