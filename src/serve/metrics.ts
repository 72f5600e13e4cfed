/** What the people's process says of itself. */
import { Counter, Gauge, type Registry } from 'prom-client'
import { secondMs } from '../limits.ts'
import { numberIn } from '../readmodel/values.ts'
import { processRegistry } from '../telemetry/metrics/process.ts'
import type { Stream } from './stream.ts'
import type { Watch } from './watch.ts'

const counted = ['warning_change', 'tick', 'enterprise', 'contribution'] as const

/** What is asked at each scrape: how late the pages are, a number out of their tables, and who looks. */
export type PagesState = { lagMs(): number; numberOf(sql: string): number; clients(): number }

export function serveMetrics(watch: Watch, stream: Stream): Registry {
  return pagesMetrics({
    lagMs: () => watch.lagMs(),
    numberOf: (sql) => numberIn(watch.follower.store.get(sql) ?? {}, 'n'),
    clients: () => stream.clients,
  })
}

export function pagesMetrics(state: PagesState): Registry {
  const registry = processRegistry()
  const registers = [registry]
  new Gauge({
    name: 'forewarn_readmodel_lag_seconds',
    help: 'Pages: seconds since the read model last reached the end of its log.',
    registers,
    collect() {
      this.set(state.lagMs() / secondMs)
    },
  })
  new Gauge({
    name: 'forewarn_readmodel_rows',
    help: 'Pages: rows of the read model by table.',
    labelNames: ['table'],
    registers,
    collect() {
      for (const table of counted) this.set({ table }, state.numberOf(`SELECT count(*) AS n FROM ${table}`))
    },
  })
  new Counter({
    name: 'forewarn_readmodel_changes_total',
    help: 'Pages: changes that the read model has told since it was made, by whichever process.',
    registers,
    collect() {
      this.reset()
      this.inc(state.numberOf('SELECT coalesce(max(seq), 0) AS n FROM change'))
    },
  })
  new Gauge({
    name: 'forewarn_stream_clients',
    help: 'Pages: browsers that are told live changes.',
    registers,
    collect() {
      this.set(state.clients())
    },
  })
  return registry
}
