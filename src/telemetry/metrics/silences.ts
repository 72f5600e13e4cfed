/** Silent sources as series: how many silences last, by source and region of the outermost level. Bounded in number. */
import { type Counter, Gauge, type Registry } from 'prom-client'
import { PublicNotice } from '../../../streams/outputs.ts'
import type { Profile, ProfileInForce } from '../../../streams/profile.ts'
import { atDepth } from '../../../streams/tree.ts'
import { jsonOf } from '../../json.ts'
import type { Log } from '../../log/port.ts'
import { recordsOf } from '../../log/recordsOf.ts'

export type Silence = { source: string; region: string }

export type SilenceSeriesOptions = { of: ProfileInForce; registry: Registry; seriesMax: number; refused: Counter }

export class SilenceSeries {
  readonly #options: SilenceSeriesOptions
  readonly #silent: Gauge<'source' | 'region'>
  /** Regions in which each series is silent. */
  readonly #regions = new Map<string, Set<string>>()

  constructor(options: SilenceSeriesOptions) {
    this.#options = options
    this.#silent = new Gauge({
      name: 'forewarn_sources_silent',
      help: 'Silences that were told and last, by source and outermost region; all is the whole, which has a series always, a region while it is silent.',
      labelNames: ['source', 'region'],
      registers: [options.registry],
    })
    for (const source of options.of.profile.sources) this.#silent.set({ source, region: 'all' }, 0)
  }

  begin({ source, region }: Silence): void {
    const labels = { source, region: this.#outermost(region) }
    const name = JSON.stringify(labels)
    const regions = this.#regions.get(name) ?? new Set()
    if (regions.size === 0 && this.#regions.size >= this.#options.seriesMax) {
      this.#options.refused.inc()
      return
    }
    regions.add(region)
    this.#regions.set(name, regions)
    this.#silent.set(labels, regions.size)
  }

  end({ source, region }: Silence): void {
    const labels = { source, region: this.#outermost(region) }
    const name = JSON.stringify(labels)
    const regions = this.#regions.get(name)
    if (regions?.delete(region) !== true) return
    if (regions.size > 0) {
      this.#silent.set(labels, regions.size)
      return
    }
    this.#regions.delete(name)
    if (labels.region === 'all') this.#silent.set(labels, 0)
    else this.#silent.remove(labels)
  }

  #outermost(code: string): string {
    const { nodes, find } = this.#options.of.profile.regions
    if (code === '') return 'all'
    return atDepth(nodes, nodes[find(code)], 1).code
  }
}

/** Silences that last when a process starts, read from the log, so that their series are there at once. */
export async function openSilences(log: Log, { sources }: Profile): Promise<Silence[]> {
  const open = new Map<string, Silence>()
  for await (const { key, value } of recordsOf(log, 'notices', 0)) {
    if (key === null || !sources.includes(key)) continue // most notices are of an hour, and long
    const notice = PublicNotice.parse(jsonOf(value))
    if (notice.kind !== 'SourceSilent' && notice.kind !== 'SourceSpoke') continue
    const { source, region } = notice
    const name = JSON.stringify([source, region])
    if (notice.kind === 'SourceSilent') open.set(name, { source, region })
    else open.delete(name)
  }
  return [...open.values()]
}
