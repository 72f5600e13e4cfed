/** What the people's process says of itself. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { secondMs } from '../limits.ts'
import { numberIn } from '../readmodel/values.ts'
import type { Stream } from './stream.ts'
import type { Watch } from './watch.ts'

const counted = ['warning_change', 'tick', 'enterprise', 'contribution'] as const

export function serveMetrics(watch: Watch, stream: Stream): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({
    name: 'forewarn_readmodel_lag_seconds',
    help: 'Seconds since the read model last reached the end of its log',
    registers,
    collect() {
      this.set(watch.lagMs() / secondMs)
    },
  })
  new Gauge({
    name: 'forewarn_readmodel_rows',
    help: 'Rows of the read model by table',
    labelNames: ['table'],
    registers,
    collect() {
      for (const table of counted) this.set({ table }, rowsIn(watch, `SELECT count(*) AS n FROM ${table}`))
    },
  })
  new Gauge({
    name: 'forewarn_readmodel_changes_total',
    help: 'Changes that the read model has told, since it was made',
    registers,
    collect() {
      this.set(rowsIn(watch, 'SELECT coalesce(max(seq), 0) AS n FROM change'))
    },
  })
  new Gauge({
    name: 'forewarn_stream_clients',
    help: 'Pages that are told live changes',
    registers,
    collect() {
      this.set(stream.clients)
    },
  })
  return registry
}

function rowsIn({ follower }: Watch, sql: string): number {
  return numberIn(follower.store.get(sql) ?? {}, 'n')
}
