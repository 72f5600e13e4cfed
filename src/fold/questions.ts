/**
 * Questions to the state of a task. While it is ahead of its journal they wait: what it says then might never come to be, when another
 * process takes the task over. They are answered in one go between two epochs, so an answer never mixes two beats.
 *
 *   ahead ⇄ settled ──► over
 */
import { ForewarnError } from '../errors.ts'
import { questionPatienceMs } from '../limits.ts'

type Question = { put: () => void; refuse: (why: ForewarnError) => void }

export class Questions {
  readonly #name: string
  readonly #waiting = new Set<Question>()
  #state: 'ahead' | 'settled' | 'over' = 'ahead'

  constructor(name: string) {
    this.#name = name
  }

  /** Whether the task has left this process. */
  get over(): boolean {
    return this.#state === 'over'
  }

  /** @throws ForewarnError FW_TASK_BUSY when the task does not come to rest in time, FW_TASK_ELSEWHERE when it is over; and what `answer` throws. */
  ask<T>(answer: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const settle = (end: () => void): void => {
      clearTimeout(late)
      this.#waiting.delete(question)
      try {
        end()
      } catch (error) {
        reject(error)
      }
    }
    const question: Question = {
      put: () => settle(() => resolve(answer())),
      refuse: (why) => settle(() => reject(why)),
    }
    const late = setTimeout(() => question.refuse(busy('its last beats are not in the log yet')), questionPatienceMs)
    this.#waiting.add(question)
    this.#serve()
    return promise
  }

  turn(state: 'ahead' | 'settled' | 'over'): void {
    this.#state = state
    this.#serve()
  }

  #serve(): void {
    if (this.#state === 'settled') for (const question of [...this.#waiting]) question.put()
    if (this.#state === 'over') for (const question of [...this.#waiting]) question.refuse(elsewhere(this.#name))
  }
}

export const busy = (why: string): ForewarnError => new ForewarnError('FW_TASK_BUSY', [why])
export const elsewhere = (name: string): ForewarnError => new ForewarnError('FW_TASK_ELSEWHERE', [name])
