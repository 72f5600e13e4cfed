/** Metrics, all derived from notices. Base units, `_total` for counters, never an enterprise in a label. */
import type { Registry } from 'prom-client'
import type { ProfileInForce } from '../../streams/profile.ts'
import { placeSeriesMax, silenceSeriesMax } from '../limits.ts'
import type { Log } from '../log/port.ts'
import type { Listener } from '../notices.ts'
import { beginCounters } from './metrics/codes.ts'
import { count, countersOf } from './metrics/counters.ts'
import { driftMetricsOf } from './metrics/drift.ts'
import { gaugesOf } from './metrics/gauges.ts'
import { kafkaMetricsOf } from './metrics/kafka.ts'
import { openWarnings } from './metrics/openWarnings.ts'
import { PlaceSeries } from './metrics/places.ts'
import { buildMetricsOf, logMetricsOf, processRegistry } from './metrics/process.ts'
import { riskMetricsOf } from './metrics/risk.ts'
import { openSilences, SilenceSeries } from './metrics/silences.ts'
import { taskMetricsOf } from './metrics/tasks.ts'
import { TaskProgress } from './taskProgress.ts'

export type MetricsOptions = ProfileInForce & {
  /** Milliseconds since 1970, read at each scrape for the lag. */
  now?: () => number
  /** At most so many series with a place in their labels, and as many of silences; those of src/limits.ts unless given. */
  seriesMax?: number
}

export type Metrics = {
  listener: Listener
  registry: Registry
  /** Shows the warnings that the log says are open, and the sources that are silent; call it once, before the first notice. */
  seed(log: Log): Promise<void>
}

export function metrics(of: MetricsOptions): Metrics {
  const { now = Date.now, seriesMax } = of
  const registry = processRegistry()
  const counters = countersOf(registry)
  beginCounters(counters, of.profile)
  const progress = new TaskProgress()
  const gauges = gaugesOf({ registry, progress, now })
  const tasks = taskMetricsOf({ registry, progress, now })
  let opened: Log | undefined
  buildMetricsOf(registry)
  logMetricsOf(registry, () => opened)
  const drift = driftMetricsOf(registry)
  const kafka = kafkaMetricsOf(registry)
  const refused = counters.seriesRefused
  const places = new PlaceSeries({ of, registry, seriesMax: seriesMax ?? placeSeriesMax, refused })
  const silences = new SilenceSeries({ of, registry, seriesMax: seriesMax ?? silenceSeriesMax, refused })
  const risk = riskMetricsOf(registry)
  const listener: Listener = (notice) => {
    count(counters, notice)
    progress.take(notice)
    gauges.take(notice)
    tasks.take(notice)
    drift.take(notice)
    kafka.take(notice)
    risk.take(notice)
    if (notice.kind === 'TickJudged') places.tick(notice.totals)
    if (notice.kind === 'WarningChanged') places.warning(notice, notice.level)
    if (notice.kind === 'SourceSilent') silences.begin(notice)
    if (notice.kind === 'SourceSpoke') silences.end(notice)
  }
  const seed = async (log: Log): Promise<void> => {
    opened = log
    for (const warning of await openWarnings(log)) places.warning(warning, warning.level)
    for (const silence of await openSilences(log, of.profile)) silences.begin(silence)
  }
  return { listener, registry, seed }
}
