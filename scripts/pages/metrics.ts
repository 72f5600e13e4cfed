/** The metrics as they are registered. Kind and labels are in the objects of prom-client, though not in its types. */
import { z } from 'zod'
import { pagesMetrics } from '../../src/serve/metrics.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { metrics } from '../../src/telemetry/metrics.ts'
import { code, plain, table } from './markdown.ts'

const Registered = z.object({
  name: z.string(),
  help: z.string(),
  labelNames: z.array(z.string()),
  type: z.enum(['counter', 'gauge', 'histogram', 'summary']),
})

export async function metricTable(): Promise<string> {
  const { registry } = metrics({ profile: await loadProfile('cn') })
  const pages = pagesMetrics({ lagMs: () => 0, numberOf: () => 0, clients: () => 0 })
  const ours = [registry, pages]
    .flatMap((one) => one.getMetricsAsArray())
    .map((metric) => Registered.parse(metric))
    .filter(({ name }) => name.startsWith('forewarn_'))
  return table(
    ['metric', 'kind', 'labels', 'what it says'],
    ours
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, help, labelNames, type }) => [code(name), type, labelNames.join(', '), plain(help)]),
  )
}
