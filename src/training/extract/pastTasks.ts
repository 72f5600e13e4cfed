/** The enterprise tasks of a log, folded once more through its journals, tick after tick: facts and grades are there as they were known. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Profile } from '../../../streams/profile.ts'
import { EnterpriseTask } from '../../enterprise/task.ts'
import { type ReplayedBeat, replayedBeats } from '../../fold/replay.ts'
import type { FoldTask } from '../../fold/task.ts'
import type { Log } from '../../log/port.ts'

/** A history that can be folded as often as it is asked for. */
export type PastSource = {
  profile: Profile
  beatMs: number
  partitions: number
  /** The beats of a task from the first on. */
  beats: (task: Pick<FoldTask, 'id' | 'inputs'>) => AsyncIterable<ReplayedBeat>
  /** Events that became known in later ticks, and what is around by them, are left out; the last tick when absent. */
  frozenTick?: number | undefined
}

/** The history of a log, by its journal. */
export function pastOf(log: Log, profile: Profile, beatMs: number): PastSource {
  return {
    profile,
    beatMs,
    partitions: log.partitions('risk-events'),
    beats: (task) => replayedBeats(log, task, beatMs),
  }
}

/** One task and where its journal stands. */
type Past = {
  task: EnterpriseTask
  beats: AsyncIterator<ReplayedBeat>
  next: ReplayedBeat | undefined
  begun: boolean
}

export class PastTasks {
  private readonly pasts: Past[] = []
  private readonly source: PastSource

  constructor(source: PastSource) {
    this.source = source
    const { profile, beatMs, partitions, beats } = source
    for (let partition = 0; partition < partitions; partition++) {
      const task = new EnterpriseTask({ profile, model: null, beatMs, partition, partitions, tell: () => {} })
      this.pasts.push({ task, beats: beats(task)[Symbol.asyncIterator](), next: undefined, begun: false })
    }
  }

  get tasks(): readonly EnterpriseTask[] {
    return this.pasts.map(({ task }) => task)
  }

  /** The tick of the first beat that any task has folded; known once something was folded. */
  firstTick: number | undefined

  /** Folds all beats of ticks up to and with this one. */
  async through(tick: number, tell: (tick: number) => void = () => {}): Promise<void> {
    for (const past of this.pasts) {
      await this.fold(past, tick, tell)
      past.task.neighbourhood.openTick(tick)
    }
  }

  private async fold(past: Past, tick: number, tell: (tick: number) => void): Promise<void> {
    const { profile, beatMs, frozenTick = Number.POSITIVE_INFINITY } = this.source
    if (!past.begun) await advance(past)
    past.begun = true
    let told: number | undefined
    for (; past.next !== undefined; await advance(past)) {
      const { beat, records } = past.next
      const at = profile.calendar.tickOf(beat * beatMs)
      if (at > tick) return
      past.task.fold(beat, withoutModels(records, at > frozenTick), ignore)
      this.firstTick = Math.min(this.firstTick ?? at, at)
      if (at !== told) {
        told = at
        tell(at)
        await nextTurn()
      }
    }
  }
}

async function advance(past: Past): Promise<void> {
  const { value, done } = await past.beats.next()
  past.next = done === true ? undefined : value
}

/** Training rows need nobody's scores: commands and artefacts say nothing here. Frozen, events and the tick archive do not either. */
function withoutModels(records: ReplayedBeat['records'], frozen: boolean): ReplayedBeat['records'] {
  const [, enterprises, grades, events, , archived = []] = records
  return [[], enterprises, grades, frozen ? [] : events, [], frozen ? [] : archived]
}

function ignore(): void {}
