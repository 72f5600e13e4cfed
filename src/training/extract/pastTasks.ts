/** The enterprise tasks of a log, folded once more through its journals, tick after tick: facts and grades are there as they were known. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Profile } from '../../../streams/profile.ts'
import type { Known } from '../../enterprise/known.ts'
import type { Witness } from '../../enterprise/score/witness.ts'
import { EnterpriseTask } from '../../enterprise/task.ts'
import { type ReplayedBeat, replayedBeats } from '../../fold/replay.ts'
import type { FoldTask } from '../../fold/task.ts'
import { drawHashSeed } from '../../hashSeed.ts'
import type { Log } from '../../log/port.ts'

/** A history that can be folded as often as it is asked for. */
export type PastSource = {
  profile: Profile
  beatMs: number
  partitions: number
  /** The one partition that is asked for; all of them when absent. */
  partition?: number | undefined
  /** The beats of a task from the first on. */
  beats: (task: Pick<FoldTask, 'id' | 'inputs'>) => AsyncIterable<ReplayedBeat>
  /** The profile is the one that the history was begun with, and others take its place as they did; else it reads all of it. */
  followsProfile?: boolean
  /** Events that became known in later ticks, and what is around by them, are left out; the last tick when absent. */
  frozenTick?: number | undefined
}

/** The history of a log, by its journal; as of ticks within `replayReach` it is whole though the log was pruned. */
export function pastOf(log: Log, profile: Profile, beatMs: number): PastSource {
  return {
    profile,
    beatMs,
    partitions: log.partitions('risk-events'),
    beats: (task) => replayedBeats(log, task, beatMs, { pruned: ['events', 'archive'] }),
  }
}

/** One task and where its journal stands. */
type Past = {
  task: EnterpriseTask
  beats: AsyncIterator<ReplayedBeat>
  /** The beat to fold next; undefined at the end, and before the first. */
  next: ReplayedBeat | undefined
  begun: boolean
}

export class PastTasks {
  readonly #pasts: Past[] = []
  readonly #source: PastSource

  constructor(source: PastSource, witness?: (partition: number) => Witness) {
    this.#source = source
    const { profile, beatMs, partitions, beats, partition: only } = source
    for (let partition = only ?? 0; partition < (only === undefined ? partitions : only + 1); partition++) {
      const setting = { profile, model: null, rowsOnly: true, beatMs, partition, partitions, listener: ignore }
      const task = new EnterpriseTask({ ...setting, hashSeed: drawHashSeed(), witness: witness?.(partition) })
      this.#pasts.push({ task, beats: beats(task)[Symbol.asyncIterator](), next: undefined, begun: false })
    }
  }

  /** By partition. */
  get known(): readonly Known[] {
    return this.#pasts.map(({ task }) => task.known)
  }

  /** The tick in which the history begins; undefined where there is none. Asked before anything is folded. */
  async firstTick(): Promise<number | undefined> {
    const { profile, beatMs } = this.#source
    let first: number | undefined
    for (const past of this.#pasts) {
      await begin(past)
      if (past.next === undefined) continue
      const tick = profile.calendar.tickOf(past.next.beat * beatMs)
      first = Math.min(first ?? tick, tick)
    }
    return first
  }

  /** Folds all beats that begin in ticks up to and with this one. */
  async through(tick: number, onTick: (tick: number) => void = ignore): Promise<void> {
    await this.#foldBefore(Math.ceil(this.#source.profile.calendar.endMs(tick) / this.#source.beatMs), onTick)
    for (const { task } of this.#pasts) task.known.openTick(tick)
  }

  /** Folds all beats that have ended by an instant. */
  async throughMs(ms: number, onTick: (tick: number) => void = ignore): Promise<void> {
    await this.#foldBefore(Math.floor(ms / this.#source.beatMs), onTick)
  }

  async #foldBefore(beat: number, onTick: (tick: number) => void): Promise<void> {
    for (const past of this.#pasts) await this.#fold(past, beat, onTick)
  }

  async #fold(past: Past, endBeat: number, onTick: (tick: number) => void): Promise<void> {
    const { profile, beatMs, frozenTick = Number.POSITIVE_INFINITY } = this.#source
    let told: number | undefined
    for (await begin(past); past.next !== undefined; await advance(past)) {
      const { beat, records } = past.next
      if (beat >= endBeat) return
      const tick = profile.calendar.tickOf(beat * beatMs)
      past.task.fold(beat, this.#source.followsProfile ? records : withoutChanges(records, tick > frozenTick), ignore)
      if (tick !== told) {
        told = tick
        onTick(tick)
        await nextTurn()
      }
    }
  }
}

async function begin(past: Past): Promise<void> {
  if (!past.begun) await advance(past)
  past.begun = true
}

async function advance(past: Past): Promise<void> {
  const { value, done } = await past.beats.next()
  past.next = done === true ? undefined : value
}

/** Training rows need nobody's scores: commands and artefacts say nothing here. Frozen, events and the tick archive do not either. */
function withoutChanges(records: ReplayedBeat['records'], frozen: boolean): ReplayedBeat['records'] {
  return { ...records, commands: [], artifacts: [], ...(frozen ? { events: [], archive: [] } : {}) }
}

function ignore(): void {}
