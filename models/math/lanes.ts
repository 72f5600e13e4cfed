/**
 * Kernels over columns of numbers, two at a time in the lanes of a vector, with exponential and logarithm: the same operations in the same order as
 * in elementary.ts, so the same bits, in half the time. Numbers that the vectors do not serve are told, to be worked out there.
 */
import { assemble, type Code, f64x2, i32, i64x2, local, repeatWhile, v128 } from './assembler.ts'
import { expTerms, ln1p, ln2High, ln2Low, lnTerms } from './elementary.ts'

export type ColumnKernel = {
  readonly inputs: readonly Float64Array[]
  readonly results: readonly Float64Array[]
  /** Sets the first `count` of each result; false where some of them are none, since a number was out of range. */
  run(count: number): boolean
}

/** How many columns a kernel has, and numbers of its own beside them; and its code: a step for two numbers of each column. */
export type LaneStep = {
  readonly inputs: number
  readonly results: number
  readonly locals: number
  readonly code: (at: LaneColumns) => Code
}

/** Leaves the two numbers of an input on the stack; sets those of a result to what is on the stack after `value`; the index of a local. */
export type LaneColumns = {
  input(column: number): Code
  result(column: number, value: Code): Code
  local(index: number): number
}

const [doubleBytes, vectorBytes, pageBytes] = [8, 16, 65_536]

// Locals of the function: the end of the first column, where it stands, lanes that are not served, a number, and what is worked out of it.
const [end, at, missed, x, first] = [0, 1, 2, 3, 4]
const scratch = 9

/** For up to `length` numbers a column. */
export function columnKernel(length: number, step: LaneStep): ColumnKernel {
  const bytesOf = (count: number): number => Math.ceil((count * doubleBytes) / vectorBytes) * vectorBytes
  const placeOf = (column: number): number => column * bytesOf(length)
  const missing = placeOf(step.inputs + step.results)
  const body: Code = [
    step.code({
      input: (column) => [local.get(at), v128.load(placeOf(column))],
      result: (column, value) => [local.get(at), value, v128.store(placeOf(step.inputs + column))],
      local: (index) => first + scratch + index,
    }),
    [local.get(at), i32.const(vectorBytes), i32.add, local.set(at)],
  ]
  const bytes = assemble({
    pages: Math.ceil((missing + vectorBytes) / pageBytes),
    locals: ['i32', 'v128', 'v128', ...Array.from({ length: scratch + step.locals }, () => 'v128' as const)],
    code: [
      repeatWhile(body, [local.get(at), local.get(end), i32.lt_u]),
      [i32.const(missing), local.get(missed), v128.store(0)],
    ],
  })
  const { memory, run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== 'function')
    throw new Error('the kernel exports nothing')
  const flags = new Int32Array(memory.buffer, missing, 4)
  const columns = Array.from(
    { length: step.inputs + step.results },
    (_, column) => new Float64Array(memory.buffer, placeOf(column), length),
  )
  return {
    inputs: columns.slice(0, step.inputs),
    results: columns.slice(step.inputs),
    run: (count) => {
      if (count === 0) return true
      run(bytesOf(count))
      return (flags[0] | flags[1] | flags[2] | flags[3]) === 0
    },
  }
}

/** e^x of the numbers on the stack. */
export const expOf = (value: Code): Code => [value, local.set(x), expCode]
/** ln(1 + x) of them. */
export const ln1pOf = (value: Code): Code => [value, local.set(x), ln1pCode]

export type LaneKernel = {
  readonly inputs: Float64Array
  readonly results: Float64Array
  /** Sets the first `count` results. */
  run(count: number): void
}

/** ln(1 + x) of up to `length` numbers, whatever they are. */
export function ln1pLanes(length: number): LaneKernel {
  const one = { inputs: 1, results: 1, locals: 0 }
  const kernel = columnKernel(length, { ...one, code: ({ input, result }) => result(0, ln1pOf(input(0))) })
  const [[inputs], [results]] = [kernel.inputs, kernel.results]
  return {
    inputs,
    results,
    run: (count) => {
      if (kernel.run(count)) return
      for (let place = 0; place < count; place++) results[place] = ln1p(inputs[place])
    },
  }
}

/** Notes the lanes of `x` that are not within two bounds. */
const within = (least: number, most: number): Code => [
  [local.get(x), f64x2.const(least), f64x2.ge, local.get(x), f64x2.const(most), f64x2.le],
  [v128.and, v128.not, local.get(missed), v128.or, local.set(missed)],
]

/** c0 + t (c1 + t (c2 + ...)) of the number in a local. */
function polynomial(t: number, [head, ...rest]: readonly number[]): Code {
  const constant = f64x2.const(head)
  return rest.length === 0 ? constant : [constant, local.get(t), polynomial(t, rest), f64x2.mul, f64x2.add]
}

/** 1.5 * 2^52: a small whole number added to it stands in its lowest bits. */
const magic = 6_755_399_441_055_744
/** Its bits, less 1,023. */
const magicBitsUnbiased = { high: 0x4337ffff, low: 0xfffffc01 }

const expCode: Code = (() => {
  const [k, hi, lo, r, t, c] = Array.from({ length: 6 }, (_, place) => first + place)
  return [
    within(-700, 700),
    [local.get(x), f64x2.const(Math.LOG2E), f64x2.mul, f64x2.const(0.5), f64x2.add, f64x2.floor, local.set(k)],
    [local.get(x), local.get(k), f64x2.const(ln2High), f64x2.mul, f64x2.sub, local.set(hi)],
    [local.get(k), f64x2.const(ln2Low), f64x2.mul, local.set(lo)],
    [local.get(hi), local.get(lo), f64x2.sub, local.set(r)],
    [local.get(r), local.get(r), f64x2.mul, local.set(t)],
    [local.get(r), local.get(t), polynomial(t, expTerms), f64x2.mul, f64x2.sub],
    [local.set(c), f64x2.const(1)],
    [local.get(r), local.get(c), f64x2.mul, f64x2.const(2), local.get(c), f64x2.sub, f64x2.div],
    [local.get(lo), f64x2.sub, local.get(hi), f64x2.add, f64x2.add],
    // times 2^k, by its bits
    [local.get(k), f64x2.const(magic), f64x2.add, i64x2.const({ low: 1023 }), i64x2.add],
    [i32.const(52), i64x2.shl, f64x2.mul],
  ]
})()

const ln1pCode: Code = (() => {
  const [u, carry, k, f, s, z, half] = Array.from({ length: 7 }, (_, place) => first + place)
  return [
    within(-0.999, 1e300),
    [f64x2.const(1), local.get(x), f64x2.add, local.set(u)],
    // 1 where the mantissa is above sqrt(2)
    [local.get(u), i32.const(32), i64x2.shr_u, i64x2.const({ low: 0xfffff }), v128.and],
    [i64x2.const({ low: 0x95f64 }), i64x2.add],
    [i32.const(20), i64x2.shr_u, local.set(carry)],
    [local.get(u), i32.const(52), i64x2.shr_u, i64x2.const(magicBitsUnbiased), i64x2.add, local.get(carry), i64x2.add],
    [f64x2.const(magic), f64x2.sub, local.set(k)],
    // the mantissa, in [sqrt(1/2), sqrt(2)), less 1
    [local.get(u), i64x2.const({ high: 0xfffff, low: 0xffffffff }), v128.and],
    [i64x2.const({ low: 1023 }), local.get(carry), i64x2.sub, i32.const(52), i64x2.shl, v128.or],
    [f64x2.const(1), f64x2.sub, local.set(f)],
    [local.get(f), f64x2.const(2), local.get(f), f64x2.add, f64x2.div, local.set(s)],
    [local.get(s), local.get(s), f64x2.mul, local.set(z)],
    [f64x2.const(0.5), local.get(f), f64x2.mul, local.get(f), f64x2.mul, local.set(half)],
    [local.get(k), f64x2.const(ln2High), f64x2.mul, local.get(half), local.get(s), local.get(half)],
    [local.get(z), polynomial(z, lnTerms), f64x2.mul, f64x2.add, f64x2.mul],
    [local.get(k), f64x2.const(ln2Low), f64x2.mul, f64x2.add, f64x2.sub, local.get(f), f64x2.sub, f64x2.sub],
    // and what 1 + x has lost of x
    [local.get(x), local.get(u), f64x2.const(1), f64x2.sub, f64x2.sub, local.get(u), f64x2.div, f64x2.add],
  ]
})()
