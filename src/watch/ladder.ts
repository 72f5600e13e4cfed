/**
 * One statistic on the ladder: at the close of a tick every subject gets its evidence, its called level and its new state; what changed
 * is a warning. From the coarsest to the finest: a child that its warned parent explains is linked to it and not raised beside it.
 */
import type { Level } from '../../streams/outputs.ts'
import type { StatisticName, Warning } from '../../streams/warnings.ts'
import type { WordReader, WordWriter } from '../fold/pages.ts'
import { nextState, rank } from './alertState.ts'
import type { Lattice } from './lattice.ts'
import { type Moves, moved } from './moves.ts'
import { type How, OpenWarnings, savedWarnings } from './openWarnings.ts'
import type { Amendment, Early, Expected, Judged, Listed, Statistic, TickFacts } from './statistics/statistic.ts'
import type { Identity } from './warning.ts'

/** What called before its tick was over, and what is said of it. */
export type Call = { early: Early; warnings: Warning[] }

/** What the engine does with every statistic, whatever its evidence. */
export interface Ladder {
  readonly name: StatisticName
  /** What calls by what has come in so far, among what changed in this beat; it is raised with that. */
  earlyCalls(facts: TickFacts, at: { beat: number; tick: number }): Call[]
  raiseEarly(early: Early, tick: number): Warning[]
  close(tick: number, beat: number, facts: TickFacts): Warning[]
  amend(amendments: readonly Amendment[], beat: number, openTick: number): Warning[]
  /** Clears what stands at subjects that are judged no more. */
  leave(isGone: (subject: number) => boolean, beat: number, tick: number): Warning[]
  countByLevel(): Record<Level, number>
  /** What was expected in the tick that was judged last. */
  expected(): Expected | undefined
  /** What of the tick that was judged last is listed, and not raised. */
  listed(): Listed[]
  save(out: WordWriter): void
  load(head: unknown, from: WordReader, moves?: Moves): void
}

export class StatisticLadder<E extends object, D extends object> implements Ladder {
  readonly #lattice: Lattice
  readonly #statistic: Statistic<E, D>
  readonly #warnings: OpenWarnings<E, D>
  /** What called early in the open tick and was explained by a parent: what explains it may be taken back. */
  readonly #explained = new Set<number>()

  constructor(identity: Identity, lattice: Lattice, statistic: Statistic<E, D>) {
    this.#lattice = lattice
    this.#statistic = statistic
    this.#warnings = new OpenWarnings(identity, lattice, statistic)
  }

  get name(): StatisticName {
    return this.#statistic.name
  }

  /** From the coarsest to the finest: a parent that is raised first explains its children. */
  earlyCalls(facts: TickFacts, { beat, tick }: { beat: number; tick: number }): Call[] {
    const { early } = this.#statistic
    if (early === undefined) return []
    const standing = (subject: number): Level => this.#warnings.standing(subject).level
    const found = early.subjects(tick, facts, standing)
    if (found.length + this.#explained.size === 0) return []
    const judged = (subject: number): Judged<E>[] => {
      const one = early.judged(tick, facts, subject)
      return one === undefined ? [] : [one]
    }
    const reached = [...new Set([...found, ...this.#explained])].sort((a, b) => a - b).flatMap(judged)
    return reached.flatMap((one): Call[] => {
      const { subject } = one
      const called = this.#statistic.called(one.evidence, 0)
      const isExplained = (): boolean => {
        if (standing(subject) !== 'calm') return false
        const above = this.#lattice.parentsOf(subject).flatMap(judged)
        if (above.some((parent) => this.#explains(parent, one))) return true
        const across = new Set([
          ...this.#warnings.standingAbove(),
          ...reached.filter((other) => this.#calls(other)).map((other) => other.subject),
        ])
        return [...across]
          .filter((other) => this.#lattice.sharedBy(subject, other) !== undefined)
          .flatMap(judged)
          .some((other) => this.#explainsAcross(other, one))
      }
      this.#explained.delete(subject)
      if (rank(called) <= rank(standing(subject))) return []
      if (isExplained()) {
        this.#explained.add(subject)
        return []
      }
      const record = early.record(one, facts, beat)
      const warnings = this.raiseEarly(record, tick)
      return warnings.length === 0 ? [] : [{ early: record, warnings }] // by its kind it stands no lower already
    })
  }

  raiseEarly(early: Early, tick: number): Warning[] {
    const found = this.#statistic.early?.again(tick, early, this.#warnings.before(tick))
    if (found === undefined) return []
    const { one, detail } = found
    const before = this.#warnings.standing(one.subject)
    const level = this.#statistic.called(one.evidence, 0)
    if (rank(level) <= rank(before.level)) return []
    const how = { ...{ tick, beat: early.beat, early: true, detail }, explainedBy: undefined, children: [] }
    return [this.#warnings.change(one, { ...before, level, quietTicks: 0 }, how)]
  }

  /** Judges the tick, moves every state, and learns. */
  close(tick: number, beat: number, facts: TickFacts): Warning[] {
    const statistic = this.#statistic
    this.#explained.clear()
    if (!statistic.begin(tick, facts)) return []
    const judged = statistic.judge(tick, facts, (subject) => this.#warnings.has(subject))
    const calling = new Set(
      judged.flatMap(({ subject, evidence }) => (statistic.called(evidence, 0) === 'calm' ? [] : [subject])),
    )
    const shadows = new Set<number>()
    const warnings = statistic.isWarm(tick) ? this.#moveAll(judged, tick, beat, facts, shadows) : []
    const holdsCalls = statistic.isWarm(tick) && statistic.rules.sustained === undefined
    const isCalling = (subject: number): boolean => holdsCalls && calling.has(subject)
    const isHeld = (subject: number): boolean => isCalling(subject) || this.#warnings.isHeld(subject, tick)
    statistic.learn(tick, facts, { isHeld, isShadow: (subject) => shadows.has(subject) })
    return warnings
  }

  amend(amendments: readonly Amendment[], beat: number, openTick: number): Warning[] {
    return this.#warnings.amend(amendments, beat, openTick)
  }

  leave(isGone: (subject: number) => boolean, beat: number, tick: number): Warning[] {
    return this.#warnings.leave(isGone, beat, tick)
  }

  countByLevel(): Record<Level, number> {
    return this.#warnings.countByLevel()
  }

  expected(): Expected | undefined {
    return this.#statistic.expected?.()
  }

  listed(): Listed[] {
    return this.#statistic.listed?.() ?? []
  }

  save(out: WordWriter): void {
    this.#statistic.save(out)
    out.putJson(this.#warnings.save())
  }

  load(head: unknown, from: WordReader, moves?: Moves): void {
    this.#statistic.load(head, from, moves)
    const contract = savedWarnings(this.#statistic.evidence)
    const open = contract.parse(openOf(from.takeJson()))
    this.#warnings.load(moves === undefined ? open : moved(contract, open, moves))
  }

  #moveAll(
    judged: readonly Judged<E>[],
    tick: number,
    beat: number,
    facts: TickFacts,
    shadows: Set<number>,
  ): Warning[] {
    const statistic = this.#statistic
    const bySubject = new Map(judged.map((one) => [one.subject, one]))
    const own = new Map(judged.map((one) => [one.subject, statistic.called(one.evidence, 0)]))
    const calling = judged.filter((one) => own.get(one.subject) !== 'calm')
    const childrenOf = this.#childrenOf(calling)
    const burning = judged.filter(
      ({ subject }) => own.get(subject) !== 'calm' || this.#warnings.standing(subject).level !== 'calm',
    )
    const warnings: Warning[] = []
    for (const one of judged) {
      const { subject, evidence } = one
      const children = childrenOf.get(subject) ?? []
      const called = statistic.called(evidence, children.length)
      const before = this.#warnings.standing(subject)
      const isAsked = before.level === 'calm' && called !== 'calm'
      const isBelow = isAsked && this.#isExplained(one, bySubject)
      const isShadow = isAsked && burning.some((other) => this.#explainsAcross(other, one))
      if (isShadow) shadows.add(subject)
      const isExplained = isBelow || isShadow
      const held = statistic.isSilent?.(subject, facts) === true
      const next = nextState(
        before,
        { called: isExplained ? 'calm' : called, quiet: !held && statistic.isQuiet(evidence, before.level) },
        statistic.rules,
      )
      if (next.level === before.level) {
        this.#warnings.remember(subject, next)
        if (next.level === 'calm') continue
        const plain = { tick, beat, early: false, explainedBy: undefined, children: [] }
        const how = (): How<D> => ({ ...plain, detail: statistic.detail(one, facts, this.#warnings.before(tick)) })
        if (this.#warnings.isMarked(subject) !== held) warnings.push(this.#warnings.mark(one, held, how()))
        if (statistic.explains?.(one, facts) === true) warnings.push(this.#warnings.explain(one, how()))
        continue
      }
      const isAllOfOne = children.length === 1 && statistic.explainedByChild(one, children[0])
      warnings.push(
        this.#warnings.change(one, next, {
          ...{ tick, beat, early: false, held, detail: statistic.detail(one, facts, this.#warnings.before(tick)) },
          explainedBy: isAllOfOne ? children[0].subject : undefined,
          children: children.map((child) => child.subject),
        }),
      )
    }
    return warnings
  }

  #childrenOf(calling: readonly Judged<E>[]): Map<number, Judged<E>[]> {
    const found = new Map<number, Judged<E>[]>()
    for (const one of calling)
      for (const parent of this.#lattice.parentsOf(one.subject)) found.set(parent, [...(found.get(parent) ?? []), one])
    return found
  }

  #isExplained(one: Judged<E>, bySubject: ReadonlyMap<number, Judged<E>>): boolean {
    const above = this.#lattice.parentsOf(one.subject).flatMap((node) => bySubject.get(node) ?? [])
    return above.some((parent) => this.#explains(parent, one))
  }

  /** Whether a parent calls, and its rise alone would bring its child's. */
  #explains(parent: Judged<E>, child: Judged<E>): boolean {
    return this.#calls(parent) && this.#statistic.explainedByParent(child, parent)
  }

  /** Whether one that lies neither above nor below another brings what they share, without which the other would not call; and not the reverse. */
  #explainsAcross(other: Judged<E>, one: Judged<E>): boolean {
    const shared = this.#lattice.sharedBy(one.subject, other.subject)
    if (shared === undefined) return false
    return this.#isShadow(one, other, shared) && !this.#isShadow(other, one, shared)
  }

  #isShadow(one: Judged<E>, other: Judged<E>, shared: number): boolean {
    const rest = this.#statistic.restAcross?.(one, other, shared)
    return rest !== undefined && this.#statistic.called(rest, 0) === 'calm'
  }

  #calls({ evidence }: Judged<E>): boolean {
    return this.#statistic.called(evidence, 0) !== 'calm'
  }
}

/** In archives of earlier logs the open warnings stand beside a tick that nobody reads. */
function openOf(saved: unknown): unknown {
  return typeof saved === 'object' && saved !== null && 'open' in saved ? saved.open : saved
}
