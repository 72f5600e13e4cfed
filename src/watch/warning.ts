/** A warning as people and machines read it: a change of level with all that is needed to re-derive it, and one sentence. */
import type { Level } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { Axis } from '../../streams/topics.ts'
import type { CodeTree } from '../../streams/tree.ts'
import type { StatisticName, Warning } from '../../streams/warnings.ts'
import type { CellKeys } from '../cells.ts'
import { fillIn, without } from '../words.ts'
import type { Judged, Statistic } from './statistics/statistic.ts'

export type Identity = { profile: Profile; keys: CellKeys; model: string | null; foldVersion: number; beatMs: number }

export type WarningFacts<E, D> = {
  one: Judged<E>
  detail: D
  change: Warning['change']
  level: Level
  levelBefore: Level
  tick: number
  raisedTick: number
  beat: number
  early: boolean
  held: boolean
  parents: readonly string[]
  children: readonly number[]
  explainedBy: number | undefined
}

/** Names a warning by what it is about and the tick in which it was raised: `count.cell.510100.H62.2026-09-12`. */
export function warningId(
  identity: Identity,
  {
    statistic,
    axis,
    subject,
    raisedTick,
  }: { statistic: StatisticName; axis: Axis; subject: number; raisedTick: number },
): string {
  const { region, industry } = codesOf(identity, subject)
  const parts = [statistic, axis, region, industry, identity.profile.calendar.label(raisedTick)]
  return parts.filter((part) => part !== '').join('.')
}

export function warningOf<E extends object, D extends object>(
  identity: Identity,
  statistic: Statistic<E, D>,
  facts: WarningFacts<E, D>,
): Warning {
  const { profile, model, foldVersion, beatMs } = identity
  const { one, tick, raisedTick } = facts
  const { subject, axis } = one
  return {
    ...codesOf(identity, subject),
    id: warningId(identity, { statistic: statistic.name, axis, subject, raisedTick }),
    axis,
    change: facts.change,
    level: facts.level,
    levelBefore: facts.levelBefore,
    tick,
    tickLabel: profile.calendar.label(tick),
    raisedTick,
    early: facts.early,
    ...(facts.held ? { held: true } : {}),
    beat: facts.beat,
    at: new Date((facts.beat + 1) * beatMs).toISOString(),
    ...statistic.published(one.evidence, facts.detail),
    parents: [...facts.parents],
    children: facts.children.map((node) => codesOf(identity, node)),
    ...(facts.explainedBy === undefined ? {} : { explainedBy: codesOf(identity, facts.explainedBy) }),
    sentences: Object.fromEntries(
      profile.file.languages.map((language) => [language, sentence(identity, statistic, facts, language)]),
    ),
    profile: profile.hash,
    model,
    foldVersion,
  }
}

function sentence<E extends object, D extends object>(
  { profile, keys }: Identity,
  statistic: Statistic<E, D>,
  { one, detail, level, held, explainedBy }: WarningFacts<E, D>,
  language: string,
): string {
  const messages = profile.messages.get(language) ?? {}
  const { message, otherwise, values, remark } = statistic.saying(one, detail, language)
  const template = Object.entries(values)
    .filter(([, value]) => value === undefined)
    .reduce((text, [name]) => without(text, name), messages[message] ?? otherwise)
  const filled = fillIn(template, {
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? ''])),
    place: nameIn(profile.regions, keys.region(one.subject), language),
    industry: nameIn(profile.industries, keys.industry(one.subject), language),
    level: messages[`level.${level}`] ?? level,
    tickUnit: messages[`tick.${profile.calendar.unit}`] ?? profile.calendar.unit,
  })
  const remarks = [
    ...(remark === undefined ? [] : [messages[remark] ?? '']),
    ...(held ? [messages.heldInSilence ?? '(held)'] : []),
  ]
  const said = [filled, ...remarks.filter((one) => one !== '')].join(' ')
  if (explainedBy === undefined) return said
  const child = [
    nameIn(profile.industries, keys.industry(explainedBy), language),
    nameIn(profile.regions, keys.region(explainedBy), language),
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
