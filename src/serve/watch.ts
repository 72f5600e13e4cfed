/** How far everything is, by the log and by the clock of this process: what the strip of every page says. */
import packageJson from '../../package.json' with { type: 'json' }
import type { ForewarnError } from '../errors.ts'
import { readModelFreshMs } from '../limits.ts'
import type { Follower } from '../readmodel/follower.ts'
import { closedTicks, type Model } from '../readmodel/query/ask.ts'
import { standingOf } from '../readmodel/query/overview.ts'
import { heardAt, silentAt, usualSources } from '../readmodel/query/silences.ts'
import { numberIn, textIn } from '../readmodel/values.ts'
import { modelOf } from './answers.ts'
import type { Status } from './contracts.ts'
import type { LogState } from './logState.ts'

const none = { blue: 0, yellow: 0, orange: 0, red: 0 }

export class Watch {
  readonly follower: Follower
  /** What the last look at the log said, and when the fold was seen to move. */
  #log: LogState | undefined
  #movedMs: number | undefined
  #problem: ForewarnError | undefined
  /** When the model last reached the end of the log. */
  #reachedMs: number | undefined
  readonly #now: () => number

  /** `now`: milliseconds since 1970. */
  constructor(follower: Follower, now: () => number) {
    this.follower = follower
    this.#now = now
  }

  looked(log: LogState | undefined): void {
    if (log?.throughBeat !== this.#log?.throughBeat) this.#movedMs = this.#now()
    this.#log = log
  }

  reached(): void {
    this.#reachedMs = this.#now()
    this.#problem = undefined
    this.follower.stopped = undefined
  }

  failed(problem: ForewarnError): void {
    this.#problem = problem
    this.follower.stopped = problem
  }

  /** Within 30 seconds of the log's end. */
  ready(): { ready: true } | { ready: false; reason: string } {
    if (this.#problem !== undefined) return { ready: false, reason: this.#problem.message }
    if (this.follower.editions === undefined) return { ready: false, reason: 'Nobody has begun to fold the log.' }
    if (this.#reachedMs === undefined)
      return { ready: false, reason: `The read model is built: ${Math.floor(100 * this.follower.share)} %.` }
    const lagMs = this.lagMs()
    if (lagMs <= readModelFreshMs) return { ready: true }
    return {
      ready: false,
      reason: `The read model did not reach the end of the log for ${Math.round(lagMs / 1_000)} s.`,
    }
  }

  lagMs(): number {
    return this.#reachedMs === undefined ? Number.POSITIVE_INFINITY : this.#now() - this.#reachedMs
  }

  status(): Status {
    const { follower } = this
    const model = follower.editions === undefined ? undefined : modelOf(follower)
    const problem = this.#problem
    const throughMs = this.#log?.throughBeat === undefined ? undefined : (this.#log.throughBeat + 1) * this.#log.beatMs
    return {
      state:
        problem !== undefined
          ? 'stopped'
          : model === undefined
            ? 'no-log'
            : this.#reachedMs === undefined
              ? 'building'
              : 'live',
      problem: problem === undefined ? null : { code: problem.code, message: problem.message, remedy: problem.remedy },
      share: follower.share,
      position: positionOf(follower),
      through: throughMs === undefined ? null : new Date(throughMs).toISOString(),
      throughMovedAt: this.#movedMs === undefined ? null : new Date(this.#movedMs).toISOString(),
      now: new Date(this.#now()).toISOString(),
      beatMs: this.#log?.beatMs ?? null,
      tick: ticksOf(model, throughMs),
      import: importOf(this.#log),
      ...(model === undefined
        ? { sources: { usual: 0, heard: 0, silent: [], heardAt: [] }, standing: none, unread: {} }
        : dataState(model)),
      model: this.#log?.model ?? null,
      profile:
        model === undefined ? null : { name: model.editions.profile.file.name, hash: model.editions.profile.hash },
      version: packageJson.version,
    }
  }
}

/** `<epoch>-<seq>` of the last change. */
export function positionOf({ store }: Follower): string {
  return `${store.epoch}-${numberIn(store.get('SELECT coalesce(max(seq), 0) AS seq FROM change') ?? {}, 'seq')}`
}

function ticksOf(model: Model | undefined, throughMs: number | undefined): Status['tick'] {
  if (model === undefined) return { closed: null, first: null, open: null, unit: '' }
  const { calendar } = model.editions.profile
  const closed = closedTicks(model)
  return {
    closed: closed === undefined ? null : calendar.label(closed.last),
    first: closed === undefined ? null : calendar.label(closed.first),
    open: throughMs === undefined ? null : calendar.label(calendar.tickOf(throughMs)),
    unit: calendar.unit,
  }
}

function importOf(log: LogState | undefined): Status['import'] {
  const through = log?.importThroughMs
  return { open: log?.importOpen === true, through: through === undefined ? null : new Date(through).toISOString() }
}

function dataState(model: Model): Pick<Status, 'sources' | 'standing' | 'unread'> {
  const now = { tick: undefined, shown: closedTicks(model)?.last }
  const silent = silentAt(model, now)
  const usual = usualSources(model, now)
  const whole = new Set(silent.filter(({ region }) => region === '').map(({ source }) => source))
  const unread = model.store.all('SELECT topic, sum(count) AS n FROM unread GROUP BY topic')
  return {
    sources: { usual, heard: Math.max(0, usual - whole.size), silent, heardAt: heardAt(model, now) },
    standing: standingOf(model, now),
    unread: Object.fromEntries(unread.map((row) => [textIn(row, 'topic'), numberIn(row, 'n')])),
  }
}
