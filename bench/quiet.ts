/**
 * A quiet country: 340 prefectures x 97 divisions of `cn` in which nothing happens, daily, judged at every level by the statistic `count` as it is
 * shipped, in streams of all events and of groups. How many false episodes there are beside the budget of the profile, and how evenly they lie
 * on thirds of the provinces and on classes of mean and dispersion.
 */
import { episodes } from '../models/quality/episodes.ts'
import { cellKeys } from '../src/cells.ts'
import { foldVersion } from '../src/fold/version.ts'
import { loadProfile } from '../src/settings/profiles.ts'
import { StatisticLadder } from '../src/watch/ladder.ts'
import { lattice } from '../src/watch/lattice.ts'
import { Population } from '../src/watch/population.ts'
import { TickAggregates } from '../src/watch/tickAggregates.ts'
import { TickRisk } from '../src/watch/tickRisk.ts'
import type { Profile } from '../streams/profile.ts'
import type { TreeNode } from '../streams/tree.ts'
import { drawsOf, negativeBinomial, normal, type Random } from './counts/draws.ts'
import { type BenchOptions, printResult, progress } from './options.ts'
import { beatMs } from './outbreaks/archive.ts'
import { callsAt, NotedCount, type Value } from './outbreaks/replay.ts'

const [warmDays, judgedDays] = [28, 700]
/** Monday, 2025-09-01. */
const firstTick = 20_332
const eventsADay = 10_000
const week = [1.15, 1.15, 1.15, 1.15, 1.1, 0.75, 0.55]
const dispersions = [1, 1.25, 1.6]
/** A node's class: the last of each that it reaches. */
const [meansFrom, dispersionsFrom] = [
  [0, 0.05, 0.5, 5],
  [1, 1.15, 1.4],
] as const
/** Nodes of an axis share a limit, so each axis makes about as many false episodes, whatever the number of its nodes. */
const [axes, cellAxis] = [3, 'axis cell']
/** Where fewer episodes are due, a ratio is chance. */
const dueMin = 10
/** Limits beside the shipped ones at which episodes are told as well. */
const limits = [0.25, 0.5, 0.8, 1, 1.25, 2, 4]

type Cell = { mean: number; phi: number; above: readonly number[]; groupsUpTo: Float64Array }
type Country = { cells: readonly Cell[]; classes: ReadonlyMap<number, readonly string[]> }

export async function benchQuiet(options: BenchOptions): Promise<void> {
  const profile = await loadProfile('cn')
  const seeds = options.seeds ?? [1, 2, 3, 4]
  const [nodes, found, atLimits] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
  const add = (to: Map<string, number>, name: string, count = 1): unknown => to.set(name, (to.get(name) ?? 0) + count)
  for (const seed of seeds) {
    const { values, sharing, classes } = runCountry(profile, seed)
    for (const limit of limits) add(atLimits, `${limit}`, episodesAt(values, limit).length)
    for (const node of sharing) for (const name of classes.get(node) ?? []) add(nodes, name)
    for (const { subject } of episodesAt(values, 1)) for (const name of classes.get(subject) ?? []) add(found, name)
    progress(`seed ${seed}: episodes by limit so far ${JSON.stringify(Object.fromEntries(atLimits))}`)
  }
  const countryWeeks = (seeds.length * judgedDays) / 7
  const due = profile.file.warnings.budget.counts * countryWeeks
  const ratios = [...nodes].sort().flatMap(([name, count]) => {
    const own = ((due / axes) * count) / (nodes.get(cellAxis) ?? 1)
    progress(`${name}: ${count / seeds.length} nodes, ${found.get(name) ?? 0} episodes, ${own.toFixed(1)} due`)
    return name.startsWith('axis') || own < dueMin ? [] : [(found.get(name) ?? 0) / own]
  })
  printResult(
    {
      countryWeeks,
      episodesOverBudget: (atLimits.get('1') ?? 0) / due,
      worstClassRatio: Math.max(...ratios),
      episodesOverBudgetAt: Object.fromEntries([...atLimits].map(([limit, count]) => [limit, count / due])),
    },
    options,
  )
}

const episodesAt = (values: readonly Value[], limit: number): ReturnType<typeof episodes> =>
  episodes(values.filter((one) => callsAt(one, limit)))

/** `sharing`: judged nodes that had the three events from which on a node shares the limit. */
function runCountry(
  profile: Profile,
  seed: number,
): { values: Value[]; sharing: readonly number[]; classes: Country['classes'] } {
  const keys = cellKeys(profile)
  const lines = lattice(profile, keys)
  const aggregates = new TickAggregates(profile, keys, lines)
  const facts = { aggregates, population: new Population(keys, aggregates.ancestors), risk: new TickRisk(keys) }
  const random = drawsOf(seed, 97)
  const { cells, classes } = countryOf(profile, aggregates, random)
  const count = new NotedCount(profile, lines)
  const ladder = new StatisticLadder({ profile, keys, model: null, foldVersion, beatMs }, lines, count)
  for (let day = 0; day < warmDays + judgedDays; day++) {
    aggregates.clear()
    for (const cell of cells) draw(aggregates, cell, week[day % 7], random)
    ladder.close(firstTick + day, 24 * (firstTick + day), facts)
  }
  const { streams, cells: states } = count.judgeOf
  const isSharing = (at: number): boolean => {
    const stream = streams.find(at, 0)
    return stream !== undefined && streams.eventsSoFar(stream) >= 3
  }
  const values = count.values.filter(({ tick }) => tick >= firstTick + warmDays)
  return { values, sharing: states.nodes.filter((_, at) => isSharing(at)), classes }
}

/** A day of a cell; each event is of an enterprise of its own. */
function draw(
  aggregates: TickAggregates,
  { mean, phi, above, groupsUpTo }: Cell,
  factor: number,
  random: Random,
): void {
  const events = negativeBinomial(random, mean * factor, phi)
  if (events === 0) return
  for (const node of above) aggregates.nodes.addAt(node, events, events, events)
  for (let event = 0; event < events; event++) {
    const at = random()
    const group = groupsUpTo.findIndex((upTo) => at < upTo)
    for (const node of above) aggregates.nodes.addGroupAt(node, group, 1)
  }
}

function countryOf(profile: Profile, aggregates: TickAggregates, random: Random): Country {
  const keys = cellKeys(profile)
  const lines = lattice(profile, keys)
  const known = ({ code }: TreeNode): boolean => !code.includes('UNKNOWN')
  const regions = profile.regions.nodes.filter((node) => node.depth === 2 && known(node))
  const industries = profile.industries.nodes.filter((node) => node.depth === 2 && known(node))
  const sizes = regions.map(() => Math.exp(normal(random)))
  const shares = industries.map(() => Math.exp(1.2 * normal(random)))
  const groups = industries.map(() => groupsOf(profile, random))
  const scale = eventsADay / (sum(sizes) * sum(shares))
  const sums = new Map<number, { mean: number; variance: number }>()
  const cells = regions.flatMap((region, row) =>
    industries.map((industry, column): Cell => {
      const mean = scale * sizes[row] * shares[column]
      const phi = dispersions[Math.floor(random() * dispersions.length)]
      const nodes = lines.nodesOf(keys.cell(region.index, industry.index))
      for (const node of nodes) {
        const before = sums.get(node) ?? { mean: 0, variance: 0 }
        sums.set(node, { mean: before.mean + mean, variance: before.variance + phi * mean })
      }
      return { mean, phi, above: nodes.map((node) => aggregates.nodes.indexOf(node)), groupsUpTo: groups[column] }
    }),
  )
  const thirdOf = thirds(regions, sizes)
  const classes = [...sums].map(([node, { mean, variance }]): [number, string[]] => {
    const region = profile.regions.nodes[keys.region(node)]
    const third = thirdOf.get(region.depth === 2 ? region.parent : region.index)
    const from = [reached(meansFrom, mean), reached(dispersionsFrom, variance / mean)]
    const name = `mean from ${from[0]}, dispersion from ${from[1]}`
    const axis = `axis ${lines.axisOf(node)}`
    return [node, axis === cellAxis ? [axis, name, `provinces ${third} of 3`] : [axis]]
  })
  return { cells, classes: new Map(classes) }
}

/** Shares of the groups in an industry, added up; a few bring most. */
function groupsOf({ groups }: Profile, random: Random): Float64Array {
  const weights = groups.map((_, at) => Math.exp(0.5 * normal(random)) / (1 + at))
  const all = sum(weights)
  return Float64Array.from(weights, (_, at) => (at === weights.length - 1 ? 1 : sum(weights.slice(0, at + 1)) / all))
}

/** By province, its third by size: 1, 2, 3. */
function thirds(regions: readonly TreeNode[], sizes: readonly number[]): Map<number, number> {
  const bySize = new Map<number, number>()
  for (const [at, { parent }] of regions.entries()) bySize.set(parent, (bySize.get(parent) ?? 0) + sizes[at])
  const order = [...bySize].sort(([, one], [, other]) => one - other)
  return new Map(order.map(([province], at) => [province, 1 + Math.floor((3 * at) / order.length)]))
}

const reached = (from: readonly number[], value: number): number =>
  from.filter((least) => value >= least - 1e-9).at(-1) ?? 0
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
