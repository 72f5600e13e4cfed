/**
 * Silence looks calm: a source that has sent nothing for so long that it is no chance is told at the close of a tick, for the coarsest
 * region in which it is silent, and again in the beat in which it speaks.
 *
 *   heard ──► silent, told once ──► heard, told once
 */
import { z } from 'zod'
import { isSilence, learnGap, noRun, type Run, silenceP } from '../../models/counts/silence.ts'
import { learnWeekday, restingFactor, weekStateLength } from '../../models/counts/weekday.ts'
import type { CellPart, SourceSilent, SourceSpoke } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import { rootIndex } from '../../streams/tree.ts'
import type { CellKeys } from '../cells.ts'
import { jsonPart, type StatePart } from '../fold/state.ts'
import { dayMs, falseSilencesPerWeek, sourceWarmTicks } from '../limits.ts'
import { NumberSums } from '../sums.ts'
import { arrivalKey } from './moves.ts'
import { SourceStreams, Stream } from './sourceStreams.ts'

/** What a week's older evidence of a source's rhythm is worth. */
const keepWeekly = 0.95
/** Busy streams forget in four weeks. */
const memoryTicksMin = 28
const weeksRemembered = 4
const weeksToWarm = 2

export const SavedSources = z.object({
  streams: z.array(z.tuple([arrivalKey, Stream])),
  rhythms: z.array(z.tuple([z.number(), z.array(z.number())])),
  counts: z.array(z.tuple([arrivalKey, z.number()])),
})
export type SavedSources = z.infer<typeof SavedSources>

export class SourceWatch {
  readonly streams: SourceStreams
  /** Records of the open tick by stream. */
  readonly counts = new NumberSums()
  readonly #profile: Profile
  readonly #keys: CellKeys
  readonly #beatMs: number
  readonly #memoryTicks: number
  readonly #warmTicks: number
  /** Weekly rhythm of each source, in the whole. */
  readonly #rhythms = new Map<number, Float64Array>()
  /** Streams of which a silence was told that has not ended. */
  readonly #silent = new Set<number>()

  readonly state: StatePart = jsonPart(
    { name: 'sources', version: 1, contract: SavedSources },
    () => this.save(),
    (saved) => this.load(saved),
  )

  constructor(profile: Profile, keys: CellKeys, beatMs: number) {
    this.streams = new SourceStreams(profile, keys)
    this.#profile = profile
    this.#keys = keys
    this.#beatMs = beatMs
    const { phasesPerWeek } = profile.calendar
    this.#memoryTicks = Math.max(memoryTicksMin, weeksRemembered * phasesPerWeek)
    this.#warmTicks = Math.max(sourceWarmTicks, weeksToWarm * phasesPerWeek)
  }

  /** Takes arrivals of a beat. */
  hear({ keys, deltas }: CellPart['arrivals'], beat: number): void {
    for (let at = 0; at < keys.length; at++)
      for (const key of this.streams.keysOf(keys[at])) {
        this.streams.of(key).lastBeat = beat
        this.counts.add(key, deltas[at])
      }
  }

  /** Silences that ended in a beat, after all of its arrivals were taken. */
  spoke(beat: number, tick: number): SourceSpoke[] {
    if (this.#silent.size === 0) return []
    const notices: SourceSpoke[] = []
    const heard: number[] = []
    for (const key of this.#silent) if (this.streams.of(key).lastBeat === beat) heard.push(key)
    for (const key of heard.sort((a, b) => a - b)) {
      const { told, run } = this.streams.of(key)
      if (told === undefined || told.spoke) continue
      told.spoke = true
      notices.push({
        kind: 'SourceSpoke',
        ...this.#named(key, tick),
        at: endOfBeat(beat, this.#beatMs),
        silentSince: this.#profile.calendar.label(told.tick),
        silentTicks: run.ticks,
      })
    }
    return notices
  }

  /** Ends the tick; returns the silences that are to be told. A child of a region that is silent too is not told beside it. */
  close(tick: number): SourceSilent[] {
    const { calendar } = this.#profile
    const phase = calendar.weekPhase(tick)
    const limits = this.#limits(tick)
    const notices: SourceSilent[] = []
    /** Streams that are silent or lie in a region that is, and those whose silence has ended in this tick: the tick was not theirs as a whole. */
    const covered = new Set<number>()
    for (const key of this.streams.inOrder()) {
      const stream = this.streams.of(key)
      const exposure = this.#exposure(key, phase)
      const records = this.recordsOf(key)
      const above = this.streams.above(key)
      const isCovered = above !== undefined && covered.has(above)
      if (isCovered || stream.told !== undefined) covered.add(key)
      if (records > 0) {
        this.#endRun(key, stream, { tick, records, exposure, wasSilent: covered.has(key) })
        continue
      }
      stream.run = longer(stream.run, exposure)
      stream.own = isCovered ? noRun() : longer(stream.own, exposure)
      const pMax = limits.get(this.streams.depthOf(key)) ?? 0
      // Where the region above was not heard either, the silence may be of that region: it is told there, or when that region is heard.
      const mayBeTold = !isCovered && (above === undefined || this.recordsOf(above) > 0) && this.streams.isPlace(key)
      if (
        stream.told === undefined &&
        mayBeTold &&
        this.#isWarm(stream, tick) &&
        isSilence(stream.gaps, stream.own, pMax)
      ) {
        stream.told = { tick, run: stream.own, spoke: false }
        this.#silent.add(key)
        notices.push(this.#silence(key, stream, tick))
        covered.add(key)
      }
    }
    this.#learnRhythms(phase)
    this.counts.clear()
    return notices
  }

  recordsOf(key: number): number {
    return this.counts.of(key)
  }

  save(): SavedSources {
    return {
      streams: [...this.streams.byKey],
      rhythms: [...this.#rhythms].map(([source, rhythm]): [number, number[]] => [source, Array.from(rhythm)]),
      counts: [...this.counts.entries()],
    }
  }

  load({ streams, rhythms, counts }: SavedSources): void {
    for (const [key, stream] of streams) {
      this.streams.set(key, stream)
      if (stream.told !== undefined) this.#silent.add(key)
    }
    for (const [source, rhythm] of rhythms) this.#rhythms.set(source, Float64Array.from(rhythm))
    for (const [key, count] of counts) this.counts.add(key, count)
  }

  /** `wasSilent`: it, or a region above, until this tick. */
  #endRun(
    key: number,
    stream: Stream,
    { tick, wasSilent, ...heard }: { tick: number; records: number; exposure: number; wasSilent: boolean },
  ): void {
    const { told, own, gaps } = stream
    if (stream.firstTick !== undefined)
      learnGap(gaps, told?.run ?? own, { ...heard, memoryTicks: this.#memoryTicks, wasSilent })
    stream.firstTick ??= tick
    stream.run = noRun()
    stream.own = noRun()
    stream.told = undefined
    this.#silent.delete(key)
  }

  /** The probability below which a silence is told, by depth: the false ones that are allowed, shared by all that are judged. */
  #limits(tick: number): ReadonlyMap<number, number> {
    const warm = new Map<number, number>()
    for (const [key, stream] of this.streams.byKey) {
      if (!this.#isWarm(stream, tick)) continue
      const depth = this.streams.depthOf(key)
      warm.set(depth, (warm.get(depth) ?? 0) + 1)
    }
    const ticksPerWeek = (7 * dayMs) / this.#profile.calendar.tickMs
    const share = falseSilencesPerWeek / (this.streams.depths.length * ticksPerWeek)
    return new Map([...warm].map(([depth, streams]) => [depth, share / streams]))
  }

  #isWarm({ firstTick }: Stream, tick: number): boolean {
    return firstTick !== undefined && tick - firstTick >= this.#warmTicks
  }

  /** What the tick weighs for a source: its place in the week. */
  #exposure(key: number, phase: number): number {
    const rhythm = this.#rhythms.get(this.#keys.arrivalOf(key).source)
    return rhythm === undefined ? 1 : restingFactor(rhythm, phase)
  }

  /** A silent source says nothing of its rhythm. */
  #learnRhythms(phase: number): void {
    const { calendar, sources } = this.#profile
    for (const source of sources.keys()) {
      const whole = this.#keys.arrivals(source, rootIndex)
      const stream = this.streams.byKey.get(whole)
      if (stream === undefined || stream.told !== undefined) continue
      const rhythm = this.#rhythms.get(source) ?? new Float64Array(weekStateLength(calendar.phasesPerWeek))
      learnWeekday(rhythm, phase, this.recordsOf(whole), keepWeekly)
      this.#rhythms.set(source, rhythm)
    }
  }

  #silence(key: number, { gaps, own, lastBeat }: Stream, tick: number): SourceSilent {
    const expected = gaps.records / gaps.exposure
    return {
      kind: 'SourceSilent',
      ...this.#named(key, tick),
      expected,
      silentTicks: own.ticks,
      missed: expected * own.exposure,
      p: silenceP(gaps, own),
      lastHeard: endOfBeat(lastBeat, this.#beatMs),
    }
  }

  #named(key: number, tick: number): Pick<SourceSilent, 'tick' | 'tickLabel' | 'source' | 'region'> {
    const { source, region } = this.#keys.arrivalOf(key)
    const { calendar, sources, regions } = this.#profile
    return { tick, tickLabel: calendar.label(tick), source: sources[source], region: regions.nodes[region].code }
  }
}

/** The instant at which a beat ends, ISO 8601. */
export function endOfBeat(beat: number, beatMs: number): string {
  return new Date((beat + 1) * beatMs).toISOString()
}

function longer(run: Run, exposure: number): Run {
  return { ticks: run.ticks + 1, exposure: run.exposure + exposure }
}
