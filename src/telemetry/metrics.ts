/** Metrics, all derived from notices. Base units, `_total` for counters, never an enterprise in a label. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { ProfileInForce } from '../../streams/profile.ts'
import { metricSeriesMax } from '../limits.ts'
import type { Log } from '../log/port.ts'
import type { Listener } from '../notices.ts'
import { count, countersOf } from './metrics/counters.ts'
import { driftMetricsOf } from './metrics/drift.ts'
import { gaugesOf } from './metrics/gauges.ts'
import { kafkaMetricsOf } from './metrics/kafka.ts'
import { openWarnings } from './metrics/openWarnings.ts'
import { PlaceSeries } from './metrics/places.ts'
import { openSilences, SilenceSeries } from './metrics/silences.ts'

export type MetricsOptions = ProfileInForce & {
  /** Milliseconds since 1970, read at each scrape for the lag. */
  now?: () => number
  /** At most so many series with a place in their labels. */
  seriesMax?: number
}

export type Metrics = {
  listener: Listener
  registry: Registry
  /** Shows the warnings that the log says are open, and the sources that are silent; call it once, before the first notice. */
  seed(log: Log): Promise<void>
}

export function metrics(of: MetricsOptions): Metrics {
  const { now = Date.now, seriesMax = metricSeriesMax } = of
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counters = countersOf(registry)
  const gauges = gaugesOf(registry, now)
  const drift = driftMetricsOf(registry)
  const kafka = kafkaMetricsOf(registry)
  const places = new PlaceSeries({ of, registry, seriesMax, refused: counters.seriesRefused })
  const silences = new SilenceSeries({ of, registry, seriesMax, refused: counters.seriesRefused })
  for (const source of of.profile.sources) counters.silences.inc({ source }, 0)
  const listener: Listener = (notice) => {
    count(counters, notice)
    gauges.take(notice)
    drift.take(notice)
    kafka.take(notice)
    if (notice.kind === 'TickJudged') places.tick(notice.totals)
    if (notice.kind === 'WarningChanged') places.warning(notice, notice.level)
    if (notice.kind === 'SourceSilent') silences.begin(notice)
    if (notice.kind === 'SourceSpoke') silences.end(notice)
  }
  const seed = async (log: Log): Promise<void> => {
    for (const warning of await openWarnings(log)) places.warning(warning, warning.level)
    for (const silence of await openSilences(log, of.profile)) silences.begin(silence)
  }
  return { listener, registry, seed }
}
