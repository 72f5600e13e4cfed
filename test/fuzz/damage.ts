/** How good inputs are damaged: cut, flipped, spliced, repeated; lengths and numbers that are huge; nesting, broken Unicode, names of prototypes. */
import { KiB } from '../../src/limits.ts'
import type { Sfc32 } from '../../streams/sfc32.ts'

const lengthMax = 600 * KiB // beyond every bound on one record
const nestingMax = 50_000
const repeatsMax = 2_000

type Damage = (bytes: Buffer, other: Buffer, random: Sfc32) => Buffer

/** One to four damages, one after another; `other` is another good input. */
export function damaged(good: Buffer, other: Buffer, random: Sfc32): Buffer {
  let bytes = good
  for (let left = 1 + random.int(4); left > 0; left--) bytes = pick(damages, random)(bytes, other, random)
  return bytes.subarray(0, lengthMax)
}

const truncate: Damage = (bytes, _, random) => bytes.subarray(0, random.int(bytes.length + 1))

const flip: Damage = (bytes, _, random) => {
  const flipped = Buffer.from(bytes)
  for (let left = flipped.length === 0 ? 0 : 1 + random.int(8); left > 0; left--)
    flipped[random.int(flipped.length)] ^= 1 << random.int(8)
  return flipped
}

const overwrite: Damage = (bytes, _, random) => {
  const written = Buffer.from(bytes)
  if (written.length > 0) written[random.int(written.length)] = pick([0, 0x22, 0x2c, 0x7f, 0x80, 0xff], random)
  return written
}

const splice: Damage = (bytes, other, random) => {
  const at = random.int(bytes.length + 1)
  const from = random.int(other.length + 1)
  return Buffer.concat([bytes.subarray(0, at), other.subarray(from)])
}

const remove: Damage = (bytes, _, random) => put(bytes, Buffer.alloc(0), random)

const repeat: Damage = (bytes, _, random) => {
  const at = random.int(bytes.length + 1)
  const piece = bytes.subarray(at, at + 1 + random.int(64))
  const times = Math.min(1 + random.int(repeatsMax), Math.floor(lengthMax / Math.max(1, piece.length)))
  const repeated = Buffer.alloc(piece.length * times, piece.length === 0 ? undefined : piece)
  return Buffer.concat([bytes.subarray(0, at), repeated, bytes.subarray(at)])
}

const lengths = [0, 1, -1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, -0x80000000, 1 << 24]

/** A number where a length may stand, in either order of its bytes. */
const lengthField: Damage = (bytes, _, random) => {
  const size = pick([2, 4], random)
  if (bytes.length < size) return bytes
  const written = Buffer.from(bytes)
  const value = pick(lengths, random)
  const at = random.int(bytes.length - size + 1)
  const field = Buffer.alloc(4)
  if (random.int(2) === 0) field.writeInt32LE(value)
  else field.writeInt32BE(value)
  field.copy(written, at, size === 2 ? 2 : 0)
  return written
}

const numbers = [
  '1e400',
  '-1e400',
  '9007199254740993',
  '-9007199254740993',
  '1e-400',
  '-0',
  '2147483648',
  '-2147483649',
]
const moreNumbers = ['4294967296', '0.1', '1e15', 'NaN', 'null', `${'9'.repeat(400)}`, '-1', '0', '65536', '1e308']
const digits = /-?\d+(?:\.\d+)?/g

/** A number of the text becomes another one. */
const number: Damage = (bytes, _, random) => {
  const text = bytes.toString('latin1')
  const found = [...text.matchAll(digits)]
  if (found.length === 0) return bytes
  const { index, 0: said } = pick(found, random)
  const put = pick([...numbers, ...moreNumbers], random)
  return Buffer.from(text.slice(0, index) + put + text.slice(index + said.length), 'latin1')
}

const tokens: readonly (string | Buffer)[] = [
  '"__proto__":{"type":"x"},',
  '"constructor":null,',
  '__proto__',
  'hasOwnProperty',
  '\\ud800',
  '\\udc00\\ud800',
  '\\u0000',
  Buffer.from([0xed, 0xa0, 0x80]), // a lone surrogate, as no UTF-8 has it
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  '\ufeff',
  '\u202e',
  '\0',
  '"',
  '""',
  '\n',
  '\r\n',
  ',',
  '{}',
  '[]',
  ':',
  '=',
  ' ',
]

const insert: Damage = (bytes, _, random) => put(bytes, Buffer.from(pick(tokens, random)), random)

const nesting: Damage = (bytes, _, random) => {
  const depth = 1 + random.int(random.int(4) === 0 ? nestingMax : 100)
  const [open, close] = pick(
    [
      ['[', ']'],
      ['{"a":', '}'],
      ['[[', ''],
      ['{"__proto__":', '}'],
      ['"', '"'],
    ],
    random,
  )
  return put(bytes, Buffer.from(`${open.repeat(depth)}1${close.repeat(depth)}`), random)
}

/** Some place of the bytes, with what stands there taken out as often as not, becomes another. */
function put(bytes: Buffer, piece: Buffer, random: Sfc32): Buffer {
  const at = random.int(bytes.length + 1)
  const taken = random.int(2) === 0 && piece.length > 0 ? 0 : random.int(32)
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + taken)])
}

/** A value of the JSON becomes another one: what only bytes would break is seen by those who parse, and this by those behind them. */
const jsonValue: Damage = (bytes, other, random) =>
  jsonWithOther(bytes, random) ?? pick(plainDamages, random)(bytes, other, random)

/** Undefined for what is no object, and for one too deep to be written again. */
function jsonWithOther(bytes: Buffer, random: Sfc32): Buffer | undefined {
  if (bytes[0] !== 0x7b) return undefined
  try {
    return Buffer.from(JSON.stringify(withOther(JSON.parse(bytes.toString('utf8')), random)))
  } catch {
    return undefined
  }
}

const values: readonly unknown[] = [
  null,
  true,
  '',
  0,
  -1,
  0.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e308,
  '\ud800',
  '__proto__',
]
const moreValues: readonly unknown[] = [[], {}, [[]], Array(300).fill(0), 'x'.repeat(2_000), '2026-13-45T99:99:99Z']

function withOther(json: unknown, random: Sfc32): unknown {
  if (typeof json !== 'object' || json === null || random.int(6) === 0) return pick([...values, ...moreValues], random)
  if (Array.isArray(json)) return withOtherItem(json, random)
  const entries = Object.entries(json)
  if (entries.length === 0) return pick(values, random)
  const at = random.int(entries.length)
  const [name, value] = entries[at]
  const what = random.int(8)
  if (what === 0) entries.splice(at, 1)
  else if (what === 1) entries[at] = [pick(['__proto__', 'constructor', '', 'length', 'x'.repeat(100)], random), value]
  else entries[at] = [name, withOther(value, random)]
  return Object.fromEntries(entries)
}

function withOtherItem(list: readonly unknown[], random: Sfc32): unknown[] {
  if (list.length === 0) return [pick(values, random)]
  const at = random.int(list.length)
  const what = random.int(8)
  if (what === 0) return list.toSpliced(at, 1)
  if (what === 1) return [...list, ...list.slice(0, 1_000)]
  return list.with(at, withOther(list[at], random))
}

const plainDamages = [truncate, flip, overwrite, splice, remove, repeat, lengthField, number, insert, nesting] as const
const damages: readonly Damage[] = [...plainDamages, jsonValue, jsonValue, jsonValue, jsonValue]

function pick<T>(list: readonly T[], random: Sfc32): T {
  return list[random.int(list.length)]
}
