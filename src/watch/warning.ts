/** A warning as people and machines read it: a change of level with all that is needed to re-derive it, and one sentence. */
import type { Level, Warning } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { Axis } from '../../streams/topics.ts'
import type { CodeTree } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'
import { cellEnterprisesMin } from '../limits.ts'
import { fillIn, without } from '../words.ts'
import type { Evidence } from './evidence.ts'

export type Identity = { profile: Profile; keys: CellKeys; model: string | null; foldVersion: number; beatMs: number }

export type WarningFacts = {
  node: number
  axis: Axis
  change: Warning['change']
  level: Level
  levelBefore: Level
  tick: number
  raisedTick: number
  beat: number
  early: boolean
  evidence: Evidence
  byType: Record<string, number>
  /** Events beside those of the evidence that are not judged. */
  withheld: number
  parents: readonly string[]
  children: readonly number[]
  explainedBy: number | undefined
}

/** Names a warning by what it is about and the tick in which it was raised: `cell.510100.H62.2026-09-12`. */
export function warningId(identity: Identity, axis: Axis, node: number, raisedTick: number): string {
  const { region, industry } = codesOf(identity, node)
  return [axis, region, industry, identity.profile.calendar.label(raisedTick)].filter((part) => part !== '').join('.')
}

/** Warnings are public. Of what one or two enterprises brought the types stay untold: they could be told from the rest by them. */
export function warningOf(identity: Identity, found: WarningFacts): Warning {
  const { profile, model, foldVersion, beatMs } = identity
  const { evidence, tick } = found
  const isTold = evidence.enterprises === 0 || evidence.enterprises >= cellEnterprisesMin
  const facts = isTold ? found : { ...found, byType: {} }
  return {
    ...codesOf(identity, facts.node),
    id: warningId(identity, facts.axis, facts.node, facts.raisedTick),
    axis: facts.axis,
    change: facts.change,
    level: facts.level,
    levelBefore: facts.levelBefore,
    tick,
    tickLabel: profile.calendar.label(tick),
    raisedTick: facts.raisedTick,
    early: facts.early,
    beat: facts.beat,
    at: new Date((facts.beat + 1) * beatMs).toISOString(),
    count: evidence.events,
    expected: evidence.expected,
    variance: evidence.variance,
    p: evidence.p,
    q: evidence.q,
    rateRatio: evidence.rateRatio,
    enterprises: evidence.enterprises,
    effectiveEnterprises: evidence.squares > 0 ? (evidence.events * evidence.events) / evidence.squares : 0,
    byType: facts.byType,
    ...(facts.withheld === 0 ? {} : { withheld: facts.withheld }),
    familySize: evidence.familySize,
    parents: [...facts.parents],
    children: facts.children.map((node) => codesOf(identity, node)),
    ...(facts.explainedBy === undefined ? {} : { explainedBy: codesOf(identity, facts.explainedBy) }),
    sentences: Object.fromEntries(
      profile.file.languages.map((language) => [language, sentence(identity, facts, language)]),
    ),
    profile: profile.hash,
    model,
    foldVersion,
  }
}

function sentence(identity: Identity, facts: WarningFacts, language: string): string {
  const { profile, keys } = identity
  const messages = profile.messages.get(language) ?? {}
  // What most of the events are is not said where the types hold events that are not in the count.
  const topType = facts.withheld === 0 ? Object.keys(facts.byType)[0] : undefined
  const type = topType === undefined ? undefined : profile.types[profile.typeIndex.get(topType) ?? 0]
  const template = messages[`warning.${facts.axis}`] ?? '{place} {industry}: {count} / {expected}, {level}'
  const said = fillIn(topType === undefined ? without(template, 'topType') : template, {
    place: nameIn(profile.regions, keys.region(facts.node), language),
    industry: nameIn(profile.industries, keys.industry(facts.node), language),
    count: facts.evidence.events,
    expected: rounded(facts.evidence.expected),
    enterprises: facts.evidence.enterprises,
    level: messages[`level.${facts.level}`] ?? facts.level,
    tickUnit: messages[`tick.${profile.calendar.unit}`] ?? profile.calendar.unit,
    topType: type?.names[language] ?? topType ?? '',
  })
  if (facts.explainedBy === undefined) return said
  const child = [
    nameIn(profile.industries, keys.industry(facts.explainedBy), language),
    nameIn(profile.regions, keys.region(facts.explainedBy), language),
  ]
  return `${said} ${fillIn(messages.explainedByChild ?? '({industry}, {place})', { industry: child[0], place: child[1], child: child.join(' · ') })}`
}

function codesOf({ profile, keys }: Identity, node: number): { region: string; industry: string } {
  return {
    region: profile.regions.nodes[keys.region(node)].code,
    industry: profile.industries.nodes[keys.industry(node)].code,
  }
}

function nameIn(tree: CodeTree, node: number, language: string): string {
  const { names, code } = tree.nodes[node]
  return names[language] ?? Object.values(names)[0] ?? code
}

/** One decimal below ten, none above. */
function rounded(value: number): number {
  return value < 10 ? Math.floor(value * 10 + 0.5) / 10 : Math.floor(value + 0.5)
}
