/** Both judges side by side, beat by beat: what they say, and after each tick what they expect of every cell. */
import { expect } from 'vitest'
import type { CellPart } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import { unknownCode } from '../../../streams/tree.ts'
import { expectSame, isNear } from './agreement.ts'
import { Beginnings, type Role, type SourceFact } from './beginnings.ts'
import { Cells, type CodeList } from './cells.ts'
import { type Clock, clock } from './clock.ts'
import { CountStatistic } from './countStatistic.ts'
import { type Beat, JudgeOracle, type Said, type Turns } from './judgeOracle.ts'
import { JudgeInTasks, type Sent } from './product.ts'

export class Comparison {
  readonly cells: Cells
  readonly clock: Clock
  readonly product: JudgeInTasks
  readonly #beatMs: number
  readonly #statistic: CountStatistic
  readonly #oracle: JudgeOracle
  readonly #beginnings: Beginnings
  /** Roles of the open tick, by source and region. */
  readonly #roles = new Map<string, Role>()

  constructor(profile: Profile, beatMs: number) {
    const { regionLevels, industryLevels } = profile.file.warnings
    const { unit, utcOffsetMinutes } = profile.file.tick
    this.#beatMs = beatMs
    const regions = codesOf(profile.regions, regionLevels)
    this.cells = new Cells(regions, codesOf(profile.industries, industryLevels))
    this.clock = clock(unit, utcOffsetMinutes)
    const groupOf = (type: string): string => profile.file.eventTypes.find(({ code }) => code === type)?.group ?? ''
    const groups = profile.file.groups.map(({ code }) => code)
    const judgedTypes = profile.file.eventTypes.filter(({ judged }) => judged)
    const judged = groups.filter((group) => judgedTypes.some((type) => type.group === group))
    this.#statistic = new CountStatistic(this.cells, this.clock, { groups, judged, groupOf })
    const { cells, clock: time } = this
    this.#oracle = new JudgeOracle(profile.file.warnings, { cells, clock: time, groupOf }, this.#statistic)
    this.#beginnings = new Beginnings(regions, this.clock)
    this.product = new JudgeInTasks(profile, beatMs)
  }

  /** Where in its tick a beat lies. */
  at(beat: number): { beat: number; tick: number; endsTick: boolean } {
    const tick = this.clock.tickOf(beat * this.#beatMs)
    return { beat, tick, endsTick: this.clock.endMs(tick) === (beat + 1) * this.#beatMs }
  }

  /** What a fact is in the open tick. Who is told silent, and comes back with a backlog, is the product's to say. */
  roleOf(fact: SourceFact): Role {
    const name = `${fact.source} ${fact.region}`
    const role = this.#roles.get(name) ?? this.#roleOf(fact)
    this.#roles.set(name, role)
    return role
  }

  #roleOf(fact: SourceFact): Role {
    const said = this.product.roleOf(fact)
    const wanted = this.#beginnings.roleOf(fact, said === 'backlog')
    if (said !== wanted) expect(said, `${fact.source} in ${fact.region}`).toBe(wanted)
    return wanted
  }

  /** Folds a beat. The oracle is given its counts, which may be read off the parts that the product wrote. */
  beat(beat: number, sent: readonly Sent[], counted: (parts: CellPart[]) => Counted): Said[] {
    const at = this.at(beat)
    const where = `tick ${at.tick} beat ${beat}`
    let counts: Counted | undefined
    const { said, turns } = this.product.beat(beat, sent, (parts) => {
      counts = counted(parts)
    })
    if (counts === undefined) throw new Error('nothing was counted')
    const wantedTurns = at.endsTick ? this.#beginnings.close(at.tick, counts.facts) : { begun: [], ended: [] }
    expect(sorted(turns), where).toEqual(sorted(wantedTurns))
    const wanted = this.#oracle.beat({ ...at, ...counts }, { ...wantedTurns, silent: turns.silent })
    expectSame(said, wanted, where)
    if (at.endsTick) {
      this.#roles.clear()
      this.#expectSameExpectations(at.tick + 1)
    }
    return wanted
  }

  #expectSameExpectations(tick: number): void {
    const { subjects } = this.#statistic
    expect(this.product.cells, `cells before tick ${tick}`).toBe(subjects.length)
    for (const cell of subjects) {
      const [is, wanted] = [this.product.expected(cell, tick), this.#statistic.expect(cell, tick)]
      const agree = is !== undefined && isNear(is.mean, wanted.mean) && isNear(is.variance, wanted.variance)
      if (!agree) expect(is, `${cell} in tick ${tick}`).toEqual(wanted)
    }
  }
}

/** Counts of a tick so far, and all its facts. */
export type Counted = Pick<Beat, 'sums' | 'late'> & { facts: readonly SourceFact[] }

const sorted = ({ begun, ended }: Turns): Turns => ({ begun: begun.toSorted(), ended: ended.toSorted() })

/** A tree as its table has it; nodes for what is unknown are the product's own. */
function codesOf({ nodes, levels }: Profile['regions'], judged: readonly string[]): CodeList {
  const listed = nodes.filter(({ code }) => code !== '' && !code.endsWith(unknownCode))
  return { rows: listed.map(({ code, parent }) => ({ code, parent: nodes[parent].code })), levels, judged }
}
