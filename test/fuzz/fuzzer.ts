/**
 * The frame of all fuzzers. An input follows from seed, fuzzer and number alone: one in eight is good and must be read as what it
 * means, all others are good ones that were damaged. Reading ends in a value or in a refusal; whatever else it does is a crash.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { MiB } from '../../src/limits.ts'
import { Sfc32 } from '../../streams/sfc32.ts'
import { damaged } from './damage.ts'

/** A good input, and what reading makes of it. */
export type Sample = { bytes: Buffer; means: unknown }

export type Fuzzer = {
  readonly name: string
  /** Inputs in `npm test`: a fraction of a second. Larger runs are shared out in the same proportion. */
  readonly few: number
  sample(random: Sfc32): Sample
  /** Throws what the code under test throws, and an error of `wrong` where it did what it must never do. */
  read(bytes: Buffer): unknown
}

export type Crash = { fuzzer: string; number: number; what: string; bytes: Buffer }

/** Something that no input may bring about. */
class WrongError extends Error {}

export function wrong(what: string): never {
  throw new WrongError(what)
}

export function must(holds: boolean, what: string): void {
  if (!holds) wrong(what)
}

const goodOneIn = 8

export function inputOf({ name, sample }: Fuzzer, seed: number, number: number): { bytes: Buffer; means?: unknown } {
  const random = new Sfc32(seed, name, number)
  const good = sample(random)
  if (random.int(goodOneIn) === 0) return good
  return { bytes: damaged(good.bytes, sample(random).bytes, random) }
}

/** Reads inputs one after another; the first crash, with its input made smaller, or undefined. `begins` hears of each before it is read. */
export async function fuzz(
  fuzzer: Fuzzer,
  { seed, inputs, begins = () => {} }: { seed: number; inputs: number; begins?: (number: number) => void },
): Promise<Crash | undefined> {
  for (let number = 0; number < inputs; number++) {
    begins(number)
    const { bytes, ...good } = inputOf(fuzzer, seed, number)
    const what = await faultOf(fuzzer, bytes, good)
    if (what === undefined) continue
    const small = 'means' in good ? bytes : await smaller(fuzzer, bytes)
    return { fuzzer: fuzzer.name, number, what, bytes: small }
  }
  return undefined
}

const grownBytesMax = 256 * MiB

/** What is wrong with how the bytes are read; undefined when all is well. */
export async function faultOf(
  fuzzer: Fuzzer,
  bytes: Buffer,
  good: { means?: unknown } = {},
): Promise<string | undefined> {
  const before = process.memoryUsage.rss()
  try {
    const found = await fuzzer.read(bytes)
    if ('means' in good && !isDeepStrictEqual(found, good.means))
      return `a good input is read as ${shown(found)} instead of ${shown(good.means)}`
  } catch (error) {
    if ('means' in good || !isRefusal(error))
      return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  const grown = process.memoryUsage.rss() - before
  return grown > grownBytesMax ? `memory grew by ${Math.round(grown / MiB)} MiB` : undefined
}

const enginesOwn = [
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'EvalError',
  'URIError',
  'AssertionError',
]

/** An error that somebody wrote down; one of the engine's is a case that nobody thought of. Models say that a number `must be` in a range. */
function isRefusal(error: unknown): boolean {
  if (error instanceof z.core.$ZodError) return true
  if (!(error instanceof Error) || error instanceof WrongError) return false
  return (
    !enginesOwn.includes(error.name) ||
    (error instanceof RangeError && / must (be|lie) /.test(error.message) && !('code' in error))
  )
}

/** What only the program writes may refuse to be read with the engine's word for what is no JSON. */
export function ownJson<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new Error('no JSON', { cause })
    throw cause
  }
}

const triesMax = 2_000

/** The input without the parts that are not needed to make it crash. */
async function smaller(fuzzer: Fuzzer, bytes: Buffer): Promise<Buffer> {
  let small = bytes
  let tries = 0
  for (let size = small.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < small.length && tries < triesMax; ) {
      const without = Buffer.concat([small.subarray(0, at), small.subarray(at + size)])
      tries++
      if ((await faultOf(fuzzer, without)) === undefined) at += size
      else small = without
    }
  }
  return small
}

const shownMax = 500
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, shownMax)
