/** Alerting rules: promtool takes them, each alert is tested to fire and to stay silent, and each has a section in the runbook. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { pagesMetrics } from '../../src/serve/metrics.ts'
import { metrics } from '../../src/telemetry/metrics.ts'
import { readPage, root } from '../docs/pages.ts'
import { describeIfAvailable } from '../support/available.ts'
import { tinyProfile } from '../support/tinyProfile.ts'
import { output, program } from './programs.ts'

const rulesFolder = path.join(root, 'deploy/prometheus/rules')
const testsFolder = path.join(import.meta.dirname, 'prometheus')

const Rule = z.object({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
})
const RuleFile = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(Rule) })) })
const AlertTest = z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).optional() })
const TestFile = z.object({ tests: z.array(z.object({ alert_rule_test: z.array(AlertTest) })) })

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => path.join(folder, name))
const parsed = <T>(folder: string, contract: z.ZodType<T>): T[] =>
  filesIn(folder).map((file) => contract.parse(parse(readFileSync(file, 'utf8'))))

const rules = parsed(rulesFolder, RuleFile).flatMap(({ groups }) => groups.flatMap((group) => group.rules))
const alerts = rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, name: rule.alert }]))
const tested = parsed(testsFolder, TestFile).flatMap(({ tests }) => tests.flatMap((one) => one.alert_rule_test))

describe('each alert', () => {
  test.each(alerts)('$name fires in a test and is silent in another', ({ name }) => {
    const own = tested.filter(({ alertname }) => alertname === name)
    expect(own.some(({ exp_alerts = [] }) => exp_alerts.length > 0)).toBe(true)
    expect(own.some(({ exp_alerts = [] }) => exp_alerts.length === 0)).toBe(true)
  })

  test.each(alerts)('$name says how soon, what to do, and where to read on', ({ name, labels, annotations }) => {
    expect(labels?.severity ?? '').not.toBe('')
    expect(annotations?.summary ?? '').not.toBe('')
    expect(annotations?.action ?? '').not.toBe('')
    expect(annotations?.runbook).toBe(`docs/runbook.md#${name.toLowerCase()}`)
  })
})

test('the runbook has a section for each alert and for nothing else', () => {
  const sections = [...readPage('docs/runbook.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name)
  expect(sections.toSorted()).toEqual(alerts.map(({ name }) => name).toSorted())
})

test('rules ask for metrics that there are', () => {
  const { registry } = metrics({ profile: tinyProfile })
  const ofPages = pagesMetrics({ lagMs: () => 0, numberOf: () => 0, clients: () => 0 })
  const known = new Set([registry, ofPages].flatMap((one) => one.getMetricsAsArray().map(({ name }) => name)))
  const asked = rules.flatMap(({ expr }) =>
    [...expr.matchAll(/(?<![\w:])forewarn_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, '')),
  )
  expect(asked.length).toBeGreaterThan(25)
  expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([])
})

const promtool = program('promtool')
describeIfAvailable(promtool, 'promtool', () => {
  test('takes the configuration', async () => {
    const config = path.join(root, 'deploy/prometheus/prometheus.yml')
    // The token is a secret of whoever deploys: its file is not there.
    expect(await output('promtool', ['check', 'config', '--syntax-only', config])).toContain('SUCCESS')
  })

  test('takes the rules', async () => {
    const said = await output('promtool', ['check', 'rules', '--lint-fatal', ...filesIn(rulesFolder)])
    expect(said).toContain('SUCCESS')
  })

  test('finds that alerts fire and stay silent as the tests ask', async () => {
    const said = await output('promtool', ['test', 'rules', ...filesIn(testsFolder)])
    expect(said).toContain('SUCCESS')
    expect(said).not.toContain('FAILED')
  })
})
