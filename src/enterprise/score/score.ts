/** Score and band: features of one row at one hour through the model in force; what moved is published, with its reasons. */
import { type FactSlice, factHour, factType, msOfHour } from '../../../models/facts.ts'
import { thousandthsOfLogOdds } from '../../../models/level/counted.ts'
import { driftCounter } from '../../../models/quality/drift.ts'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { EnterpriseAlert, Reason, Score } from '../../../streams/outputs.ts'
import { checkFit, typesOfGroup } from '../../featureProfile.ts'
import { evidenceMax } from '../../limits.ts'
import type { CellContributions } from '../cellContributions.ts'
import type { EnterpriseIds } from '../rows/ids.ts'
import { idHashAt, newestFacts } from '../rows/newestFacts.ts'
import { type EnterpriseRows, flag } from '../rows/rows.ts'
import { type FeatureSource, type ReadRows, rowFeatures } from './rowFeatures.ts'
import { rowReasons } from './rowReasons.ts'

export type ScoreCause = Score['cause']
export type AsOf = { hour: number; beat: number; tick: number; cause: ScoreCause }

/** What scoring a row did. `unscorable`: the model refused the row; its band stays as it is. */
export type Scored =
  | { kind: 'same' }
  | { kind: 'unscorable' }
  | { kind: 'moved'; score: Score; alert: EnterpriseAlert | undefined }

export type Scorer = {
  row(row: number, asOf: AsOf): Scored
  /** Counts the row that was scored last for the drift of the model, unless it has no reference. */
  count(): void
}

const same: Scored = { kind: 'same' }
const unscorable: Scored = { kind: 'unscorable' }

/** A model over rows: the features last filled, and the probability of a row as of an hour. @throws Error when the model asks for a feature that the profile does not have. */
export function rowProbability(
  source: FeatureSource,
  model: RiskModel,
): { features: Float64Array; probabilityOf: (row: number, hour: number) => number | undefined } {
  checkFit(source.profile, model)
  const fill = rowFeatures(source, model.featureNames, model.peers)
  const features = new Float64Array(model.featureNames.length)
  const probabilityOf = (row: number, hour: number): number | undefined => {
    fill(row, hour, features)
    return model.score(features)
  }
  return { features, probabilityOf }
}

/** @throws Error when the model asks for a feature that the profile does not have. */
export function scorer(
  source: FeatureSource & { rows: EnterpriseRows },
  model: RiskModel,
  ids: EnterpriseIds,
  contributions: Pick<CellContributions, 'gradeAt' | 'stock' | 'rescored' | 'sums'>,
): Scorer {
  const { profile, rows } = source
  const { bandHysteresis, scoreStepMin, bands } = profile.file
  const { features, probabilityOf } = rowProbability(source, model)
  const reasonsOf = rowReasons(source, model)
  /** Types of the group that a feature names, of all groups for `all`; other features name none. */
  const typesOf = new Map(
    model.featureNames.flatMap((name): [string, Uint8Array][] => {
      const group = name.split('.')[1] ?? ''
      return group === 'all' || profile.groups.includes(group) ? [[name, typesOfGroup(profile, group)]] : []
    }),
  )

  /** Of the score at hand. */
  const named = new Uint8Array(profile.types.length)
  const { reference } = model
  const countDrift = reference && driftCounter(reference, (key) => contributions.sums.drift.add(key, 1))
  let probability: number | undefined

  return { row: scoreRow, count: () => countDrift?.(probability, features) }

  function scoreRow(row: number, asOf: AsOf): Scored {
    probability = probabilityOf(row, asOf.hour)
    contributions.rescored(row, probability === undefined ? undefined : thousandthsOfLogOdds(probability), asOf.tick)
    if (probability === undefined) return unscorable
    const before = rows.band(row)
    const band = nextBand(probability, before)
    const step = probability - rows.probability(row)
    if (band === before && step < scoreStepMin && step > -scoreStepMin) return same
    if (band !== before) changeBand(row, band, asOf.tick)
    rows.setProbability(row, probability)
    const score = describe(row, asOf, probability, band)
    const alert: EnterpriseAlert | undefined =
      band === before
        ? undefined
        : { ...score, bandBefore: bands[before].code, direction: band > before ? 'up' : 'down' }
    return { kind: 'moved', score, alert }
  }

  function changeBand(row: number, band: number, tick: number): void {
    contributions.stock(row, tick, -1)
    rows.setBand(row, band)
    contributions.stock(row, tick, 1)
  }

  /** Up at once; down only when the score is below the band's edge by the hysteresis. */
  function nextBand(probability: number, before: number): number {
    let band = before
    while (band < model.bandEdges.length && probability >= model.bandEdges[band]) band++
    while (band > 0 && probability < model.bandEdges[band - 1] - bandHysteresis) band--
    return band
  }

  function describe(row: number, asOf: AsOf, probability: number, band: number): Score {
    const reasons = reasonsOf(features, row, asOf.hour).map((reason) => ({
      ...reason,
      logOdds: Math.floor(reason.logOdds * 1e4 + 0.5) / 1e4,
    }))
    return {
      enterpriseId: ids.idOf(row),
      asOf: hourIso(asOf.hour),
      beat: asOf.beat,
      tick: asOf.tick,
      probability,
      band: bands[band].code,
      grade: profile.grades[contributions.gradeAt(row, asOf.tick)],
      model: model.hash,
      cause: asOf.cause,
      reasons,
      evidence: evidence(rows.facts(row), asOf.hour, reasons),
    }
  }

  /** The newest facts of the groups that the reasons name; of all groups when they name none. */
  function evidence(facts: FactSlice, hour: number, reasons: readonly Reason[]): Score['evidence'] {
    let isNamed = false
    named.fill(0)
    for (const { feature } of reasons) {
      const types = typesOf.get(feature)
      if (types === undefined) continue
      isNamed = true
      for (let type = 0; type < named.length; type++) named[type] |= types[type]
    }
    if (!isNamed) named.fill(1)
    const bounds = { max: evidenceMax, searched: facts.count }
    return newestFacts(facts, hour, named, bounds).map((at) => {
      const what = facts.words[at + 2]
      return {
        idHash: idHashAt(facts, at),
        type: profile.types[factType(what)].code,
        occurredAt: hourIso(factHour(what)),
      }
    })
  }
}

const hourTexts = new Map<number, string>()
const hourTextsMax = 10_000

/** `2026-03-02T05:00:00.000Z` of an hour; the few hours in use are written once. */
export function hourIso(hour: number): string {
  const known = hourTexts.get(hour)
  if (known !== undefined) return known
  if (hourTexts.size >= hourTextsMax) hourTexts.clear()
  const text = new Date(msOfHour(hour)).toISOString()
  hourTexts.set(hour, text)
  return text
}

export const isScored = (rows: ReadRows, row: number): boolean => !rows.has(row, flag.place)
