/** The warning engine: every statistic on its ladder, one after the other, and their state as one. */
import { z } from 'zod'
import type { Level } from '../../streams/outputs.ts'
import { type StatisticName, statisticNames, type Warning } from '../../streams/warnings.ts'
import { WordReader, WordWriter } from '../fold/pages.ts'
import type { StatePart } from '../fold/state.ts'
import type { Call, Ladder } from './ladder.ts'
import type { Lattice } from './lattice.ts'
import type { Moves } from './moves.ts'
import type { CellStates } from './statistics/cellStates.ts'
import type { CountStatistic } from './statistics/count.ts'
import type { RiskStatistic } from './statistics/risk.ts'
import type { Amendment, Early, Expected, Listed, TickFacts } from './statistics/statistic.ts'
import { statisticsOf } from './statistics/statistics.ts'
import type { Identity } from './warning.ts'

/** What a saved state begins with: the statistics that follow. In archives of earlier logs there is `count` alone, without a head. */
const Head = z.object({ statistics: z.array(z.enum(statisticNames)) })

export class WarningEngine {
  /** What the counts have learnt of each cell. */
  readonly cells: CellStates
  readonly count: CountStatistic
  readonly risk: RiskStatistic
  readonly #ladders: readonly Ladder[]
  /** Those that judge. None asks another for anything. */
  readonly #asked: readonly Ladder[]

  /** `asked`: the statistics that judge, all unless given; the others keep what they have learnt. */
  constructor(identity: Identity, lattice: Lattice, asked?: ReadonlySet<StatisticName>) {
    const { cells, count, risk, ladders } = statisticsOf(identity, lattice)
    this.cells = cells
    this.count = count
    this.risk = risk
    this.#ladders = ladders
    this.#asked = ladders.filter(({ name }) => asked?.has(name) ?? true)
  }

  /** What calls by what has come in so far, among what changed in this beat; it is raised with that. */
  earlyCalls(facts: TickFacts, at: { beat: number; tick: number }): Call[] {
    return this.#asked.flatMap((ladder) => ladder.earlyCalls(facts, at))
  }

  /** Raises once more what called in the middle of a tick. */
  raiseEarly(early: Early, tick: number): Warning[] {
    return this.#asked.flatMap((ladder) => ladder.raiseEarly(early, tick))
  }

  /** Judges the tick, moves every state, and learns. */
  close(tick: number, beat: number, facts: TickFacts): Warning[] {
    return this.#asked.flatMap((ladder) => ladder.close(tick, beat, facts))
  }

  /** Takes back part of the evidence of warnings: in one beat, facts of closed ticks were retracted. */
  amend(amendments: readonly Amendment[], beat: number, openTick: number): Warning[] {
    return this.#asked.flatMap((ladder) => ladder.amend(amendments, beat, openTick))
  }

  /** How many subjects stand at each level; calm: called for lately, not raised. */
  countByLevel(): { statistic: StatisticName; counts: Record<Level, number> }[] {
    return this.#ladders.map((ladder) => ({ statistic: ladder.name, counts: ladder.countByLevel() }))
  }

  /** What each statistic expected in the tick that was judged last. */
  expected(): ({ statistic: StatisticName } & Expected)[] {
    return this.#ladders.flatMap((ladder) => {
      const expected = ladder.expected()
      return expected === undefined ? [] : [{ statistic: ladder.name, ...expected }]
    })
  }

  /** What of the tick that was judged last is listed, and not raised. */
  listed(): Listed[] {
    return this.#ladders.flatMap((ladder) => ladder.listed())
  }

  readonly state: StatePart = {
    name: 'judge',
    version: 3,
    save: (out) => [this.save(out)],
    load: (from) => [this.load(from)],
  }

  save(out: WordWriter): void {
    out.putJson({ statistics: this.#ladders.map(({ name }) => name) } satisfies z.infer<typeof Head>)
    for (const ladder of this.#ladders) ladder.save(out)
  }

  /** Goes on from an engine under another profile; gives the warnings that this clears, since their cells are judged no more. */
  goOnFrom(before: WarningEngine, moves: Moves, beat: number, tick: number): Warning[] {
    const cleared = before.leave((subject) => moves.cell(subject) === undefined, beat, tick)
    const out = new WordWriter()
    before.save(out)
    this.load(new WordReader(out.finish()), moves)
    return cleared
  }

  /** Clears what stands at subjects that are judged no more. */
  leave(isGone: (subject: number) => boolean, beat: number, tick: number): Warning[] {
    return this.#ladders.flatMap((ladder) => ladder.leave(isGone, beat, tick))
  }

  load(from: WordReader, moves?: Moves): void {
    const first = from.takeJson()
    const head = Head.safeParse(first)
    if (!head.success) this.#ladderOf('count').load(first, from, moves)
    for (const name of head.data?.statistics ?? []) this.#ladderOf(name).load(from.takeJson(), from, moves)
  }

  #ladderOf(name: StatisticName): Ladder {
    const found = this.#ladders.find((ladder) => ladder.name === name)
    if (found === undefined) throw new Error(`the statistic ${name} is not judged under this profile`)
    return found
  }
}
