/** Which series there are: those of counters from the start, and never more than a process may have. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { errorCodes } from '../../src/errors.ts'
import { metricSeriesMax, pagePieceLength } from '../../src/limits.ts'
import { metrics } from '../../src/telemetry/metrics.ts'
import { pageOf } from '../../src/telemetry/page.ts'
import { root } from '../docs/pages.ts'
import { busyTick, cn } from '../support/busyTick.ts'

const Registered = z.object({ name: z.string(), labelNames: z.array(z.string()), type: z.string() })

/** Names and labels of all series. */
async function seriesOf(registry: { metrics(): Promise<string> }): Promise<string[]> {
  const lines = (await registry.metrics()).trimEnd().split('\n')
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')))
}

test('every counter has its series from the start, at zero', async () => {
  const { registry, listener } = metrics({ profile: cn })
  listener({ kind: 'TasksAssigned', tasks: ['enterprise/0', 'watch'] })
  const series = await seriesOf(registry)
  const counters = registry
    .getMetricsAsArray()
    .map((metric) => Registered.parse(metric))
    .filter(({ name, type }) => type === 'counter' && name.startsWith('forewarn_'))
  expect(counters.length).toBeGreaterThan(25)
  const without = counters.filter(({ name }) => !series.some((one) => one === name || one.startsWith(`${name}{`)))
  expect(without.map(({ name }) => name)).toEqual([])
})

test('no code that the fold may give is born with its first record', async () => {
  const text = (await seriesOf(metrics({ profile: cn }).registry)).join('\n')
  const folders = ['src/enterprise', 'src/registry', 'src/records.ts']
  const files = folders.flatMap((place) =>
    place.endsWith('.ts')
      ? [place]
      : readdirSync(path.join(root, place), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts'))
          .map((name) => path.join(place, name)),
  )
  const source = files.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n')
  const named = errorCodes.filter((code) => source.includes(`'${code}'`) && code !== 'FW_INTERNAL')
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((code) => !text.includes(`code="${code}"`))).toEqual([])
})

test('a busy country fits into the series of one process', async () => {
  const { registry, listener } = metrics({ profile: cn })
  for (const notice of busyTick()) listener(notice)
  const series = await seriesOf(registry)
  expect(series.length).toBeGreaterThan(5_000)
  expect(series.length).toBeLessThanOrEqual(metricSeriesMax)
  expect(new Set(series).size).toBe(series.length)
  const refused = (await registry.metrics()).match(/^forewarn_metric_series_refused_total (\d+)$/m)?.[1]
  expect(refused).toBe('0')
})

test('the page in pieces is the page, and others have their turn meanwhile', async () => {
  const { registry, listener } = metrics({ profile: cn, now: () => 0 })
  for (const notice of busyTick()) listener(notice)
  const ours = (text: string): string[] => text.split('\n').filter((line) => line.includes('forewarn_'))
  let turns = 0
  let next = setImmediate(function turn() {
    turns++
    next = setImmediate(turn)
  })
  const page = await pageOf(registry)
  clearImmediate(next)
  expect(ours(page)).toEqual(ours(await registry.metrics()))
  expect(turns).toBeGreaterThanOrEqual(Math.floor(page.length / (2 * pagePieceLength)))
  expect(turns).toBeGreaterThan(0)
})

test('with as many warnings as there are cells the bound holds, and what is left out is counted', async () => {
  const { registry, listener } = metrics({ profile: cn })
  for (const notice of busyTick({ warnings: 20_000 })) listener(notice)
  expect((await seriesOf(registry)).length).toBeLessThanOrEqual(metricSeriesMax)
  const refused = (await registry.metrics()).match(/^forewarn_metric_series_refused_total (\d+)$/m)?.[1]
  expect(Number(refused)).toBeGreaterThan(10_000)
})
