/** The dashboards: compiled from their code, and every query of every panel answered by a real Prometheus that scrapes a running demo. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { dashboards } from '../../scripts/dashboards/all.ts'
import { clearOutbreak, demoStartMs } from '../../src/cli/run/demoFeed.ts'
import { dayMs } from '../../src/limits.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { root } from '../docs/pages.ts'
import { freePorts } from '../kafka/ports.ts'
import { describeIfAvailable } from '../support/available.ts'
import { longTestMsMax, until } from '../support/patience.ts'
import { output, programs } from './programs.ts'
import { type Service, startProgram } from './service.ts'

const Panel = z.object({
  id: z.int(),
  title: z.string(),
  description: z.string(),
  targets: z.array(z.object({ expr: z.string() })).min(1),
})
const Dashboard = z.object({ title: z.string(), uid: z.string(), panels: z.array(Panel) })

const compiled = dashboards().map(({ file, text }) => ({ file, text, ...Dashboard.parse(JSON.parse(text)) }))
const queries = compiled.flatMap(({ title: of, panels }) =>
  panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ panel: `${of} / ${title}`, expr }))),
)

test.each(compiled)('$file is what its code compiles to', ({ file, text }) => {
  expect(readFileSync(path.join(root, 'deploy/grafana/dashboards', file), 'utf8'), 'run npm run dashboards').toBe(text)
})

test('every panel says what it shows, and has a number of its own', () => {
  for (const { panels } of compiled) {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const { description } of panels) expect(description.length).toBeGreaterThan(10)
  }
})

/** Empty by nature in a market where nothing is amiss; each is asked as it would be with something. */
const emptyByNature: Readonly<Record<string, string>> = {
  'Forewarn: early warning / Who is silent': 'all sources are heard',
  'Forewarn: stream / Refused requests': 'nobody sends what is refused',
  'Forewarn: model / Changes of model': 'nobody changes the model, or is refused',
  'Forewarn: model / Drift of the score': 'measured only after thirty ticks',
  'Forewarn: model / Drift of the score over time': 'measured only after thirty ticks',
  'Forewarn: model / Features that have moved most': 'measured only after thirty ticks',
}

const days = 21 // on the last of them the outbreak burns
/** What must be there before anything is asked. A demo writes a checkpoint every half minute. Rates need two scrapes of what moves, and the recording rules an evaluation after. */
const scraped = {
  'the last tick': `forewarn_ticks_judged_total == ${days}`,
  'a rate of beats': 'job:forewarn_beat_seconds:p99_5m >= 0',
  'the warnings': 'job:forewarn_warning_level:max > 0',
  'a checkpoint': 'forewarn_checkpoint_timestamp_seconds > 0',
  'nothing that waits': 'sum(forewarn_lag_records{topic="risk-events"}) == 0',
}
const enterprises = 10_000
const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
})
type Series = { labels: Record<string, string>; value: number }

describeIfAvailable(programs('prometheus', 'promtool'), 'a real Prometheus that scrapes a running demo', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-prometheus-'))
  let demo: ChildProcess
  let said = ''
  let page = ''
  let prometheus: Service

  /** As Grafana asks, with everything chosen but for what is given. */
  const ask = async (expr: string, chosen: Record<string, string> = {}): Promise<Series[]> => {
    const filled = expr
      .replaceAll('$__rate_interval', '5m')
      .replaceAll('$level', chosen.level ?? '1')
      .replaceAll(/\$(job|region|section)\b/g, (_, name: string) => chosen[name] ?? '.*')
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(filled)}`)
    const { data } = Answer.parse(await answer.json())
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
  }
  const panel = async (title: string, chosen: Record<string, string> = {}): Promise<Series[]> => {
    const found = queries.find((one) => one.panel.endsWith(`/ ${title}`))
    if (found === undefined) throw new Error(`no panel ${title}`)
    return ask(found.expr, chosen)
  }

  beforeAll(async () => {
    const [demoPort, port] = await freePorts(2)
    const args = ['demo', '--days', String(days), '--speed', '2', '--http', `127.0.0.1:${demoPort}`, '--language', 'en']
    demo = spawn(process.execPath, [path.join(root, 'forewarn.js'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    demo.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [path.join(root, 'deploy/prometheus/rules/*.yml')],
      scrape_configs: [{ job_name: 'forewarn', static_configs: [{ targets: [`127.0.0.1:${demoPort}`] }] }],
    }
    writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config)) // JSON is YAML
    prometheus = await startProgram('prometheus', {
      args: [
        `--config.file=${path.join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${path.join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      port,
      path: '/-/ready',
    })
    await until('the simulated days are over', async () => (said.includes('days are over') ? true : undefined))
    // Rates need two scrapes of what is there, and the recording rules an evaluation after.
    for (const [what, expr] of Object.entries(scraped))
      await until(`${what} in Prometheus`, async () => ((await ask(expr)).length > 0 ? true : undefined))
    page = await (await fetch(`http://127.0.0.1:${demoPort}/metrics`)).text()
  }, longTestMsMax)

  afterAll(async () => {
    await prometheus?.stop()
    const over = once(demo, 'close')
    demo.kill('SIGTERM')
    await over
    rmSync(folder, { recursive: true, force: true })
  })

  test('the live page tells of the pages too, and is as promtool wants it', async () => {
    expect(page).toMatch(/^forewarn_readmodel_lag_seconds /m)
    writeFileSync(path.join(folder, 'page.txt'), page)
    await output('bash', ['-c', `promtool check metrics < ${path.join(folder, 'page.txt')}`])
  })

  test.each(queries)('$panel: $expr', async ({ panel: name, expr }) => {
    const series = await ask(expr)
    if (emptyByNature[name] === undefined) expect(series.length).toBeGreaterThan(0)
  })

  const truth = async () => {
    const profile = await loadProfile('cn')
    const simulation = simulate(profile, { enterprises, days, seed: 1, start: demoStartMs, clearOutbreak })
    const known = [...simulation.records()].filter(({ knownAtMs }) => knownAtMs < demoStartMs + days * dayMs)
    return { profile, known, outbreak: simulation.truth.outbreaks[0] }
  }

  test('five panels show what the truth of the simulator implies', async () => {
    const { known, outbreak } = await truth()
    const one = async (title: string): Promise<number | undefined> => (await panel(title))[0]?.value

    expect(await one('Records folded')).toBe(known.length)
    const ids = new Set(known.flatMap(({ key }) => (key === null ? [] : [key])))
    expect(await one('Enterprises')).toBe(ids.size)

    const shares = await panel('Share of each band')
    expect(shares.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 9)

    const [province, section] = [`${outbreak.region.slice(0, 2)}0000`, outbreak.industry]
    const burning = await panel('Where it burns')
    expect(burning.map(({ labels }) => `${labels.region} ${labels.industry}`)).toContain(`${province} ${section}`)

    const [inProvince, inSection, red] = await Promise.all([
      panel('Observed against expected, by region and section', { region: province }),
      panel('Observed against expected, by region and section', { section }),
      panel('Where it burns', { level: '4' }),
    ])
    expect(new Set(inProvince.map(({ labels }) => labels.region))).toEqual(new Set([province]))
    expect(new Set(inSection.map(({ labels }) => labels.industry))).toEqual(new Set([section]))
    expect(new Set(red.map(({ value }) => value))).toEqual(new Set([4]))

    const map = await panel('Observed against expected, by region and section')
    const hottest = map.toSorted((a, b) => b.value - a.value).slice(0, 5)
    expect(hottest.map(({ labels }) => `${labels.region} ${labels.industry}`)).toContain(`${province} ${section}`)
  })
})
