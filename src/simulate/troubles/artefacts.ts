/** Plans, on demand, what looks like trouble and is none: an upload in one second, a source that comes back, one enterprise. */
import type { Profile } from '../../../streams/profile.ts'
import { nodesUnder, rootIndex } from '../../../streams/tree.ts'
import { ForewarnError } from '../../errors.ts'
import { dayMs, hourMs } from '../../limits.ts'
import type { Intensity } from '../cells.ts'
import { authorityOf, type EnterpriseIds } from '../ids.ts'
import type { Days, PlannedOutbreak } from '../outbreaks.ts'
import type { Population } from '../population.ts'
import { Random } from '../random.ts'
import type { PlannedSilence } from '../silences.ts'
import type { Trait } from '../traits.ts'
import type { Artefact, ArtefactKind } from '../truth.ts'
import { onset, outermostRegions, type WhenOptions, windowOf } from './troubles.ts'

export type ArtefactRequest = { kind: ArtefactKind; fromDay?: number }

export type PlannedArtefact = Days & {
  readonly truth: Artefact
  readonly types: readonly number[]
  /** 1 for nodes of its region. */
  readonly inside: Uint8Array
  /** Records a day. */
  readonly perDay: number
  readonly enterprise?: number
}

/** A return is the day after so many of silence, the longest that an artefact takes. */
const silentDays = 5
export const artefactDaysMax = silentDays + 1
const returnHour = 12
const enterpriseDays = 5
const enterpriseEventsPerDay = 12
const batchDays = 8
const batchMin = 60
/** Only what a source says often can be missed, and seen when it comes at once. */
const perDayMin = 5
const apartDays = 3
const tries = 200

type Scene = {
  profile: Profile
  traits: readonly Trait[]
  sources: readonly number[]
  population: Population
  ids: EnterpriseIds
  intensity: Intensity
  outbreaks: readonly PlannedOutbreak[]
  when: WhenOptions
}

export type PlannedArtefacts = { artefacts: PlannedArtefact[]; silences: PlannedSilence[] }

/** @throws ForewarnError FW_USAGE for days outside of the run, and where the profile has nothing to plan with. */
export function planArtefacts(scene: Scene, requests: readonly ArtefactRequest[]): PlannedArtefacts {
  const silences: PlannedSilence[] = []
  const artefacts = requests.flatMap(({ kind, fromDay = onset(scene.when.days) }, at) => {
    const random = new Random(scene.when.seed, `artefact ${kind}`, at)
    const id = `${kind}-${at + 1}`
    if (kind === 'enterprise') return [oneEnterprise(scene, id, fromDay, random)]
    const place = findSource(scene, { fromDay, toDay: fromDay + (kind === 'batch' ? 1 : silentDays + 1) }, random)
    if (kind === 'batch') return [batch(scene, id, fromDay, place)]
    const { artefact, silence } = comeBack(scene, id, fromDay, place)
    silences.push(silence)
    return [artefact]
  })
  return { artefacts, silences }
}

type Place = { region: number; source: number; types: readonly number[]; perDay: number }

/** A source that says much of a region, or the most there is; away from outbreaks, if there is such a place. */
function findSource(scene: Scene, days: Days, random: Random): Place {
  const { profile, traits, sources, intensity } = scene
  const places = [...new Set(sources)]
    .filter((source) => source > 0)
    .sort((a, b) => a - b)
    .flatMap((source) => {
      const types = usualTypes(profile, traits).filter((type) => sources[type] === source)
      return outermostRegions(profile).map((region) => {
        return { region, source, types, perDay: intensity.perDay(region, rootIndex, types) }
      })
    })
    .filter(({ perDay }) => perDay > 0)
    .sort((a, b) => b.perDay - a.perDay || a.region - b.region)
  const loud = places.filter(({ perDay }) => perDay >= perDayMin)
  const choice = random.shuffled(loud.length > 0 ? loud : places.slice(0, 1))
  const found = choice.find(({ region }) => isFree(scene, region, days)) ?? choice[0]
  if (found !== undefined) return found
  throw new ForewarnError('FW_USAGE', [`The profile ${profile.file.name} names no sources or regions for an artefact.`])
}

/** Judged types with a rate that are no outcomes. */
function usualTypes(profile: Profile, traits: readonly Trait[]): number[] {
  const usual = profile.types.filter((type) => type.judged && !type.outcome && traits[type.index].perThousandDay > 0)
  return usual.map(({ index }) => index)
}

function isFree({ profile, outbreaks }: Scene, region: number, days: Days): boolean {
  return !outbreaks.some((outbreak) => meets(profile, outbreak, region, days))
}

function meets({ regions }: Profile, outbreak: PlannedOutbreak, region: number, days: Days): boolean {
  const apart = days.toDay + apartDays <= outbreak.fromDay || outbreak.toDay + apartDays <= days.fromDay
  return !apart && outbreak.region !== rootIndex && regions.pathOf(outbreak.region).includes(region)
}

function batch(
  { profile, when }: Scene,
  id: string,
  fromDay: number,
  { region, source, types, perDay }: Place,
): PlannedArtefact {
  const days = { fromDay, toDay: fromDay + 1 }
  const records = Math.max(batchMin, perDay * batchDays)
  const truth: Artefact = {
    id,
    kind: 'batch',
    region: profile.regions.nodes[region].code,
    industry: '',
    source: profile.sources[source],
    ...windowOf(profile, days, when),
    records,
  }
  return { ...days, truth, types, inside: nodesUnder(profile.regions, region), perDay: records }
}

function comeBack(
  { profile, when }: Scene,
  id: string,
  silentFromDay: number,
  { region, source, types, perDay }: Place,
): { artefact: PlannedArtefact; silence: PlannedSilence } {
  const days = { fromDay: silentFromDay + silentDays, toDay: silentFromDay + silentDays + 1 }
  const inside = nodesUnder(profile.regions, region)
  const fromMs = when.startMs + silentFromDay * dayMs
  const toMs = when.startMs + days.fromDay * dayMs + returnHour * hourMs
  const named = { source: profile.sources[source], region: profile.regions.nodes[region].code }
  const truth: Artefact = {
    id,
    kind: 'return',
    industry: '',
    ...named,
    silentFrom: new Date(fromMs).toISOString(),
    ...windowOf(profile, days, when),
    records: perDay * silentDays,
  }
  const silence = { start: new Date(fromMs).toISOString(), end: new Date(toMs).toISOString() }
  return {
    artefact: { ...days, truth, types, inside, perDay },
    silence: { truth: { ...named, ...silence }, source, region, inside, fromMs, toMs },
  }
}

function oneEnterprise(scene: Scene, id: string, fromDay: number, random: Random): PlannedArtefact {
  const { profile, traits, population, ids, when } = scene
  const days = { fromDay, toDay: Math.min(when.days, fromDay + enterpriseDays) }
  const window = windowOf(profile, days, when)
  const draws = Array.from({ length: tries }, () => random.int(population.bornLaterFrom))
  const isAway = (one: number): boolean => isFree(scene, population.regions.topOf[population.region[one]], days)
  const enterprise = draws.find(isAway) ?? draws[0]
  const region = population.region[enterprise]
  const truth: Artefact = {
    id,
    kind: 'enterprise',
    region: profile.regions.nodes[region].code,
    industry: profile.industries.nodes[population.industry[enterprise]].code,
    enterpriseId: ids(enterprise, authorityOf(profile, region)),
    ...window,
    records: enterpriseEventsPerDay * (days.toDay - days.fromDay),
  }
  const inside = nodesUnder(profile.regions, region)
  return { ...days, truth, types: commonTypes(profile, traits), inside, perDay: enterpriseEventsPerDay, enterprise }
}

/** Judged types of the group that has the most events. */
function commonTypes(profile: Profile, traits: readonly Trait[]): number[] {
  const usual = usualTypes(profile, traits)
  const rate = (group: number): number =>
    usual.reduce((sum, type) => sum + (profile.types[type].group === group ? traits[type].perThousandDay : 0), 0)
  const [group] = profile.groups.map((_, index) => index).sort((a, b) => rate(b) - rate(a) || a - b)
  return usual.filter((type) => profile.types[type].group === group)
}
