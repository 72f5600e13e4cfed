/** The page that Prometheus reads. A busy country has some 9,000 series, so it is written in pieces, and tasks have their turns in between. */
import { setImmediate as turnOfOthers } from 'node:timers/promises'
import type { Registry } from 'prom-client'
import { pagePieceLength } from '../limits.ts'

/** The same text as `registry.metrics()`; metrics that change meanwhile may be a moment apart. */
export async function pageOf(registry: Registry): Promise<string> {
  const told: string[] = []
  let length = 0
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = await registry.getSingleMetricAsString(name)
    told.push(metric)
    length += metric.length
    if (length < pagePieceLength) continue
    await turnOfOthers()
    length = 0
  }
  return `${told.join('\n\n')}\n`
}
