/** Codes of a table by their bytes: what a Map of strings says, without making the string. Codes that are not ASCII are left out. */
export class CodeIndex {
  readonly #codes: Uint8Array[] = []
  readonly #values: number[] = []
  /** Position among the codes + 1; 0 = empty. */
  readonly #slots: Uint16Array

  constructor(entries: Iterable<readonly [code: string, value: number]>) {
    for (const [code, value] of entries) {
      const bytes = Buffer.from(code)
      if (bytes.length !== code.length) continue
      this.#codes.push(bytes)
      this.#values.push(value)
    }
    this.#slots = new Uint16Array(2 ** (32 - Math.clz32(2 * this.#codes.length + 1)))
    for (const [at, code] of this.#codes.entries()) this.#slots[this.#slotOf(code, 0, code.length)] = at + 1
  }

  find(bytes: Uint8Array, from: number, to: number): number | undefined {
    const held = this.#slots[this.#slotOf(bytes, from, to)]
    return held === 0 ? undefined : this.#values[held - 1]
  }

  #slotOf(bytes: Uint8Array, from: number, to: number): number {
    let hash = to - from
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at], 0x2c1b3c6d)
    let slot = (hash ^ (hash >>> 15)) & (this.#slots.length - 1)
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & (this.#slots.length - 1)) {
      const code = this.#codes[this.#slots[slot] - 1]
      if (code.length === to - from && isAt(code, bytes, from)) break
    }
    return slot
  }
}

function isAt(code: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let at = 0; at < code.length; at++) if (bytes[from + at] !== code[at]) return false
  return true
}
