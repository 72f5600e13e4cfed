/**
 * One statistic on the ladder: at the close of a tick every subject gets its evidence, its called level and its new state; what changed
 * is a warning. From the coarsest to the finest: a child that its warned parent explains is linked to it and not raised beside it.
 */
import type { Level } from '../../streams/outputs.ts'
import type { StatisticName, Warning } from '../../streams/warnings.ts'
import type { WordReader, WordWriter } from '../fold/pages.ts'
import { nextState } from './alertState.ts'
import type { Lattice } from './lattice.ts'
import { type Moves, moved } from './moves.ts'
import { type Amendment, OpenWarnings, savedWarnings } from './openWarnings.ts'
import type { Early, Expected, Judged, Statistic, TickFacts } from './statistics/statistic.ts'
import type { Identity } from './warning.ts'

/** What the engine does with every statistic, whatever its evidence. */
export interface Ladder {
  readonly name: StatisticName
  earlyCalls(facts: TickFacts, at: { beat: number; tick: number }): Early[]
  raiseEarly(early: Early, tick: number): Warning[]
  close(tick: number, beat: number, facts: TickFacts): Warning[]
  amend(amendments: readonly Amendment[], beat: number, openTick: number): Warning[]
  /** Clears what stands at subjects that are judged no more. */
  leave(isGone: (subject: number) => boolean, beat: number, tick: number): Warning[]
  countByLevel(): Record<Level, number>
  /** What was expected in the tick that was judged last. */
  expected(): Expected | undefined
  save(out: WordWriter): void
  load(head: unknown, from: WordReader, moves?: Moves): void
}

export class StatisticLadder<E extends object, D extends object> implements Ladder {
  readonly #identity: Identity
  readonly #lattice: Lattice
  readonly #statistic: Statistic<E, D>
  readonly #warnings: OpenWarnings<E, D>

  constructor(identity: Identity, lattice: Lattice, statistic: Statistic<E, D>) {
    this.#identity = identity
    this.#lattice = lattice
    this.#statistic = statistic
    this.#warnings = new OpenWarnings(identity, lattice, statistic)
  }

  get name(): StatisticName {
    return this.#statistic.name
  }

  earlyCalls(facts: TickFacts, at: { beat: number; tick: number }): Early[] {
    return this.#statistic.early?.found(facts, at, (subject) => this.#warnings.standing(subject).level) ?? []
  }

  raiseEarly(early: Early, tick: number): Warning[] {
    const found = this.#statistic.early?.judged(early, tick)
    if (found === undefined) return []
    const next = { ...this.#warnings.standing(found.one.subject), level: 'red' as const, quietTicks: 0 }
    const how = {
      ...{ tick, beat: early.beat, early: true, detail: found.detail },
      explainedBy: undefined,
      children: [],
    }
    return [this.#warnings.change(found.one, next, how)]
  }

  /** Judges the tick, moves every state, and learns. */
  close(tick: number, beat: number, facts: TickFacts): Warning[] {
    const statistic = this.#statistic
    if (!statistic.begin(tick, facts)) return []
    const judged = statistic.judge(tick, facts, (subject) => this.#warnings.has(subject))
    const warnings = statistic.isWarm(tick) ? this.#moveAll(judged, tick, beat, facts) : []
    statistic.learn(tick, facts, (subject) => this.#warnings.isHeld(subject, tick))
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

  #moveAll(judged: readonly Judged<E>[], tick: number, beat: number, facts: TickFacts): Warning[] {
    const statistic = this.#statistic
    const bySubject = new Map(judged.map((one) => [one.subject, one]))
    const own = new Map(judged.map((one) => [one.subject, statistic.called(one.evidence, 0)]))
    const childrenOf = this.#childrenOf(judged.filter((one) => own.get(one.subject) !== 'calm'))
    const warnings: Warning[] = []
    for (const one of judged) {
      const { subject, evidence } = one
      const children = childrenOf.get(subject) ?? []
      const called = statistic.called(evidence, children.length)
      const before = this.#warnings.standing(subject)
      const isExplained = before.level === 'calm' && called !== 'calm' && this.#isExplained(one, bySubject, own)
      const next = nextState(
        before,
        { called: isExplained ? 'calm' : called, quiet: statistic.isQuiet(evidence, before.level) },
        this.#identity.profile.file.warnings,
      )
      if (next.level === before.level) {
        this.#warnings.remember(subject, next)
        if (next.level !== 'calm' && statistic.explains?.(one, facts) === true) {
          const how = { tick, beat, early: false, detail: statistic.detail(one, facts) }
          warnings.push(this.#warnings.explain(one, { ...how, explainedBy: undefined, children: [] }))
        }
        continue
      }
      const isAllOfOne = children.length === 1 && statistic.explainedByChild(evidence, children[0].evidence)
      warnings.push(
        this.#warnings.change(one, next, {
          ...{ tick, beat, early: false, detail: statistic.detail(one, facts) },
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

  #isExplained(
    { subject, evidence }: Judged<E>,
    bySubject: ReadonlyMap<number, Judged<E>>,
    own: ReadonlyMap<number, Level>,
  ): boolean {
    return this.#lattice.parentsOf(subject).some((above) => {
      const parent = bySubject.get(above)
      const isCalling = parent !== undefined && own.get(above) !== 'calm'
      return isCalling && this.#statistic.explainedByParent(evidence, parent.evidence)
    })
  }
}

/** In archives of earlier logs the open warnings stand beside a tick that nobody reads. */
function openOf(saved: unknown): unknown {
  return typeof saved === 'object' && saved !== null && 'open' in saved ? saved.open : saved
}
