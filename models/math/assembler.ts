/**
 * WebAssembly from named instructions: just those that our kernels need. Each name is the instruction's own, and gives its bytes
 * (WebAssembly Core Specification 2.0, chapter 5, binary format). Plain SIMD only: relaxed instructions and fused multiply-add
 * may round otherwise on another machine.
 */
type Bytes = readonly number[]
/** Instructions one after another; lists of them may be nested. */
export type Code = ReadonlyArray<number | Code>

/** LEB128 of an unsigned whole number below 2^32. */
function u32(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value >>> 0; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

/** LEB128 of a signed whole number of 32 bits. */
function s32(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value | 0; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 0x7f]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

const simd = (code: number): number[] => [0xfd, ...u32(code)]
/** The same eight bytes in both lanes. */
function both(lane: Float64Array | Uint32Array): Code {
  const bytes = [...new Uint8Array(lane.buffer)]
  return [...simd(0x0c), ...bytes, ...bytes]
}
/** An address is taken from the stack; `offset` in bytes is added to it. Alignment is a hint, 2^2 bytes is always true here. */
const at = (offset: number): number[] => [2, ...u32(offset)]

export const i32 = {
  const: (value: number): Code => [0x41, ...s32(value)],
  add: [0x6a],
  sub: [0x6b],
  lt_u: [0x49],
} as const
export const f32 = {
  load: (offset: number): Code => [0x2a, ...at(offset)],
  store: (offset: number): Code => [0x38, ...at(offset)],
  add: [0x92],
} as const
export const v128 = {
  load: (offset: number): Code => [...simd(0x00), ...at(offset)],
  load32_splat: (offset: number): Code => [...simd(0x09), ...at(offset)],
  store: (offset: number): Code => [...simd(0x0b), ...at(offset)],
  zero: [...simd(0x0c), ...Array<number>(16).fill(0)],
  not: simd(0x4d),
  and: simd(0x4e),
  or: simd(0x50),
  /** Of two vectors and a mask: bits of the first where the mask has 1, of the second where it has 0. */
  bitselect: simd(0x52),
} as const
export const f32x4 = {
  extract_lane: (lane: number): Code => [...simd(0x1f), lane],
  add: simd(0xe4),
  mul: simd(0xe6),
  max: simd(0xe9),
} as const
export const f64x2 = {
  const: (value: number): Code => both(Float64Array.from([value])),
  le: simd(0x4b),
  ge: simd(0x4c),
  floor: simd(0x75),
  add: simd(0xf0),
  sub: simd(0xf1),
  mul: simd(0xf2),
  div: simd(0xf3),
  min: simd(0xf4),
  max: simd(0xf5),
} as const
export const i64x2 = {
  const: ({ high = 0, low }: { high?: number; low: number }): Code => both(Uint32Array.from([low, high])),
  /** By so many bits, an i32 from the stack. */
  shl: simd(0xcb),
  shr_u: simd(0xcd),
  add: simd(0xce),
  sub: simd(0xd1),
} as const
export const local = {
  get: (index: number): Code => [0x20, ...u32(index)],
  set: (index: number): Code => [0x21, ...u32(index)],
} as const

/** Runs `body` again for as long as `condition` (leaves an i32) holds after it; so at least once. */
export function repeatWhile(body: Code, condition: Code): Code {
  return [0x03, 0x40, body, condition, 0x0d, 0, 0x0b]
}

const typeCode = { i32: 0x7f, v128: 0x7b } as const
export type LocalType = keyof typeof typeCode

export type KernelModule = {
  /** Pages of 64 KiB that the module's memory has. */
  readonly pages: number
  /** Types of the locals after the one parameter, an i32 with index 0. */
  readonly locals: readonly LocalType[]
  readonly code: Code
}

/** A module that exports its memory as `memory`, and one function `(i32) -> ()` as `run`. */
export function assemble({ pages, locals, code }: KernelModule): Uint8Array<ArrayBuffer> {
  const body = [...vector(locals.map((type) => [1, typeCode[type]])), ...flat(code), 0x0b]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(1, [[0x60, ...vector([[typeCode.i32]]), ...vector([])]]), // types: (i32) -> ()
    ...section(3, [[0]]), // functions: one, of type 0
    ...section(5, [[1, ...u32(pages), ...u32(pages)]]), // memories: one that does not grow
    ...section(7, [
      [...name('memory'), 2, 0],
      [...name('run'), 0, 0],
    ]),
    ...section(10, [[...u32(body.length), ...body]]), // code
  ])
}

const vector = (items: readonly Bytes[]): number[] => [...u32(items.length), ...items.flat()]
const name = (text: string): number[] => vector(Array.from(text, (letter) => [letter.charCodeAt(0)]))

function section(id: number, items: readonly Bytes[]): number[] {
  const content = vector(items)
  return [id, ...u32(content.length), ...content]
}

function flat(code: Code): number[] {
  const bytes: number[] = []
  for (const part of code) {
    if (typeof part === 'number') bytes.push(part)
    else for (const byte of flat(part)) bytes.push(byte)
  }
  return bytes
}
