/**
 * A plain oracle, from scratch, for events without conflicts, all of them fresh: what becomes of each, and how many a day has in each
 * cell. An event counts in the day in which it became known, by the beat, until a retraction of the same day takes it out; one that
 * comes later leaves the count as it is. Within a beat events come before retractions. It shares no code with the fold.
 */
import { z } from 'zod'

export type CodeParents = ReadonlyMap<string, string>

export type OracleOptions = {
  types: ReadonlySet<string>
  /** Codes with the code above each, `''` at the top. */
  regions: CodeParents
  industries: CodeParents
  /** Codes of regions that are other names of one that stands in the tree. */
  renamed: ReadonlyMap<string, string>
  beatMs: number
  utcOffsetMs: number
}

type Place = { region?: string; industry?: string }
type Event = Place & { id: string; enterpriseId: string; retracts?: string }
type Kept = { day: string; cell: string }

export type OracleCounts = { duplicate: number; absorbed: number; retraction: number; dead: Record<string, number> }

const leafDepth = 2
const unknown = 'UNKNOWN'

export class CellOracle {
  readonly counts: OracleCounts = { duplicate: 0, absorbed: 0, retraction: 0, dead: {} }
  /** Events by `day region industry`. */
  readonly cells = new Map<string, number>()
  readonly #options: OracleOptions
  readonly #places: ReadonlyMap<string, Place>
  readonly #kept = new Map<string, Kept>()
  readonly #takenBack = new Set<string>()
  #waiting: { retraction: Event; day: string }[] = []
  #beat = Number.NEGATIVE_INFINITY

  /** `places`: by enterprise. */
  constructor(options: OracleOptions, places: ReadonlyMap<string, Place>) {
    this.#options = options
    this.#places = places
  }

  /** The next record of the log, with the time at which it became known. */
  add(text: string, knownAtMs: number): void {
    const { beatMs, utcOffsetMs } = this.#options
    const beat = Math.floor(knownAtMs / beatMs)
    if (beat !== this.#beat) this.end()
    this.#beat = beat
    const event = this.#read(text)
    if (typeof event === 'string') {
      this.counts.dead[event] = (this.counts.dead[event] ?? 0) + 1
      return
    }
    const day = new Date(beat * beatMs + utcOffsetMs).toISOString().slice(0, 10)
    if (event.retracts !== undefined) this.#waiting.push({ retraction: event, day })
    else if (this.#takenBack.has(event.id)) this.counts.absorbed++
    else if (this.#kept.has(event.id)) this.counts.duplicate++
    else {
      const kept = { day, cell: this.#cellOf(event) }
      this.#kept.set(event.id, kept)
      this.#count(kept, 1)
    }
  }

  /** Of the beat, or of the log. */
  end(): void {
    for (const { retraction, day } of this.#waiting) {
      const target = this.#kept.get(retraction.retracts ?? '')
      if (target === undefined || this.#takenBack.has(retraction.retracts ?? ''))
        throw new Error(`the oracle knows nothing of a retraction without its event: ${retraction.id}`)
      this.counts.retraction++
      this.#takenBack.add(retraction.retracts ?? '')
      if (target.day === day) this.#count(target, -1)
    }
    this.#waiting = []
  }

  /** The event, or the error code that it must get. */
  #read(text: string): Event | string {
    const parsed = objectOf(text)
    if (parsed === undefined) return 'FW_RECORD_NOT_JSON'
    const { id, enterpriseId, type, severity, region, industry, retracts } = parsed
    const isGrade =
      severity === undefined || (Number.isInteger(severity) && Number(severity) >= 1 && Number(severity) <= 5)
    if (typeof id !== 'string' || typeof enterpriseId !== 'string' || typeof type !== 'string' || !isGrade)
      return 'FW_RECORD_INVALID'
    if (!this.#options.types.has(type)) return 'FW_EVENT_UNKNOWN_TYPE'
    return {
      id,
      enterpriseId,
      ...(typeof region === 'string' ? { region } : {}),
      ...(typeof industry === 'string' ? { industry } : {}),
      ...(typeof retracts === 'string' ? { retracts } : {}),
    }
  }

  #cellOf(event: Event): string {
    const home = this.#places.get(event.enterpriseId)
    const { regions, industries, renamed } = this.#options
    const region = event.region ?? home?.region
    const named = region === undefined ? undefined : (renamed.get(region) ?? region)
    return `${leafOf(named, regions)} ${leafOf(event.industry ?? home?.industry, industries)}`
  }

  #count({ day, cell }: Kept, by: number): void {
    const key = `${day} ${cell}`
    const sum = (this.cells.get(key) ?? 0) + by
    if (sum === 0) this.cells.delete(key)
    else this.cells.set(key, sum)
  }
}

function leafOf(code: string | undefined, parents: CodeParents): string {
  if (code === undefined || !parents.has(code)) return unknown
  const path = [code]
  for (let above = parents.get(code) ?? ''; above !== ''; above = parents.get(above) ?? '') path.unshift(above)
  if (path.length >= leafDepth) return path[leafDepth - 1]
  return [...parents.values()].includes(code) ? `${code}/${unknown}` : code
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
