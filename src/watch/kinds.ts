/**
 * What kind of rise a warning tells of, by shares of its evidence. A pure function: the same shares give the same kind.
 *
 * Looked at in this order, since each explains those behind it: artefacts (a source that came back, an upload, one enterprise), which are
 * held one level lower; what the grades say; where the rise comes from (a neighbour, one source or office, one type); else many enterprises.
 */
import { type Level, levels } from '../../streams/outputs.ts'
import type { WarningKind, WarningShares } from '../../streams/warnings.ts'

/**
 * Shares are of 0 .. 1; absent where nothing is known of it.
 * - `ofBacklog`: of all events that came, those that a source had kept during a silence;
 * - `stale`: of the records of the source that brought most, those that were stale; `ofUploader`: its share of all records;
 * - `ofSource`, `ofType`: of the rise, the part of one source, and of one type;
 * - `ofNeighbour`: rise of the strongest neighbour that rose before, over the own one: events over expected, less 1.
 */
export type Shares = WarningShares & {
  /** Effective number of enterprises: events^2 / sum over enterprises of (events of one)^2. */
  effectiveEnterprises: number
  /** Of the rise of the level of risk, what the mix of grades alone brings. */
  ofGrades?: number
}

const backlogMin = 0.2
const staleMin = 0.2 // with an upload comes what the source says anyway
const uploaderMin = 0.6
const effectiveMin = 2
const gradesMin = 0.5
const neighbourMin = 1
const sourceMin = 0.8
const typeMin = 0.8

/** Kinds that look like trouble and are mostly none. */
const artefacts: ReadonlySet<WarningKind> = new Set<WarningKind>([
  'return-after-silence',
  'batch-upload',
  'one-enterprise',
])

export function kindOf(shares: Shares): WarningKind {
  const {
    effectiveEnterprises,
    ofBacklog = 0,
    stale = 0,
    ofUploader = 0,
    ofSource = 0,
    ofType = 0,
    ofGrades = 0,
    ofNeighbour = 0,
  } = shares
  if (ofBacklog >= backlogMin) return 'return-after-silence'
  if (stale >= staleMin && ofUploader >= uploaderMin) return 'batch-upload'
  if (effectiveEnterprises > 0 && effectiveEnterprises < effectiveMin) return 'one-enterprise'
  if (ofGrades >= gradesMin) return 'worse-grades'
  if (ofNeighbour >= neighbourMin) return 'spill-over'
  // A source that sends one type says more by its type only where others send that type too; both: the source is named.
  if (ofSource >= sourceMin) return 'one-source'
  return ofType >= typeMin ? 'one-type' : 'many-enterprises'
}

export const isArtefact = (kind: WarningKind): boolean => artefacts.has(kind)

/** The level at which a kind stands: an artefact one step lower, blue at least where it was called for. */
export function levelHeld(level: Level, kind: WarningKind): Level {
  const rank = levels.indexOf(level)
  return isArtefact(kind) && rank > 1 ? levels[rank - 1] : level
}

/** Nodes beside a node: those that touch its region, or have the same parent. */
export type Beside = { readonly node: number; readonly roseInTick: number; readonly excess: number }

/** Rise of the strongest neighbour that rose before the own one; 0 where none did. `excess`: events over expected, less 1. */
export function neighbourShare(own: { roseInTick: number; excess: number }, beside: readonly Beside[]): number {
  const before = beside.filter(({ roseInTick }) => roseInTick < own.roseInTick)
  return own.excess <= 0 ? 0 : before.reduce((most, { excess }) => Math.max(most, excess / own.excess), 0)
}
