/**
 * What rows add to the cells of the open tick, as signed integers (docs/fold.md rule 12). A fact is counted when it is kept and
 * taken out when it goes; a change of place or grade takes out all facts of the open tick and puts them back; the number of distinct enterprises is the
 * difference between the row before and after the beat. So whatever happened to a row leaves exactly the difference.
 */
import {
  factIndustry,
  factRegion,
  factSource,
  factTick,
  factType,
  freshBit,
  gradeCodeAt,
  hourOf,
  tombstoneBit,
} from '../../models/facts.ts'
import { millionthsOfProbability } from '../../models/level/counted.ts'
import type { Profile } from '../../streams/profile.ts'
import { noGrade } from '../../streams/profile.ts'
import { unknownIndex } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'
import { rowsKept, searchedFactsMax } from '../limits.ts'
import { resized } from '../sums.ts'
import { Deltas } from './deltas.ts'
import { type EnterpriseRows, flag } from './rows/rows.ts'
import { countedAt } from './score/nearbyRate.ts'

/** The sums of one beat, before they are written as a part. */
export class ContributionSums {
  readonly counts = new Deltas(1)
  /** Of the counts by source, those of facts that are not judged. */
  readonly unjudged = new Deltas(1)
  /** Distinct enterprises and, second, sum of squares: by leaf, and what is mended by node. */
  readonly distinctEnterprises = new Deltas(2)
  readonly overlapCorrection = new Deltas(2)
  readonly stock = new Deltas(1)
  readonly arrivals = new Deltas(1)
  /** Scored enterprises of the stock; second, their log-odds in thousandths; third, their probabilities in millionths. */
  readonly risk = new Deltas(3)
  /** Enterprises whose scores contradict their grade, nearly for long enough or longer; second, those that have entered. */
  readonly contradictions = new Deltas(2)
  /** By node and feature: enterprises; second and third, their contributions now and before, in thousandths. */
  readonly moved = new Deltas(3)
  /** Rows by bin of the champion's reference; only at a tick's close. */
  readonly drift = new Deltas(1)
  readonly late = new Map<number, Deltas>()

  lateOf(tick: number): Deltas {
    const known = this.late.get(tick)
    if (known) return known
    const made = new Deltas(1)
    this.late.set(tick, made)
    return made
  }
}

export type CellContributions = {
  /** Notes where a row counts as an enterprise before it changes in a beat; `slot` is its position among the touched rows. */
  begin(row: number, slot: number, tick: number): void
  /** Adds where the row counts as an enterprise now, less where it did. */
  end(row: number, slot: number, tick: number): void
  /** Adds (sign 1) or takes out (sign -1) one fact of the open tick. */
  fact(row: number, words: Int32Array, at: number, tick: number, sign: 1 | -1): void
  /** The row's facts changed in another way: it is counted anew at the end. */
  recountOf(row: number): void
  /** Adds or takes out all facts of the open tick: around a change of place or grade. */
  facts(row: number, tick: number, sign: 1 | -1): void
  /** Adds or takes out a registered enterprise from the population by (leaf, grade, band), with the log-odds that it is counted with. */
  stock(row: number, tick: number, sign: 1 | -1): void
  /** Adds a row of the stock to the sums of risk once more. */
  risk(row: number, tick: number): void
  /** From here on a row is counted with these log-odds, in thousandths; undefined: the model in force cannot score it. */
  rescored(row: number, logOdds: number | undefined, tick: number): void
  /** Whether a row is a registered enterprise that is not closed, and the (leaf, grade) under which it counts. */
  isInStock(row: number): boolean
  homeOf(row: number, tick: number): number
  /** Counts a retracted fact in the tick, cell and grade in which it was counted. */
  retracted(row: number, words: Int32Array, at: number, openTick: number): void
  /** Counts a record that arrived, whatever its fate. */
  arrived(source: number, regionLeaf: number): void
  leafRegion(row: number, word3: number, word4: number, tick: number): number
  /** The leaf at which a fact of a tick counts; `at`: its first word. */
  countedLeaf(row: number, words: Int32Array, at: number, tick: number): number
  /** Grade in force at the end of a tick, by what was known at its close. */
  gradeAt(row: number, tick: number): number
  readonly sums: ContributionSums
}

/** By node of region and of industry the node at which its events are counted. */
type CountedAt = { region: Uint16Array; industry: Uint16Array }

type DistinctEnterprises = { leaves: number[]; counts: number[] }
const noEnterprises = (): DistinctEnterprises => ({ leaves: [], counts: [] })

/** Places of a row by the tick from which they hold; `undefined` for rows that never moved. */
export type PlaceHistory = ReadonlyMap<number, readonly { fromTick: number; place: number }[]>

export function contributions(
  profile: Profile,
  keys: CellKeys,
  rows: EnterpriseRows,
  places: PlaceHistory,
): CellContributions {
  const { regions, industries, types, calendar } = profile
  const { columns } = keys
  const sums = new ContributionSums()
  const judgedAt: CountedAt = { region: regions.leafOf, industry: industries.leafOf }
  const keptAt: CountedAt = { region: countedAt(profile, 'region'), industry: countedAt(profile, 'industry') }
  const countsDeeper = keptAt.region !== judgedAt.region || keptAt.industry !== judgedAt.industry
  const judged = Uint8Array.from(types, (type) => (type.judged ? 1 : 0))
  const distinctEnterprises = noEnterprises()
  /** Where each touched row counted before the beat changed it, and now: one leaf at most, or `several`; `recount`: look at its facts again. */
  let leafBefore = new Int32Array(256)
  let countBefore = new Int32Array(256)
  let leafNow = new Int32Array(256)
  let countNow = new Int32Array(256)
  let recount = new Uint8Array(256)
  const several = new Map<number, DistinctEnterprises>()
  /** Where rows of many facts count in the open tick since the last beat that touched them: to look at all facts again takes long. Only what `take` would say. */
  const counted = { tick: 0, rows: new Map<number, { leaf: number; count: number }>() }
  /** The end of the tick that was last asked for: nearly always the open one. */
  let endOf = { tick: 0, hour: hourOf(calendar.endMs(0)) }

  return {
    begin,
    end,
    fact,
    facts,
    recountOf,
    stock,
    risk,
    rescored,
    isInStock,
    homeOf,
    retracted,
    arrived,
    leafRegion,
    countedLeaf,
    gradeAt,
    sums,
  }

  function begin(row: number, slot: number, tick: number): void {
    if (slot === 0) several.clear()
    if (slot === 0 && recount.length > rowsKept) reserve(rowsKept)
    if (slot === recount.length) reserve(2 * slot)
    if (tick !== counted.tick) counted.rows.clear()
    counted.tick = tick
    const known = counted.rows.get(row)
    if (known !== undefined) {
      beginAt(slot, known.leaf, known.count)
      return
    }
    distinctEnterprises.leaves.length = 0
    if (rows.has(row, flag.touched)) take(distinctEnterprises, row, tick) // else it has no fact of this tick yet
    const { leaves, counts } = distinctEnterprises
    if (leaves.length === 0) beginAt(slot, 0, 0)
    else beginAt(slot, leaves[0], counts[0])
    if (leaves.length <= 1) return
    recount[slot] = 1
    several.set(slot, { leaves: [...leaves], counts: [...counts] })
  }

  function beginAt(slot: number, leaf: number, count: number): void {
    leafBefore[slot] = leaf
    leafNow[slot] = leaf
    countBefore[slot] = count
    countNow[slot] = count
    recount[slot] = 0
  }

  function reserve(size: number): void {
    leafBefore = resized(leafBefore, size)
    countBefore = resized(countBefore, size)
    leafNow = resized(leafNow, size)
    countNow = resized(countNow, size)
    recount = resized(recount, size)
  }

  function recountOf(row: number): void {
    const slot = rows.slot(row)
    if (slot !== undefined) recount[slot] = 1
  }

  function end(row: number, slot: number, tick: number): void {
    const from = countBefore[slot]
    if (recount[slot] === 0) {
      endAt(row, leafNow[slot], from, countNow[slot])
      return
    }
    take(distinctEnterprises, row, tick)
    const leaf = distinctEnterprises.leaves[0] ?? leafBefore[slot]
    if (!several.has(slot) && distinctEnterprises.leaves.length <= 1 && (from === 0 || leaf === leafBefore[slot])) {
      endAt(row, leaf, from, distinctEnterprises.counts[0] ?? 0)
      return
    }
    counted.rows.delete(row)
    addDistinctEnterprises(several.get(slot) ?? { leaves: from > 0 ? [leafBefore[slot]] : [], counts: [from] }, -1)
    addDistinctEnterprises(distinctEnterprises, 1)
  }

  function endAt(row: number, leaf: number, from: number, to: number): void {
    difference(leaf, from, to)
    if (rows.facts(row).count <= searchedFactsMax) counted.rows.delete(row)
    else {
      if (counted.rows.size >= rowsKept) counted.rows.clear()
      counted.rows.set(row, { leaf, count: to })
    }
  }

  function difference(leaf: number, from: number, to: number): void {
    if (from !== to) sums.distinctEnterprises.add(leaf, Math.sign(to) - Math.sign(from), to * to - from * from)
  }

  /** The leaves of the judged fresh facts of the open tick, and how many lie in each. Places are not enterprises, and have none. */
  function take(into: DistinctEnterprises, row: number, tick: number): void {
    into.leaves.length = 0
    into.counts.length = 0
    if (rows.has(row, flag.place)) return
    const { words, stride, offset, count } = rows.facts(row)
    let home: number | undefined // where facts without a place of their own count: one cell for all of them
    for (let at = offset, end = offset + count * stride; at < end; at += stride) {
      const word3 = words[at + 3]
      if (
        factTick(word3) !== tick ||
        (word3 & freshBit) === 0 ||
        (words[at + 2] & tombstoneBit) !== 0 ||
        judged[factType(words[at + 2])] === 0
      )
        continue
      const hasOwnPlace = factRegion(word3, words[at + 4]) !== 0 || factIndustry(words[at + 4]) !== 0
      const cell: number = hasOwnPlace || home === undefined ? leafCell(row, word3, words[at + 4], tick) : home
      if (!hasOwnPlace) home = cell
      const known = into.leaves.indexOf(cell)
      if (known >= 0) into.counts[known]++
      else {
        into.leaves.push(cell)
        into.counts.push(1)
      }
    }
  }

  function facts(row: number, tick: number, sign: 1 | -1): void {
    recountOf(row)
    const { words, stride, offset, count } = rows.facts(row)
    for (let at = offset, end = offset + count * stride; at < end; at += stride) {
      if (factTick(words[at + 3]) === tick && (words[at + 2] & tombstoneBit) === 0) fact(row, words, at, tick, sign)
    }
  }

  function fact(row: number, words: Int32Array, at: number, tick: number, sign: 1 | -1): void {
    const word3 = words[at + 3]
    const cell = leafCell(row, word3, words[at + 4], tick)
    const counted = countsDeeper ? countedLeaf(row, words, at, tick) : cell
    const graded = keys.graded(counted, gradeAt(row, tick))
    const isJudged = (word3 & freshBit) !== 0 && judged[factType(words[at + 2])] === 1
    if (sign < 0) recountOf(row)
    else if (isJudged && !rows.has(row, flag.place)) widen(row, cell)
    const bySource = keys.counted(graded, columns.source(factSource(word3)))
    sums.counts.add(bySource, sign)
    if (!isJudged) sums.unjudged.add(bySource, sign)
    sums.counts.add(
      keys.counted(graded, (word3 & freshBit) === 0 ? columns.stale : columns.type(factType(words[at + 2]))),
      sign,
    )
  }

  /** One more judged fresh fact of a row, in a leaf. */
  function widen(row: number, leaf: number): void {
    const slot = rows.slot(row)
    if (slot === undefined) return
    if (countNow[slot] === 0) leafNow[slot] = leaf
    else if (leafNow[slot] !== leaf) recount[slot] = 1
    countNow[slot]++
  }

  /** Each leaf stands for all nodes above it; where a row has several, what that says too much or too little is mended node by node. */
  function addDistinctEnterprises({ leaves, counts }: DistinctEnterprises, sign: 1 | -1): void {
    for (let at = 0; at < leaves.length; at++)
      sums.distinctEnterprises.add(leaves[at], sign, sign * counts[at] * counts[at])
    if (leaves.length <= 1) return
    const nodes = new Map<number, { leaves: number; events: number; squares: number }>()
    for (let at = 0; at < leaves.length; at++) {
      for (const region of regions.pathOf(keys.region(leaves[at]))) {
        for (const industry of industries.pathOf(keys.industry(leaves[at]))) {
          const node = keys.cell(region, industry)
          const sum = nodes.get(node) ?? { leaves: 0, events: 0, squares: 0 }
          sum.leaves++
          sum.events += counts[at]
          sum.squares += counts[at] * counts[at]
          nodes.set(node, sum)
        }
      }
    }
    for (const [node, sum] of nodes) {
      if (sum.leaves > 1)
        sums.overlapCorrection.add(node, sign * (1 - sum.leaves), sign * (sum.events * sum.events - sum.squares))
    }
  }

  function stock(row: number, tick: number, sign: 1 | -1): void {
    if (!isInStock(row)) return
    const graded = homeOf(row, tick)
    sums.stock.add(keys.stock(graded, rows.band(row)), sign)
    addRisk(graded, rows.logOdds(row), sign)
  }

  function risk(row: number, tick: number): void {
    if (isInStock(row)) addRisk(homeOf(row, tick), rows.logOdds(row), 1)
  }

  function rescored(row: number, logOdds: number | undefined, tick: number): void {
    const before = rows.logOdds(row)
    if (logOdds === before) return
    rows.setLogOdds(row, logOdds)
    if (!isInStock(row)) return
    const graded = homeOf(row, tick)
    if (before === undefined || logOdds === undefined) {
      addRisk(graded, before, -1)
      addRisk(graded, logOdds, 1)
    } else {
      const rise = millionthsOfProbability(logOdds) - millionthsOfProbability(before)
      sums.risk.add(graded, 0, logOdds - before, rise)
    }
  }

  function addRisk(graded: number, logOdds: number | undefined, sign: 1 | -1): void {
    if (logOdds !== undefined) sums.risk.add(graded, sign, sign * logOdds, sign * millionthsOfProbability(logOdds))
  }

  function isInStock(row: number): boolean {
    return rows.has(row, flag.registered) && !rows.has(row, flag.closed)
  }

  /** The leaf and grade under which an enterprise itself is counted. */
  function homeOf(row: number, tick: number): number {
    const place = rows.place(row)
    const cell = keys.cell(regions.leafOf[place >>> 16], industries.leafOf[place & 0xffff])
    return keys.graded(cell, gradeAt(row, tick))
  }

  function retracted(row: number, words: Int32Array, at: number, openTick: number): void {
    const tick = factTick(words[at + 3])
    const graded = keys.graded(countedLeaf(row, words, at, tick), gradeAt(row, tick))
    const key = keys.counted(graded, columns.retracted)
    if (tick === openTick) {
      sums.counts.add(key, 1)
      fact(row, words, at, tick, -1)
      return
    }
    const late = sums.lateOf(tick)
    late.add(key, 1)
    // What of it had been judged, so that an open warning that stood on it can be amended.
    const type = factType(words[at + 2])
    if ((words[at + 3] & freshBit) !== 0) late.add(keys.counted(graded, columns.type(type)), -1)
  }

  function arrived(source: number, regionLeaf: number): void {
    sums.arrivals.add(keys.arrivals(source, regionLeaf), 1)
  }

  function countedLeaf(row: number, words: Int32Array, at: number, tick: number): number {
    return cellOf(row, words[at + 3], words[at + 4], tick, keptAt)
  }

  function leafCell(row: number, word3: number, word4: number, tick: number): number {
    return cellOf(row, word3, word4, tick, judgedAt)
  }

  function cellOf(row: number, word3: number, word4: number, tick: number, at: CountedAt): number {
    const ownRegion = factRegion(word3, word4)
    const ownIndustry = factIndustry(word4)
    const place = ownRegion !== 0 && ownIndustry !== 0 ? 0 : placeAt(row, tick)
    const region = ownRegion !== 0 ? ownRegion : place >>> 16
    const industry = ownIndustry !== 0 ? ownIndustry : place & 0xffff
    return keys.cell(at.region[region], at.industry[industry])
  }

  function leafRegion(row: number, word3: number, word4: number, tick: number): number {
    const own = factRegion(word3, word4)
    return regions.leafOf[own !== 0 ? own : placeAt(row, tick) >>> 16]
  }

  function placeAt(row: number, tick: number): number {
    if (!rows.has(row, flag.moved)) return rows.place(row)
    const history = places.get(row) ?? []
    for (let at = history.length - 1; at >= 0; at--) if (history[at].fromTick <= tick) return history[at].place
    return history.length > 0 ? history[0].place : unknownPlace
  }

  function gradeAt(row: number, tick: number): number {
    const grades = rows.grades(row)
    if (grades.count === 0) return noGrade
    if (tick !== endOf.tick) endOf = { tick, hour: hourOf(calendar.endMs(tick)) }
    return gradeCodeAt(grades, endOf.hour, tick)
  }
}

export const unknownPlace = (unknownIndex << 16) | unknownIndex
