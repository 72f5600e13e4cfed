/** What is shipped to start it all with: compose, Kubernetes, systemd - whole in themselves, and at one with the image and with each other. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { Service } from 'kubernetes-models/v1/Service'
import { afterAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { variablesOf } from '../../src/cli/configuration.ts'
import { configCommand } from '../../src/cli/run/config.ts'
import { kafkaVariables } from '../../src/settings/kafkaConnection.ts'
import { describeIfAvailable } from '../support/available.ts'
import { pythonWith } from '../support/python.ts'
import { composeFile, deployFolder, readCompose } from './composeFile.ts'

const text = (file: string): string => readFileSync(path.join(deployFolder, file), 'utf8')
const known = new Set([
  ...variablesOf(configCommand()),
  ...Object.keys(kafkaVariables),
  ...['FOREWARN_HTTP_TOKEN', 'FOREWARN_HTTP_TOKEN_FILE', 'FOREWARN_HTTP_NAMES'],
])
const unread = (names: readonly string[]): string[] =>
  names.filter((name) => name.startsWith('FOREWARN_') && !known.has(name))

describe('compose.yaml', () => {
  const compose = readCompose()
  const services = Object.entries(compose.services)

  test('names what is there: folders, volumes, secrets, services to wait for', () => {
    for (const [name, { volumes, secrets, depends_on }] of services) {
      for (const [place] of volumes.map((one) => one.split(':'))) {
        const isThere = place.startsWith('./') ? existsSync(path.join(deployFolder, place)) : place in compose.volumes
        expect(isThere, `${name}: ${place}`).toBe(true)
      }
      for (const secret of secrets) expect(Object.keys(compose.secrets), name).toContain(secret)
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(compose.services), name).toContain(other)
        if (condition === 'service_healthy') expect(compose.services[other].healthcheck, other).toBeDefined()
      }
    }
  })

  test('pins what it pulls, and opens ports to this machine alone', () => {
    for (const [name, { image, build, ports }] of services) {
      if (build === undefined) expect(image, name).toMatch(/:v?\d+\.\d+\.\d+$/)
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/)
    }
  })

  test('sets nothing that the program does not read, nor says that one could', () => {
    for (const [name, { environment }] of services) expect(unread(Object.keys(environment)), name).toEqual([])
    expect(unread([...text('compose.yaml').matchAll(/# (FOREWARN_\w+):/g)].map(([, name]) => name))).toEqual([])
  })

  test('agrees with Prometheus, Alertmanager and Grafana about names, and hands on the secrets that they read', () => {
    const hosts = [
      ...text('prometheus/prometheus.yml').matchAll(/targets: \[(\w+):\d+\]/g),
      ...text('grafana/provisioning/datasources/prometheus.yml').matchAll(/http:\/\/(\w+):\d+/g),
    ].map(([, host]) => host)
    expect(hosts).toHaveLength(3)
    for (const host of hosts) expect(Object.keys(compose.services)).toContain(host)
    for (const [service, file] of [
      ['prometheus', 'prometheus/prometheus.yml'],
      ['alertmanager', 'alertmanager/alertmanager.yml'],
    ] as const)
      for (const [, secret] of text(file).matchAll(/\/run\/secrets\/(\w+)/g))
        expect(compose.services[service].secrets).toContain(secret)
    const dashboards = /path: (\S+)/.exec(text('grafana/provisioning/dashboards/forewarn.yml'))?.[1]
    expect(compose.services.grafana.volumes).toContain(`./grafana/dashboards:${dashboards}:ro`)
  })
})

const checker = pythonWith(['check-jsonschema==0.39.0'])
describeIfAvailable(await checker.available(), 'the schema of compose', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-compose-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const check = (file: string): Promise<string> =>
    checker.run('-m', '', ['check_jsonschema', '--builtin-schema', 'vendor.compose-spec', file])

  test('takes the file', async () => {
    expect(await check(composeFile)).toContain('ok')
  })

  test('finds a mistake', async () => {
    const broken = path.join(folder, 'compose.yaml')
    writeFileSync(broken, text('compose.yaml').replace('depends_on: [forewarn]', 'depend_on: [forewarn]'))
    await expect(check(broken)).rejects.toThrow('depend_on')
  })
})

describe('Kubernetes', () => {
  const Kind = z.enum(['Deployment', 'Service', 'PodDisruptionBudget', 'NetworkPolicy', 'ServiceMonitor'])
  const kinds = { Deployment, Service, PodDisruptionBudget, NetworkPolicy, ServiceMonitor }
  const documents = ['k8s/forewarn.yaml', 'k8s/servicemonitor.yaml'].flatMap((file) =>
    parseAllDocuments(text(file)).map((document) => document.toJS()),
  )

  test('every object is as the schema of its kind asks', () => {
    expect(documents.map(({ kind }) => kind).toSorted()).toEqual(Kind.options.toSorted())
    for (const document of documents)
      expect(() => new kinds[Kind.parse(document.kind)](document).validate()).not.toThrow()
  })

  test('a mistake is found', () => {
    const broken = structuredClone(documents.find(({ kind }) => kind === 'Deployment'))
    broken.spec.replicas = 'two'
    expect(() => new Deployment(broken).validate()).toThrow('replicas')
  })

  test('runs without rights, reads secrets from files, and asks the probes of the program', () => {
    const { spec } = documents.find(({ kind }) => kind === 'Deployment').spec.template
    const [container] = spec.containers
    expect(spec.securityContext.runAsNonRoot).toBe(true)
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false })
    const names = container.env.map(({ name }: { name: string }) => name)
    expect(unread(names)).toEqual([])
    expect(names.filter((name: string) => /PASSWORD$|TOKEN$/.test(name))).toEqual([])
    expect(container.readinessProbe.httpGet.path).toBe('/readyz')
    expect(container.livenessProbe.httpGet.path).toBe('/livez')
  })
})

test('the systemd unit sets nothing that the program does not read, and gives it time to end', () => {
  const unit = text('systemd/forewarn.service')
  expect(unread([...unit.matchAll(/\b(FOREWARN_\w+)=/g)].map(([, name]) => name))).toEqual([])
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThanOrEqual(15)
  expect(unit).toMatch(/^KillSignal=SIGTERM$/m)
  expect(unit).toMatch(/^User=forewarn$/m)
})
