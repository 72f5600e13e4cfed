/** Plans the outbreaks of a run from its seed alone: where, when, how large, of which types. */
import type { Profile } from '../../streams/profile.ts'
import { type CodeTree, rootIndex, unknownIndex } from '../../streams/tree.ts'
import { dayMs } from '../limits.ts'
import type { Intensity } from './cells.ts'
import { Random } from './random.ts'
import type { Trait } from './traits.ts'
import type { Outbreak } from './truth.ts'

const firstDay = 25
const quietDaysAtEnd = 3
const extraPerDayMin = 5
const factorMin = 2
const enterprisesMin = 10
const daysBetween = 3 // between two outbreaks of one cell

/** What is drawn from. `sizeSd`: size at the peak, in standard deviations of all judged events of the cell (Noufaily et al. 2013 draw 1 to 10). */
type Look = {
  kinds: readonly Outbreak['kind'][] // in turn
  shapes: readonly Outbreak['shape'][]
  sizeSdMin: number
  sizeSdSpan: number
  factorMax: number
  triesPerKind: number
}
const usualLook: Look = {
  kinds: ['industry', 'both', 'region'],
  shapes: ['jump', 'ramp'],
  sizeSdMin: 4,
  sizeSdSpan: 6,
  factorMax: 10,
  triesPerKind: 100,
}
/** Large, sudden and in one place, so that everybody sees it at once. */
const clearLook: Look = {
  kinds: ['both'],
  shapes: ['jump'],
  sizeSdMin: 20,
  sizeSdSpan: 5,
  factorMax: 20,
  triesPerKind: 2_000,
}

/** Days count from the start; `toDay` is the first day after it. */
export type Days = { readonly fromDay: number; readonly toDay: number }

/** An outbreak by index, as the run needs it. */
export type PlannedOutbreak = Days & {
  readonly truth: Outbreak
  readonly region: number
  readonly industry: number
  readonly types: readonly number[]
}

type Scene = {
  profile: Profile
  traits: readonly Trait[]
  intensity: Intensity
  startMs: number
  /** Which nodes of each tree an outbreak may have, by level: a level is drawn first, then a node of it. */
  regions: readonly (readonly number[])[]
  industries: readonly (readonly number[])[]
  /** Types of one group that are judged, no outcomes, and have a rate. */
  themes: readonly (readonly number[])[]
  /** All judged types. */
  judged: readonly number[]
}

export type PlanOptions = {
  days: number
  seed: number
  startMs: number
  /** When there is one outbreak more, easily seen. The others do not depend on it; they begin on day 25. */
  clearOutbreak?: Days | undefined
  /** Instead of each outbreak two beside each other at the same time, of half its strength each; where no other is beside it, none. */
  halves?: boolean | undefined
}

export function planOutbreaks(
  profile: Profile,
  traits: readonly Trait[],
  intensity: Intensity,
  { days, seed, startMs, clearOutbreak, halves = false }: PlanOptions,
): PlannedOutbreak[] {
  const random = new Random(seed, 'outbreaks')
  const { regionLevels, industryLevels } = profile.file.warnings
  const scene: Scene = {
    profile,
    traits,
    intensity,
    startMs,
    regions: judgedNodes(profile.regions, regionLevels),
    industries: judgedNodes(profile.industries, industryLevels),
    themes: themesOf(profile, traits),
    judged: profile.types.filter((type) => type.judged).map((type) => type.index),
  }
  const planned: PlannedOutbreak[] = []
  if ([scene.themes, scene.regions, scene.industries].some((choices) => choices.length === 0)) return planned
  const lastStart = days - quietDaysAtEnd
  for (let day = firstDay + random.int(3); day < lastStart; day += 5 + random.int(3)) {
    const lengthDays = Math.min(3 + random.int(13), days - day)
    const found = search(scene, planned, usualLook, { fromDay: day, toDay: day + lengthDays }, random)
    if (found) planned.push(found)
  }
  if (halves) return twins(scene, planned, new Random(seed, 'twins'))
  if (clearOutbreak === undefined || clearOutbreak.toDay > days) return planned
  const clear = search(scene, planned, clearLook, clearOutbreak, new Random(seed, 'clear outbreak'))
  return clear ? [clear, ...planned] : planned
}

function judgedNodes(tree: CodeTree, levels: readonly string[]): number[][] {
  const nodes = tree.nodes.filter((node) => node.index > unknownIndex && !node.code.includes('/'))
  return levels
    .map((level) => tree.levels.indexOf(level) + 1)
    .map((depth) => nodes.filter((node) => node.depth === depth).map((node) => node.index))
    .filter((indices) => indices.length > 0)
}

function themesOf(profile: Profile, traits: readonly Trait[]): number[][] {
  return profile.groups
    .map((_, group) =>
      profile.types
        .filter((type) => type.group === group && type.judged && !type.outcome && traits[type.index].perThousandDay > 0)
        .map((type) => type.index),
    )
    .filter((types) => types.length > 0)
}

/** Draws cells until one is large enough to be seen and free at that time. */
function search(
  scene: Scene,
  others: readonly PlannedOutbreak[],
  { kinds, shapes, sizeSdMin, sizeSdSpan, factorMax, triesPerKind }: Look,
  { fromDay, toDay }: Days,
  random: Random,
): PlannedOutbreak | undefined {
  const shape = random.pick(shapes)
  for (let attempt = 0; attempt < kinds.length * triesPerKind; attempt++) {
    const kind = kinds[(others.length + Math.floor(attempt / triesPerKind)) % kinds.length]
    const region = kind === 'industry' ? rootIndex : random.pick(random.pick(scene.regions))
    const industry = kind === 'region' ? rootIndex : random.pick(random.pick(scene.industries))
    const theme = random.pick(scene.themes)
    const sizeSd = sizeSdMin + (sizeSdSpan * random.int(1_000)) / 1_000
    const taken = others.some((other) => clash(scene, other, { region, industry, fromDay, toDay }))
    if (taken || scene.intensity.enterprises(region, industry) < enterprisesMin) continue
    const base = scene.intensity.perDay(region, industry, theme)
    const sd = Math.sqrt(scene.intensity.perDay(region, industry, scene.judged))
    const factor = 1 + Math.max(extraPerDayMin, sizeSd * sd) / base
    if (!(factor >= factorMin && factor <= factorMax)) continue
    return describe(scene, others.length, { kind, shape, region, industry, theme, factor, base, fromDay, toDay })
  }
  return undefined
}

/** Each outbreak as two halves, in its cell and in one beside it: of the same size for the cell, in standard deviations of its events. */
function twins(scene: Scene, planned: readonly PlannedOutbreak[], random: Random): PlannedOutbreak[] {
  const { intensity } = scene
  const sdOf = ({ region, industry }: { region: number; industry: number }): number =>
    Math.sqrt(intensity.perDay(region, industry, scene.judged))
  return planned.flatMap((outbreak) => {
    const others = planned.filter((other) => other !== outbreak)
    const beside = besides(scene, outbreak).filter(
      (cell) =>
        intensity.enterprises(cell.region, cell.industry) >= enterprisesMin &&
        intensity.perDay(cell.region, cell.industry, outbreak.types) > 0 &&
        !others.some((other) => clash(scene, other, { ...outbreak, ...cell })),
    )
    if (beside.length === 0) return []
    const { truth } = outbreak
    const halfInSd = (truth.baseEventsPerDay * (truth.factor - 1)) / 2 / sdOf(outbreak)
    return [outbreak, { ...outbreak, ...random.pick(beside) }].map((cell, at) => {
      const base = intensity.perDay(cell.region, cell.industry, outbreak.types)
      const factor = 1 + (halfInSd * sdOf(cell)) / base
      const half = describe(scene, 0, {
        ...cell,
        ...truth,
        region: cell.region,
        industry: cell.industry,
        theme: outbreak.types,
        factor,
        base,
      })
      const [id, twin] = at === 0 ? ['a', 'b'] : ['b', 'a']
      return { ...half, truth: { ...half.truth, id: `${truth.id}${id}`, twin: `${truth.id}${twin}` } }
    })
  })
}

/** Cells beside a cell: regions that touch its own or have the same parent, else industries of the same parent. */
function besides(
  { profile, regions, industries }: Scene,
  { region, industry }: { region: number; industry: number },
): { region: number; industry: number }[] {
  const siblings = (tree: CodeTree, node: number, among: readonly (readonly number[])[]): number[] =>
    among.flat().filter((one) => one !== node && tree.nodes[one].parent === tree.nodes[node].parent)
  if (region === rootIndex)
    return siblings(profile.industries, industry, industries).map((other) => ({ region, industry: other }))
  const near = profile.neighbours.get(region) ?? siblings(profile.regions, region, regions)
  return near.map((other) => ({ region: other, industry }))
}

type Draft = Days & {
  kind: Outbreak['kind']
  shape: Outbreak['shape']
  region: number
  industry: number
  theme: readonly number[]
  factor: number
  base: number
}

function describe(scene: Scene, number: number, draft: Draft): PlannedOutbreak {
  const { profile, startMs } = scene
  const { fromDay, toDay, shape, theme } = draft
  const factor = Math.round(draft.factor * 100) / 100
  const fromMs = startMs + fromDay * dayMs
  const toMs = startMs + toDay * dayMs
  let shares = 0
  for (let day = fromDay; day < toDay; day++) shares += shareOfPeak(shape, day - fromDay, toDay - fromDay)
  const truth: Outbreak = {
    id: `outbreak-${number + 1}`,
    kind: draft.kind,
    region: profile.regions.nodes[draft.region].code,
    industry: profile.industries.nodes[draft.industry].code,
    shape,
    factor,
    types: theme.map((type) => profile.types[type].code),
    start: new Date(fromMs).toISOString(),
    end: new Date(toMs).toISOString(),
    startTick: profile.calendar.tickOf(fromMs),
    endTick: profile.calendar.tickOf(toMs - 1),
    baseEventsPerDay: draft.base,
    extraEvents: draft.base * (factor - 1) * shares,
  }
  return { truth, region: draft.region, industry: draft.industry, types: theme, fromDay, toDay }
}

/** How much of the peak a day has: a jump all of it, a ramp rises in equal steps to it. */
export function shareOfPeak(shape: Outbreak['shape'], daysIn: number, lengthDays: number): number {
  return shape === 'jump' ? 1 : (daysIn + 1) / lengthDays
}

type Slot = Days & { region: number; industry: number }

/** Close in time and with one cell inside the other: then neither could be told from the other. */
function clash({ profile }: Scene, one: Slot, other: Slot): boolean {
  const apart = one.toDay + daysBetween <= other.fromDay || other.toDay + daysBetween <= one.fromDay
  if (apart) return false
  const { regions, industries } = profile
  const inside = (a: Slot, b: Slot): boolean =>
    regions.pathOf(a.region).includes(b.region) && industries.pathOf(a.industry).includes(b.industry)
  return inside(one, other) || inside(other, one)
}
