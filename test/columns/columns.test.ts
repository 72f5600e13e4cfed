/** Cell parts in bytes: what was written is read, what nobody writes is refused with a code, and the form stands as it is in logs. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partOf } from '../../src/columns/cellPart.ts'
import { RecordPacker, unpacked } from '../../src/columns/packedRecords.ts'
import { ByteReader, ByteWriter } from '../../src/columns/varints.ts'
import { ForewarnError } from '../../src/errors.ts'
import type { LogRecord } from '../../src/log/port.ts'
import { CellPart } from '../../streams/outputs.ts'
import { asRead, packed, partBytes } from '../support/parts.ts'

const seed = 20_261_130
const keysMax = 40
const number = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const square = fc.maxSafeInteger().map((value) => Math.floor(value / 4))
const keys = fc
  .uniqueArray(fc.oneof(fc.nat(300), fc.nat({ max: Number.MAX_SAFE_INTEGER })), { maxLength: keysMax })
  .map((all) => all.sort((a, b) => a - b))

const column = <T>(values: fc.Arbitrary<T>, of: readonly unknown[]): fc.Arbitrary<T[]> =>
  fc.array(values, { minLength: of.length, maxLength: of.length })
const sums = keys.chain((all) => fc.record({ keys: fc.constant(all), deltas: column(number, all) }))
const pairs = keys.chain((all) =>
  fc.record({ keys: fc.constant(all), enterprises: column(number, all), squares: column(square, all) }),
)
const late = fc.array(fc.tuple(fc.integer({ min: -50, max: 30_000 }), sums), { maxLength: 3 }).map((of) => {
  const byTick = [...new Map(of)].sort(([a], [b]) => a - b)
  return {
    ticks: byTick.flatMap(([tick, one]) => one.keys.map(() => tick)),
    keys: byTick.flatMap(([, one]) => one.keys),
    deltas: byTick.flatMap(([, one]) => one.deltas),
  }
})
const drift = sums.map((one) => ({ keys: one.keys, counts: one.deltas }))
const risk = keys.chain((all) =>
  fc.record({
    ...{ keys: fc.constant(all), enterprises: column(number, all) },
    ...{ logOdds: column(square, all), probability: column(square, all) },
  }),
)
const contradictions = keys.chain((all) =>
  fc.record({ keys: fc.constant(all), near: column(number, all), entered: column(number, all) }),
)
const moved = keys.chain((all) =>
  fc.record({
    ...{ keys: fc.constant(all), enterprises: column(number, all) },
    ...{ now: column(square, all), before: column(square, all) },
  }),
)
const present = <T extends { keys: number[] }>(of: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  of.filter((one) => one.keys.length > 0)

const parts: fc.Arbitrary<CellPart> = fc
  .record(
    {
      task: fc.constant('enterprise-3'),
      beat: fc.integer({ min: -(10 ** 6), max: 2 ** 40 }),
      tick: fc.integer({ min: -800, max: 60_000 }),
      page: fc.nat(3),
      pages: fc.constant(4),
      ...{ counts: sums, late, breadth: pairs, shared: pairs, stock: sums, arrivals: sums },
      ...{ unjudged: present(sums), drift: present(drift), risk: present(risk) },
      ...{ contradictions: present(contradictions), moved: present(moved) },
    },
    {
      requiredKeys: [
        'task',
        'beat',
        'tick',
        'page',
        'pages',
        'counts',
        'late',
        'breadth',
        'shared',
        'stock',
        'arrivals',
      ],
    },
  )
  .map((part) => ({ ...part, through: part.beat }))

const record = (value: Uint8Array): LogRecord => ({ offset: 7, timeMs: 0, key: 'enterprise-3', value, headers: null })

/** What is read of bytes, or the code with which they are refused. */
function readOf(value: Uint8Array): CellPart[] | string {
  try {
    return unpacked(record(value)).map(partOf)
  } catch (error) {
    if (error instanceof ForewarnError) return error.code
    throw error
  }
}

describe('numbers', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(), fc.nat({ max: Number.MAX_SAFE_INTEGER }))), (numbers) => {
        const out = new ByteWriter()
        for (const one of numbers) out.put(one)
        const from = new ByteReader(out.view())
        expect(numbers.map(() => from.take())).toEqual(numbers)
        expect(from.left).toBe(0)
      }),
      { seed, numRuns: 300 },
    )
  })

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])('%d is not written', (value) => {
    expect(() => new ByteWriter().put(value)).toThrow(RangeError)
  })

  it.each([
    ['no end', [0x80], /too soon/],
    ['more bytes than any', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1], /no end/],
    ['a zero behind it', [0x81, 0], /nobody writes/],
    ['a value above 2^53', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], /nobody writes/],
  ])('one with %s is refused', (_, bytes, says) => {
    expect(() => new ByteReader(Uint8Array.from(bytes)).take()).toThrow(says)
  })
})

describe('cell parts', () => {
  it('are read as they were written, and as their contract says', () => {
    fc.assert(
      fc.property(parts, (part) => {
        const read = partOf(record(partBytes(part)))
        expect(read).toEqual(part)
        expect(CellPart.parse(read)).toEqual(part)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('stand many in one record, each at its time', () => {
    const beats = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 20 }).map((all) => all.sort((a, b) => a - b))
    fc.assert(
      fc.property(parts, beats, (part, of) => {
        const all = of.map((beat) => ({ ...part, beat, through: beat }))
        const one = packed(all, 250)
        expect(one.timeMs).toBe(250 * of[of.length - 1])
        expect(unpacked(asRead(one)).map(({ timeMs }) => timeMs)).toEqual(of.map((beat) => 250 * beat))
        expect(unpacked(asRead(one)).map(partOf)).toEqual(all)
      }),
      { seed, numRuns: 60 },
    )
  })

  it('in JSON, as they were written before, are read too', () => {
    fc.assert(
      fc.property(parts, (part) => {
        expect(readOf(Buffer.from(JSON.stringify(part)))).toEqual([part])
      }),
      { seed, numRuns: 30 },
    )
  })

  it('that are cut or changed anywhere are refused with a code, or are parts that keep the contract', () => {
    const change = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.boolean() })
    fc.assert(
      fc.property(parts, change, (part, { at, to, cut }) => {
        const bytes = packed([part, part], 1_000).value.slice()
        const place = at % bytes.length
        if (!cut) bytes[place] = to
        const read = readOf(cut ? bytes.subarray(0, place) : bytes)
        if (cut) expect(read).toBe('FW_PACKED_RECORD')
        if (typeof read === 'string') expect(read).toBe('FW_PACKED_RECORD')
        else for (const one of read) expect(CellPart.parse(one)).toEqual(one)
      }),
      { seed, numRuns: 500 },
    )
  })

  it('of a kind that is not known, or twice of one kind, are refused', () => {
    const head = [0, 0, 0, 1]
    const counts = [0, 1, 5, 2]
    expect(partOf(record(Uint8Array.from([...head, ...counts])))).toMatchObject({ counts: { keys: [5], deltas: [1] } })
    for (const [bytes, says] of [
      [[...head, ...counts, ...counts], /kind 0 follow those of kind 0/],
      [[...head, 99, 1, 5, 2], /kind 99/],
      [[...head, 0, 2, 5, 0, 2, 2], /do not ascend/],
      [[...head, 0, 100, 5, 2], /fewer bytes/],
      [[0, 0, 1, 1], /page 1 of 1/],
    ] as const)
      expect(() => partOf(record(Uint8Array.from(bytes)))).toThrow(says)
  })
})

it('the form stands in logs: two parts as they are for ever', () => {
  const part: CellPart = {
    ...{ task: 'enterprise-0', beat: 1_767_225_600, tick: 20_454, page: 0, pages: 1, through: 1_767_225_600 },
    counts: { keys: [3, 300, 70_000], deltas: [1, -2, 3] },
    unjudged: { keys: [300], deltas: [-1] },
    late: { ticks: [20_450, 20_450, 20_453], keys: [8, 9, 2], deltas: [1, -1, 1] },
    breadth: { keys: [4], enterprises: [1], squares: [2 ** 32] },
    shared: { keys: [], enterprises: [], squares: [] },
    stock: { keys: [12], deltas: [-5] },
    arrivals: { keys: [1], deltas: [7] },
    drift: { keys: [0, 1], counts: [10, 20] },
    risk: { keys: [6], enterprises: [1], logOdds: [-2_500], probability: [75_858] },
  }
  const next = { ...part, beat: part.beat + 9, through: part.beat + 9, counts: { keys: [1], deltas: [1] } }
  const { value } = packed([part, next], 1_000)
  expect(Buffer.from(value).toString('hex')).toBe(golden)
  expect(unpacked(asRead({ key: part.task, value: Buffer.from(golden, 'hex') })).map(partOf)).toEqual([part, next])
})

const golden =
  '020280a0d5edee66a846474080e4ad950dccbf020001000303a902c4a0040203060101ac02010203c4bf02080001060202010203010402808080802005010c090601010e070200011428080106028727a4a10992e4ad950dccbf020001000101020101ac02010203c4bf02080001060202010203010402808080802005010c090601010e070200011428080106028727a4a109'

it('a packer that has given its record begins anew', () => {
  const packer = new RecordPacker()
  packer.add(5, Uint8Array.of(1, 2))
  packer.take('a')
  packer.add(9, Uint8Array.of(3))
  expect(unpacked(asRead(packer.take('a')))).toMatchObject([{ timeMs: 9, value: Uint8Array.of(3) }])
})
