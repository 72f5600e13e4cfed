/** What is so for the life of a process: the build, and the space of its log. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import packageJson from '../../../package.json' with { type: 'json' }
import { foldVersion } from '../../fold/version.ts'
import type { Log } from '../../log/port.ts'

/** Gauges of prom-client that are named like counters; each stands again, by type, under a good name. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** A registry with what holds of every process of Node. */
export function processRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  return registry
}

export function buildMetricsOf(registry: Registry): void {
  const build = new Gauge({
    name: 'forewarn_build_info',
    help: 'Always 1: the version of the program, of Node, and of the rules of the fold.',
    labelNames: ['version', 'node', 'fold_version'],
    registers: [registry],
  })
  build.set({ version: packageJson.version, node: process.versions.node, fold_version: String(foldVersion) }, 1)
}

/** `log` is asked at each scrape; what it does not say has no series. */
export function logMetricsOf(registry: Registry, log: () => Log | undefined): void {
  const registers = [registry]
  const space = (name: string, help: string, what: 'usedBytes' | 'freeBytes') =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.remove()
        const known = log()?.space?.()
        if (known !== undefined) this.set(known[what])
      },
    })
  space('forewarn_log_bytes', 'What the files of an embedded log take; no series on Kafka.', 'usedBytes')
  space('forewarn_log_free_bytes', 'What is free on the disk of an embedded log; no series on Kafka.', 'freeBytes')
  new Gauge({
    name: 'forewarn_tasks',
    help: 'Tasks of the log, whichever process runs them; NaN before the log is open.',
    registers,
    collect() {
      const opened = log()
      this.set(opened === undefined ? Number.NaN : opened.partitions('risk-events') + 1)
    },
  })
}
