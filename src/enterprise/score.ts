/** Score and band: features of one row at one hour through the model in force; what moved is published, with its reasons. */
import { factHour, factType, type FactSlice, msOfHour, tombstoneBit } from '../../models/facts.ts'
import { type FeatureLayout, featureLayout, type Peers } from '../../models/features.ts'
import type { RiskModel } from '../../models/riskModel.ts'
import { hashHex } from '../../streams/hash.ts'
import type { EnterpriseAlert, Score } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { type CodeTree, rootIndex } from '../../streams/tree.ts'
import { evidenceMax, horizonHours, reasonsMax } from '../limits.ts'
import type { EnterpriseIds } from './ids.ts'
import { reasonText } from './reasons.ts'
import { type EnterpriseRows, flag } from './rows.ts'

export type ScoreCause = Score['cause']
export type AsOf = { hour: number; beat: number; tick: number; cause: ScoreCause }

/** What scoring a row did. `unscorable`: the model refused the row; its band stays as it is. */
export type Scored = { kind: 'same' } | { kind: 'unscorable' } | { kind: 'moved'; score: Score; alert: EnterpriseAlert | undefined }

export type Scorer = {
  row(row: number, asOf: AsOf): Scored
  /** Features of a row as the model sees them, by name. */
  explain(row: number, asOf: AsOf): { features: Record<string, number>; probability: number | undefined }
}

/** The feature layout of a profile; training and scoring share it. */
export function layoutOf(profile: Profile): FeatureLayout {
  return featureLayout({
    groups: profile.groups,
    groupOfType: profile.types.map((type) => type.group),
    halfLivesDays: profile.file.halfLivesDays,
    grades: profile.grades,
    horizonHours,
  })
}

const same: Scored = { kind: 'same' }
const unscorable: Scored = { kind: 'unscorable' }

/** @throws Error when the model asks for a feature that the profile does not have. */
export function scorer(profile: Profile, model: RiskModel, rows: EnterpriseRows, ids: EnterpriseIds, gradeOf: (row: number, tick: number) => number): Scorer {
  const layout = layoutOf(profile)
  const gather = model.featureNames.map((name) => {
    const at = layout.names.indexOf(name)
    if (at < 0) throw new Error(`features: profile ${profile.file.name} has no feature ${name}`)
    return at
  })
  const gathers = gather.length !== layout.names.length || gather.some((from, to) => from !== to)
  const { bandHysteresis, scoreStepMin, bands } = profile.file
  if (model.bandEdges.length !== bands.length - 1) throw new Error(`bandEdges: ${model.bandEdges.length} edges for ${bands.length} bands`)
  const full = new Float64Array(layout.names.length)
  const picked = gathers ? new Float64Array(gather.length) : full
  const peersByCell = new Map<number, Peers | null>()

  return { row: scoreRow, explain }

  function probabilityOf(row: number, hour: number): number | undefined {
    layout.fill(full, { facts: rows.facts(row), grades: rows.grades(row), asOfHour: hour, context: { peers: peersOf(rows.place(row)) } })
    if (gathers) for (let to = 0; to < gather.length; to++) picked[to] = full[gather[to]]
    return model.score(picked)
  }

  function scoreRow(row: number, asOf: AsOf): Scored {
    const probability = probabilityOf(row, asOf.hour)
    if (probability === undefined) return unscorable
    const before = rows.band(row)
    const band = nextBand(probability, before)
    const step = probability - rows.probability(row)
    if (band === before && step < scoreStepMin && step > -scoreStepMin) return same
    rows.setBand(row, band)
    rows.setProbability(row, probability)
    const score = describe(row, asOf, probability, band)
    const alert: EnterpriseAlert | undefined = band === before ? undefined : { ...score, bandBefore: bands[before].code, direction: band > before ? 'up' : 'down' }
    return { kind: 'moved', score, alert }
  }

  /** Up at once; down only when the score is below the band's edge by the hysteresis. */
  function nextBand(probability: number, before: number): number {
    let band = before
    while (band < model.bandEdges.length && probability >= model.bandEdges[band]) band++
    while (band > 0 && probability < model.bandEdges[band - 1] - bandHysteresis) band--
    return band
  }

  function describe(row: number, asOf: AsOf, probability: number, band: number): Score {
    const reasons = model.reasons(picked, reasonsMax).map(({ feature, logOdds }) => {
      const name = model.featureNames[feature]
      return { feature: name, logOdds: Math.floor(logOdds * 1e4 + 0.5) / 1e4, text: reasonText(profile, name, picked[feature], profile.file.language) }
    })
    return {
      enterpriseId: ids.idOf(row),
      asOf: new Date(msOfHour(asOf.hour)).toISOString(),
      beat: asOf.beat,
      tick: asOf.tick,
      probability,
      band: bands[band].code,
      grade: profile.grades[gradeOf(row, asOf.tick)],
      model: model.hash,
      cause: asOf.cause,
      reasons,
      evidence: evidence(rows.facts(row), asOf.hour, reasons.map((reason) => reason.feature)),
    }
  }

  /** The newest facts of the groups that the reasons name. */
  function evidence(facts: FactSlice, hour: number, features: readonly string[]): Score['evidence'] {
    const groups = new Set(features.map((name) => name.split('.')[1]))
    const all = groups.has('all') || features.every((name) => !profile.groups.includes(name.split('.')[1] ?? ''))
    const found: Score['evidence'] = []
    for (let fact = facts.count - 1; fact >= 0 && found.length < evidenceMax; fact--) {
      const at = facts.offset + fact * facts.stride
      const what = facts.words[at + 2]
      if ((what & tombstoneBit) !== 0 || hour - factHour(what) > horizonHours) continue
      const type = profile.types[factType(what)]
      if (!all && !groups.has(profile.groups[type.group])) continue
      found.push({ idHash: hashHex(facts.words[at] >>> 0, facts.words[at + 1] >>> 0), type: type.code, occurredAt: new Date(msOfHour(factHour(what))).toISOString() })
    }
    return found
  }

  function peersOf(place: number): Peers | undefined {
    const known = peersByCell.get(place)
    if (known !== undefined) return known ?? undefined
    const peers = model.peers(codesUp(profile.industries, place & 0xffff), codesUp(profile.regions, place >>> 16))
    peersByCell.set(place, peers ?? null)
    return peers
  }

  function explain(row: number, asOf: AsOf): { features: Record<string, number>; probability: number | undefined } {
    const probability = probabilityOf(row, asOf.hour)
    return { features: Object.fromEntries(model.featureNames.map((name, at) => [name, picked[at]])), probability }
  }
}

function codesUp(tree: CodeTree, node: number): string[] {
  const codes: string[] = []
  for (let at = node; ; at = tree.nodes[at].parent) {
    codes.push(tree.nodes[at].code)
    if (at === rootIndex) return codes
  }
}

export const isScored = (rows: EnterpriseRows, row: number): boolean => !rows.has(row, flag.place)
