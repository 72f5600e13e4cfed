/** The level of risk of regions, as the open tick has it so far: its last hours are seen before the tick is judged. */
import { Gauge, type Registry } from 'prom-client'
import { cellEnterprisesMin, cellRegisteredMin } from '../../limits.ts'
import type { Listener } from '../../notices.ts'

export function riskMetricsOf(registry: Registry): { take: Listener } {
  const registers = [registry]
  const level = new Gauge({
    name: 'forewarn_risk_mean_log_odds',
    help: 'Mean log-odds of the scored enterprises of the outermost regions, at the last full hour of the open tick; `all` is the whole.',
    labelNames: ['region'],
    registers,
  })
  const contradictions = new Gauge({
    name: 'forewarn_contradictions',
    help: 'Enterprises whose scores contradict their grade, by outermost region, at the last judged tick; no series for one or two.',
    labelNames: ['region'],
    registers,
  })
  const take: Listener = (notice) => {
    if (notice.kind !== 'RiskMeasured') return
    level.reset()
    contradictions.reset()
    for (const { region, enterprises, meanLogOdds, contradictions: count } of notice.regions) {
      if (enterprises < cellRegisteredMin) continue
      level.set({ region: region || 'all' }, meanLogOdds)
      if (count === 0 || count >= cellEnterprisesMin) contradictions.set({ region: region || 'all' }, count)
    }
  }
  return { take }
}
