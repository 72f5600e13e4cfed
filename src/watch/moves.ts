/**
 * State under another profile. Numbers that are keys of cells, of streams or of regions say so in the contract of what is saved, and move
 * to the keys that the same codes have there; what lies at a code that is no node there any more is left out.
 */
import { z } from 'zod'
import type { Profile } from '../../streams/profile.ts'
import type { CodeTree } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'
import type { Lattice } from './lattice.ts'

export const cellKey = z.number()
export const arrivalKey = z.number()
export const regionKey = z.int()

/** The key under the other profile; undefined: it is gone. */
type Move = (key: number) => number | undefined
export type Moves = { cell: Move; arrival: Move; region: Move }

export function movesBetween(
  from: { profile: Profile; keys: CellKeys },
  to: { profile: Profile; keys: CellKeys; lattice: Lattice },
): Moves {
  const region = sameCode(from.profile.regions, to.profile.regions)
  const industry = sameCode(from.profile.industries, to.profile.industries)
  const sources = [from.profile.sources.length, to.profile.sources.length]
  return {
    region: (key) => region[key],
    cell: (key) => {
      const [at, of] = [region[from.keys.region(key)], industry[from.keys.industry(key)]]
      const node = at === undefined || of === undefined ? undefined : to.keys.cell(at, of)
      return node === to.lattice.whole || (node !== undefined && to.lattice.axisOf(node) !== undefined)
        ? node
        : undefined
    },
    arrival: (key) => {
      const { source, region: node } = from.keys.arrivalOf(key)
      const at = region[node]
      // The number after the last source is that of all of them.
      return at === undefined ? undefined : to.keys.arrivals(source < sources[0] ? source : sources[1], at)
    },
  }
}

function sameCode({ nodes }: CodeTree, to: CodeTree): (number | undefined)[] {
  const indexOf = new Map(to.nodes.map(({ code, index }) => [code, index]))
  return nodes.map(({ code }) => indexOf.get(code))
}

const gone = Symbol('gone')

/** What was saved, with its keys moved. An entry of a list goes with its key. */
export function moved<S extends z.ZodType>(contract: S, saved: z.output<S>, moves: Moves): z.output<S> {
  return contract.parse(movedValue(contract, saved, moves))
}

function movedValue(contract: z.core.$ZodType, value: unknown, moves: Moves): unknown {
  if (typeof value === 'number') {
    if (contract === cellKey) return moves.cell(value) ?? gone
    if (contract === arrivalKey) return moves.arrival(value) ?? gone
    return contract === regionKey ? (moves.region(value) ?? gone) : value
  }
  if (contract instanceof z.ZodOptional || contract instanceof z.ZodNullable)
    return movedValue(contract.unwrap(), value, moves)
  if (contract instanceof z.ZodArray && Array.isArray(value))
    return value.map((one) => movedValue(contract.element, one, moves)).filter((one) => one !== gone)
  if (contract instanceof z.ZodTuple && Array.isArray(value)) {
    const parts = value.map((one, at) => movedValue(contract.def.items[at], one, moves))
    return parts.includes(gone) ? gone : parts
  }
  if (contract instanceof z.ZodObject && typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([name, one]) => [name, movedValue(contract.shape[name], one, moves)])
    return parts.some(([, one]) => one === gone) ? gone : Object.fromEntries(parts)
  }
  return value
}
