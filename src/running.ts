/** The enterprise tasks that run in this process, for those who ask what is known of an enterprise now. */
import { partitionOf } from '../streams/partition.ts'
import type { Profile } from '../streams/profile.ts'
import { chosenFeatures } from './chosenFeatures.ts'
import type { Known } from './enterprise/known.ts'
import { type Explanation, explanationOf } from './enterprise/score/explanation.ts'
import { ForewarnError } from './errors.ts'
import { busy, elsewhere } from './fold/questions.ts'
import type { TaskRunner } from './fold/runner.ts'
import { taskName } from './log/tasks.ts'

type Running = Pick<TaskRunner, 'ask' | 'over' | 'foldedThrough'> & { task: { known: Known } }

export class RunningTasks {
  readonly #beatMs: number
  readonly #partitions: number
  readonly #tasks = new Map<number, Running | 'restoring'>()

  constructor({ beatMs, partitions }: { beatMs: number; partitions: number }) {
    this.#beatMs = beatMs
    this.#partitions = partitions
  }

  /** The profile in force, as far as a task is that runs here. */
  get profile(): Profile | undefined {
    for (const running of this.#tasks.values()) if (running !== 'restoring') return running.task.known.profile
    return undefined
  }

  /** Opens the task of a partition; until it is there, whoever asks is told to come again. */
  async take<R extends Running>(partition: number, opening: Promise<R>): Promise<R> {
    this.#tasks.set(partition, 'restoring')
    try {
      const running = await opening
      this.#tasks.set(partition, running)
      return running
    } catch (error) {
      this.#tasks.delete(partition)
      throw error
    }
  }

  /**
   * What the task of an enterprise knows of it after the last beat in its journal, by the champion in force.
   * @throws ForewarnError FW_ENTERPRISE_UNKNOWN, FW_TASK_ELSEWHERE, FW_TASK_BUSY.
   */
  async explain(id: string): Promise<Explanation> {
    const partition = partitionOf(id, this.#partitions)
    const running = this.#tasks.get(partition)
    if (running === 'restoring') throw busy('it is restored')
    if (running === undefined || running.over) throw elsewhere(taskName({ kind: 'enterprise', partition }))
    return running.ask(() => this.#explain(id, running))
  }

  #explain(id: string, { task: { known }, foldedThrough: beat }: Running): Explanation {
    const { profile, champion: model } = known
    if (beat === undefined) throw new ForewarnError('FW_ENTERPRISE_UNKNOWN', [`${id} yet`])
    const endMs = (beat + 1) * this.#beatMs
    const by = { model, features: model === undefined ? chosenFeatures(profile, undefined) : [] }
    const moment = { tick: profile.calendar.tickOf(beat * this.#beatMs), endMs }
    const found = explanationOf(known, id, moment, by)
    if (found !== undefined) return found
    throw new ForewarnError('FW_ENTERPRISE_UNKNOWN', [`${id} by ${new Date(endMs).toISOString()}`])
  }
}
