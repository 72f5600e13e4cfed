/** The tick archive of a log as a panel: what each judged cell counted, and of a simulated market the outbreaks that were planned. */
import type { Profile } from '../../streams/profile.ts'
import { ArchiveRecord, type TickRecord } from '../../streams/ticks.ts'
import { rootIndex } from '../../streams/tree.ts'
import { cellKeys } from '../cells.ts'
import { ForewarnError } from '../errors.ts'
import { jsonOf } from '../json.ts'
import { panelCountsMax, panelTicksMin } from '../limits.ts'
import type { Log } from '../log/port.ts'
import { recordsOf } from '../log/recordsOf.ts'
import type { Outbreak } from '../simulate/truth.ts'
import { lattice } from '../watch/lattice.ts'
import type { Panel, PanelCell, PanelOutbreak } from './panel.ts'

/** A rise of one enterprise, or of hardly two, is no outbreak. */
const enterprisesMin = 3
const effectiveMin = 2

type Counted = { tick: number; events: number; mayCall: boolean }

/** `outbreaks`: those of the simulator's truth. @throws ForewarnError FW_SERIES_SHORT for a log with too few closed ticks. */
export async function archivePanel(log: Log, profile: Profile, outbreaks: readonly Outbreak[]): Promise<Panel> {
  const byNode = new Map<number, Counted[]>()
  const backlogs = new Map<number, Set<number>>()
  let [firstTick, lastTick] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for await (const { value } of recordsOf(log, 'ticks', 0)) {
    const record = ArchiveRecord.parse(jsonOf(value))
    if (record.kind !== 'tick') continue
    firstTick = Math.min(firstTick, record.tick)
    lastTick = Math.max(lastTick, record.tick)
    for (const node of record.backlog?.keys ?? [])
      backlogs.set(node, (backlogs.get(node) ?? new Set()).add(record.tick))
    for (const [node, counted] of countedIn(record)) {
      const own = byNode.get(node) ?? []
      byNode.set(node, own)
      own.push(counted)
    }
  }
  const ticks = byNode.size === 0 ? 0 : lastTick - firstTick + 1
  if (ticks < panelTicksMin) throw new ForewarnError('FW_SERIES_SHORT', [ticks, panelTicksMin])
  const keys = cellKeys(profile)
  const lines = lattice(profile, keys)
  const nodes = [...byNode.keys()].filter((node) => lines.axisOf(node) !== undefined).sort((a, b) => a - b)
  if (nodes.length * ticks > panelCountsMax)
    throw new ForewarnError('FW_USAGE', [
      `The archive has ${nodes.length} cells of ${ticks} ticks: more than ${panelCountsMax} counts.`,
    ])
  const cells = nodes.map((node): PanelCell => {
    const { region, industry } = lines.codes(node)
    const axis = lines.axisOf(node) ?? ''
    const name = [region, industry].filter((code) => code !== '').join('/')
    const own = cellOf(byNode.get(node) ?? [], backlogs.get(node) ?? new Set(), { firstTick, ticks })
    return { name, region: region || 'all', group: `${axis} ${lines.siblingsOf(node).key}`, axis, ...own }
  })
  const at = (code: string, tree: Profile['regions']): number => (code === '' ? rootIndex : tree.find(code))
  const planned = outbreaks
    .map((one): PanelOutbreak => {
      const node = keys.cell(at(one.region, profile.regions), at(one.industry, profile.industries))
      const near = nodes.flatMap((other, cell) =>
        lines.contains(other, node) || lines.contains(node, other) ? [cell] : [],
      )
      const own = new Set(nodes.flatMap((other, cell) => (other === node ? [cell] : [])))
      return {
        name: one.id,
        kind: one.kind,
        from: one.startTick - firstTick,
        to: one.endTick - firstTick,
        near: new Set(near),
        own,
      }
    })
    .filter(({ from, to }) => from >= 0 && to < ticks)
  return { calendar: profile.calendar, firstTick, ticks, cells, outbreaks: planned }
}

/** What nodes counted and is judged, of one page. */
function countedIn({ tick, nodes, taught, backlog }: TickRecord): [number, Counted][] {
  const withheld = new Map<number, number>()
  for (const part of [taught, backlog])
    for (const [index, node] of (part?.keys ?? []).entries())
      withheld.set(node, (withheld.get(node) ?? 0) + (part?.sums[index] ?? 0))
  return nodes.keys.map((node, index) => {
    const [all, enterprises, squares] = [nodes.events[index], nodes.enterprises[index], nodes.squares[index]]
    const mayCall = enterprises >= enterprisesMin && all * all >= effectiveMin * squares
    return [node, { tick, events: Math.max(0, all - (withheld.get(node) ?? 0)), mayCall }]
  })
}

function cellOf(
  counted: readonly Counted[],
  backlog: ReadonlySet<number>,
  { firstTick, ticks }: { firstTick: number; ticks: number },
): Pick<PanelCell, 'counts' | 'known' | 'mayCall'> {
  const [counts, known, mayCall] = [new Float64Array(ticks), new Uint8Array(ticks).fill(1), new Uint8Array(ticks)]
  for (const one of counted) {
    counts[one.tick - firstTick] += one.events
    if (one.mayCall) mayCall[one.tick - firstTick] = 1
  }
  for (const tick of backlog) known[tick - firstTick] = 0 // what was kept back says nothing of its tick
  return { counts, known, mayCall }
}
