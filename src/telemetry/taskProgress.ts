/** How far the tasks of this process are, by their notices. What is not known yet is undefined, never 0. */
import type { Listener } from '../notices.ts'

type Stand = {
  /** End of the last beat that the log has of it, milliseconds since 1970. */
  endMs: number | undefined
  /** Records wait for beats to come, the latest until then. */
  untilMs: number | undefined
}

export class TaskProgress {
  /** Names of the tasks that run here; undefined: nobody has said which. */
  assigned: readonly string[] | undefined
  readonly #stands = new Map<string, Stand>()

  readonly take: Listener = (notice) => {
    if (notice.kind === 'TasksAssigned') this.assigned = notice.tasks
    else if (notice.kind === 'TaskReleased') this.#stands.delete(notice.task)
    else if (notice.kind === 'InputsWaiting') this.#stand(notice.task).untilMs = notice.untilMs
    else if (notice.kind === 'EpochCommitted') this.#stand(notice.task).endMs = notice.endMs
    else if (notice.kind === 'Restoring')
      this.#stand(notice.task).endMs = notice.endMs ?? this.#stand(notice.task).endMs
  }

  /** The end of the last beat that every task has folded; undefined: of one of them nothing is known, or none runs here. */
  get lastEndMs(): number | undefined {
    const ends = (this.assigned ?? []).map((task) => this.#stands.get(task)?.endMs ?? Number.NaN)
    const lastMs = Math.min(...ends)
    return Number.isFinite(lastMs) ? lastMs : undefined
  }

  /** Of each task that runs here the end of the last beat that it has folded; tasks of which nothing is known are left out. */
  ends(): { task: string; endMs: number }[] {
    return (this.assigned ?? []).flatMap((task) => {
      const endMs = this.#stands.get(task)?.endMs
      return endMs === undefined ? [] : [{ task, endMs }]
    })
  }

  /** The task whose records wait longest for beats to come, and until when. */
  get waiting(): { task: string; untilMs: number } | undefined {
    const all = [...this.#stands].flatMap(([task, { untilMs }]) => (untilMs === undefined ? [] : [{ task, untilMs }]))
    return all.sort((a, b) => b.untilMs - a.untilMs)[0]
  }

  /** How far results lie behind the clock: by what is folded, or by how long records that lead it still wait. A process without tasks owes nothing. */
  lagMs(nowMs: number): number | undefined {
    if (this.assigned?.length === 0) return 0
    const endMs = this.lastEndMs
    return endMs === undefined ? undefined : Math.max(0, nowMs - endMs, (this.waiting?.untilMs ?? nowMs) - nowMs)
  }

  #stand(task: string): Stand {
    const known = this.#stands.get(task)
    if (known !== undefined) return known
    const stand = { endMs: undefined, untilMs: undefined }
    this.#stands.set(task, stand)
    return stand
  }
}
