/**
 * A cell part in bytes; `CellPart` (streams/outputs.ts) is what it means. The task is the key of its record.
 *
 *   beat | tick | page | pages | sums of one kind after another, each: its number | how many keys | keys | one column of numbers after another
 *
 * All numbers as in varints.ts. Keys ascend, and stand as differences from the one before; numbers have a sign. Kinds ascend too, and one of
 * which there are no sums is left out. What was written in JSON before is read as well.
 */
import { CellPart } from '../../streams/outputs.ts'
import { jsonOf } from '../json.ts'
import type { LogRecord } from '../log/port.ts'
import { isJson, unreadable } from './packedRecords.ts'
import { ByteReader, type ByteWriter } from './varints.ts'

type Column = Float64Array | Int32Array | readonly number[]
/** So many keys with their columns. `ticks`: keys ascend within each of them. */
export type KeyedColumns = { count: number; ticks?: Column; keys: Column; columns: readonly Column[] }

/** Their numbers stand in logs: a new kind takes the next one. */
export const partKinds = [
  'counts',
  'unjudged',
  'late',
  'breadth',
  'shared',
  'stock',
  'arrivals',
  'drift',
  'risk',
  'contradictions',
  'moved',
] as const
export type PartKind = (typeof partKinds)[number]
export type PartSums = Readonly<Record<PartKind, KeyedColumns>>
export type PartHead = Pick<CellPart, 'beat' | 'tick' | 'page' | 'pages'>

/** The keys from `from` up to `to` of each kind. */
export function putPart(
  out: ByteWriter,
  head: PartHead,
  sums: PartSums,
  { from, to }: { from: number; to: number },
): void {
  out.putSigned(head.beat)
  out.putSigned(head.tick)
  out.put(head.page)
  out.put(head.pages)
  for (let kind = 0; kind < partKinds.length; kind++) {
    const of = sums[partKinds[kind]]
    const end = Math.min(to, of.count)
    if (end <= from) continue
    out.put(kind)
    out.put(end - from)
    putKeys(out, of, from, end)
    for (const column of of.columns) for (let at = from; at < end; at++) out.putSigned(column[at])
  }
}

function putKeys(out: ByteWriter, { ticks, keys }: KeyedColumns, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const isFirst = at === from || (ticks !== undefined && ticks[at] !== ticks[at - 1])
    if (ticks !== undefined) out.putSigned(at === from ? ticks[at] : ticks[at] - ticks[at - 1])
    out.put(isFirst ? keys[at] : keys[at] - keys[at - 1])
  }
}

/** The part in a record, which is not packed any more. @throws ForewarnError FW_PACKED_RECORD when it is none. */
export function partOf(record: LogRecord): CellPart {
  try {
    return isJson(record) ? CellPart.parse(jsonOf(record.value)) : partIn(record)
  } catch (error) {
    throw unreadable(record, error)
  }
}

const noSums = (): CellPart['counts'] => ({ keys: [], deltas: [] })
const noPairs = (): CellPart['breadth'] => ({ keys: [], enterprises: [], squares: [] })

function partIn({ key, value }: LogRecord): CellPart {
  const from = new ByteReader(value)
  const beat = from.takeSigned()
  const [tick, page, pages] = [from.takeSigned(), from.take(), from.take()]
  if (page >= pages) throw new Error(`it is page ${page} of ${pages}`)
  const part: CellPart = {
    ...{ task: key ?? '', beat, tick, page, pages, through: beat },
    ...{ counts: noSums(), late: { ticks: [], ...noSums() }, breadth: noPairs(), shared: noPairs() },
    ...{ stock: noSums(), arrivals: noSums() },
  }
  for (let last = -1; from.left > 0; ) {
    const kind = from.take()
    if (kind <= last || kind >= partKinds.length) throw new Error(`sums of kind ${kind} follow those of kind ${last}`)
    takers[partKinds[kind]](part, from)
    last = kind
  }
  return part
}

const takers: Readonly<Record<PartKind, (part: CellPart, from: ByteReader) => void>> = {
  counts: (part, from) => {
    part.counts = takeSums(from)
  },
  unjudged: (part, from) => {
    part.unjudged = takeSums(from)
  },
  late: (part, from) => {
    part.late = takeLate(from)
  },
  breadth: (part, from) => {
    part.breadth = takePairs(from)
  },
  shared: (part, from) => {
    part.shared = takePairs(from)
  },
  stock: (part, from) => {
    part.stock = takeSums(from)
  },
  arrivals: (part, from) => {
    part.arrivals = takeSums(from)
  },
  drift: (part, from) => {
    const { keys, deltas: counts } = takeSums(from)
    part.drift = { keys, counts }
  },
  risk: (part, from) => {
    const keys = takeKeys(from, 4)
    const { length } = keys
    const [enterprises, logOdds] = [takeColumn(from, length), takeColumn(from, length)]
    part.risk = { keys, enterprises, logOdds, probability: takeColumn(from, length) }
  },
  contradictions: (part, from) => {
    const keys = takeKeys(from, 3)
    const [near, entered] = [keys, keys].map(({ length }) => takeColumn(from, length))
    part.contradictions = { keys, near, entered }
  },
  moved: (part, from) => {
    const keys = takeKeys(from, 4)
    const [enterprises, now, before] = [keys, keys, keys].map(({ length }) => takeColumn(from, length))
    part.moved = { keys, enterprises, now, before }
  },
}

function takeSums(from: ByteReader): CellPart['counts'] {
  const keys = takeKeys(from, 2)
  return { keys, deltas: takeColumn(from, keys.length) }
}

function takePairs(from: ByteReader): CellPart['breadth'] {
  const keys = takeKeys(from, 3)
  return { keys, enterprises: takeColumn(from, keys.length), squares: takeColumn(from, keys.length) }
}

/** `bytesEach`: so many columns there are, of a byte a row at least. */
function takeKeys(from: ByteReader, bytesEach: number): number[] {
  const keys: number[] = []
  let key = 0
  for (let left = from.takeCount(bytesEach); left > 0; left--) {
    key = keyAfter(from, key, keys.length === 0)
    keys.push(key)
  }
  return keys
}

function takeLate(from: ByteReader): CellPart['late'] {
  const ticks: number[] = []
  const keys: number[] = []
  let [tick, key] = [0, 0]
  for (let left = from.takeCount(3); left > 0; left--) {
    const later = from.takeSigned()
    if (ticks.length > 0 && later < 0) throw new Error('its ticks do not ascend')
    tick += later
    key = keyAfter(from, later === 0 ? key : 0, ticks.length === 0 || later > 0)
    keys.push(key)
    ticks.push(tick)
  }
  return { ticks, keys, deltas: takeColumn(from, keys.length) }
}

function keyAfter(from: ByteReader, before: number, isFirst: boolean): number {
  const step = from.take()
  if (!isFirst && step === 0) throw new Error('its keys do not ascend')
  if (!Number.isSafeInteger(before + step)) throw new Error('a key is beyond all keys')
  return before + step
}

function takeColumn(from: ByteReader, length: number): number[] {
  const column: number[] = []
  for (let left = length; left > 0; left--) column.push(from.takeSigned())
  return column
}
