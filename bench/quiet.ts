/**
 * A quiet country: 340 regions x 97 industries in which nothing happens, daily. How many episodes the shipped limit gives beside the budget that it
 * is meant for, and how evenly they lie on thirds of the provinces and on classes of mean and dispersion.
 */
import type { CountContext, CountPrior } from '../models/counts/detector.ts'
import { empiricalPrior } from '../models/counts/prior.ts'
import { recursiveGlm } from '../models/counts/recursion.ts'
import { addCount, evidenceIn, streamLength } from '../models/counts/shiryaevRoberts.ts'
import { learnWeekday, weekFactor, weekStateLength } from '../models/counts/weekday.ts'
import { drawsOf, negativeBinomial, normal, type Random } from './counts/draws.ts'
import { type BenchOptions, printResult, progress } from './options.ts'

const [regions, industries, regionsOfProvince] = [340, 97, 11]
const [warmDays, judgedDays, joinedDays, countMin] = [28, 700, 7, 3]
/** Evidence above 25 N is meant to give half a false episode a country-week. */
const [limitPerNode, budget] = [25, 0.5]
const eventsADay = 10_000
const week = [1.15, 1.15, 1.15, 1.15, 1.1, 0.75, 0.55]
const dispersions = [1, 1.25, 1.6]
const meansFrom = [0, 0.05, 0.5]
/** Where fewer episodes are due, a ratio is chance. */
const dueMin = 10

type Tally = { nodes: number; episodes: number }
type Cell = { mean: number; phi: number; classes: readonly string[]; events: number; lastCall: number }

export async function benchQuiet(options: BenchOptions): Promise<void> {
  const seeds = options.seeds ?? [1, 2, 3, 4]
  const tallies = new Map<string, Tally>()
  let episodes = 0
  for (const seed of seeds) {
    episodes += runCountry(seed, tallies)
    progress(`seed ${seed}: ${episodes} episodes so far`)
  }
  const countryWeeks = (seeds.length * judgedDays) / 7
  const due = budget * countryWeeks
  const all = tallies.get('all') ?? { nodes: 0, episodes: 0 }
  const ratios = [...tallies].flatMap(([name, tally]) => {
    const own = (due * tally.nodes) / all.nodes
    if (name === 'all' || own < dueMin) return []
    progress(`${name}: ${tally.episodes} episodes, ${own.toFixed(1)} due`)
    return [tally.episodes / own]
  })
  printResult({ countryWeeks, episodesOverBudget: episodes / due, worstClassRatio: Math.max(...ratios) }, options)
}

function runCountry(seed: number, tallies: Map<string, Tally>): number {
  const random = drawsOf(seed, 97)
  const cells = countryOf(random)
  const each = recursiveGlm.stateLength + streamLength
  const state = new Float64Array(cells.length * each)
  const rhythm = new Float64Array(weekStateLength(7))
  for (const at of cells.keys()) recursiveGlm.start(state, at * each)
  let episodes = 0
  for (let day = 0; day < warmDays + judgedDays; day++) {
    const factor = weekFactor(rhythm, day % 7)
    const nodes = Math.max(1, cells.filter(({ events }) => events >= countMin).length)
    let total = 0
    for (let industry = 0; industry < industries; industry++) {
      const context = contextOf(day, factor, priorOf(cells, industry, day))
      for (let at = industry; at < cells.length; at += industries) {
        const [cell, offset] = [cells[at], at * each]
        const y = negativeBinomial(random, cell.mean * week[day % 7], cell.phi)
        const expectation = recursiveGlm.expect(state, offset, context)
        addCount(state, offset + recursiveGlm.stateLength, expectation, { y, nodes })
        const isCall = y >= countMin && y > expectation.mean && day >= warmDays
        if (isCall && evidenceIn(state, offset + recursiveGlm.stateLength) > limitPerNode * nodes) {
          if (day - cell.lastCall > joinedDays) {
            episodes++
            for (const name of cell.classes) tally(tallies, name).episodes++
          }
          cell.lastCall = day
        }
        recursiveGlm.learn(state, offset, context, y)
        cell.events += y
        total += y
      }
    }
    learnWeekday(rhythm, day % 7, total, 0.985)
  }
  for (const { classes, events } of cells)
    if (events >= countMin) for (const name of classes) tally(tallies, name).nodes++
  return episodes
}

function countryOf(random: Random): Cell[] {
  const sizes = Array.from({ length: regions }, () => Math.exp(normal(random)))
  const shares = Array.from({ length: industries }, () => Math.exp(1.2 * normal(random)))
  const scale = eventsADay / (sum(sizes) * sum(shares))
  const provinces = Array.from({ length: Math.ceil(regions / regionsOfProvince) }, (_, at) =>
    sum(sizes.slice(at * regionsOfProvince, (at + 1) * regionsOfProvince)),
  )
  const order = [...provinces].sort((a, b) => a - b)
  return Array.from({ length: regions * industries }, (_, at) => {
    const region = Math.floor(at / industries)
    const mean = scale * sizes[region] * shares[at % industries]
    const phi = dispersions[Math.floor(random() * dispersions.length)]
    const third = Math.floor((3 * order.indexOf(provinces[Math.floor(region / regionsOfProvince)])) / order.length)
    const from = meansFrom.filter((least) => mean >= least).at(-1)
    const classes = ['all', `provinces ${third + 1} of 3`, `mean from ${from}, dispersion ${phi}`]
    return { mean, phi, classes, events: 0, lastCall: Number.NEGATIVE_INFINITY }
  })
}

function priorOf(cells: readonly Cell[], industry: number, day: number): CountPrior {
  if (day === 0) return { rate: 0.1, shape: 0.3 }
  const siblings: { count: number; exposure: number }[] = []
  for (let at = industry; at < cells.length; at += industries) siblings.push({ count: cells[at].events, exposure: day })
  return empiricalPrior(siblings)
}

function contextOf(day: number, factor: number, prior: CountPrior): CountContext {
  const yearPhase = (day % 365.25) / 365.25
  return { tick: day, yearPhase, weekFactor: factor, exposure: 1, prior, seasonKnown: day >= 365, tickDays: 1 }
}

function tally(tallies: Map<string, Tally>, name: string): Tally {
  const known = tallies.get(name) ?? { nodes: 0, episodes: 0 }
  tallies.set(name, known)
  return known
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
