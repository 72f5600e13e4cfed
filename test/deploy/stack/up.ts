/**
 * `docker compose up` without Docker: the processes of deploy/compose.yaml, from the same files and in their order, until a warning of a
 * simulated outbreak stands in Prometheus and has come to a webhook. Prints what it saw as one JSON object.
 *
 *   unshare -n sh -c 'ip link set lo up && exec node test/deploy/stack/up.ts'
 *
 * It takes the ports that the file names, so it wants a network of its own, and root. Not as in the file: Kafka runs from the jars of the
 * tests, Prometheus and Alertmanager are Debian's, both look every second and not every quarter of a minute, and there is no Grafana.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { until } from '../../support/patience.ts'
import { deployFolder, readCompose } from '../composeFile.ts'
import { type Container, inApp, type Site, startContainer } from './container.ts'
import { imageOf, ownHealthCheck } from './images.ts'

const ownNode = ['node', '--disable-warning=TimeoutNegativeWarning']
const prometheus = 'http://127.0.0.1:9090/api/v1'
/** Goes before the service that makes topics, which then finds them there. */
const history = path.join(import.meta.dirname, 'history.ts')
const firing = 'ALERTS{alertname="ForewarnWarning", alertstate="firing"}'

const Labels = z.record(z.string(), z.string())
const Notification = z.object({ alerts: z.array(z.object({ labels: Labels })) })
const Found = z.object({ data: z.object({ result: z.array(z.object({ metric: Labels })) }) })
const Targets = z.object({ data: z.object({ activeTargets: z.array(z.object({ health: z.string() })) }) })

const compose = readCompose()
const scratch = mkdtempSync(path.join(tmpdir(), 'forewarn-stack-'))
const site: Site = { compose, folder: path.join(scratch, 'deploy'), scratch }
const running = new Map<string, Container>()
const missing: string[] = []
const notified: { path: string; authorization: string; warnings: string[] }[] = []
const webhook = createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  request.on('end', () => {
    const warnings = Notification.parse(JSON.parse(text))
      .alerts.filter(({ labels }) => labels.alertname === 'ForewarnWarning')
      .map(({ labels }) => `${labels.region} ${labels.industry} ${labels.level}`)
    notified.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '', warnings })
    response.end()
  })
})

try {
  prepare()
  webhook.listen(8080)
  const { promise: broken, reject: breaks } = Promise.withResolvers<never>()
  const seen = await Promise.race([broken, look(breaks)])
  const ends: Record<string, number | null> = {}
  for (const [name, container] of [...running].toReversed()) ends[name] = await container.stop()
  process.stdout.write(`${JSON.stringify({ ...seen, missing, ends })}\n`)
} catch (error) {
  for (const [name, container] of running) say(`--- ${name} said:\n${container.said().slice(-3_000)}`)
  throw error
} finally {
  for (const container of running.values()) await container.stop()
  webhook.close()
  webhook.closeAllConnections()
  rmSync(scratch, { recursive: true, force: true })
}

/** Starts all, and waits for what is to be seen. `breaks` is told of a service that ends by itself. */
async function look(breaks: (error: Error) => void) {
  for (const name of inOrder(Object.keys(compose.services))) await bringUp(name, breaks)
  const targets = await until('Prometheus scrapes', async () => {
    const { activeTargets } = Targets.parse(await asked(`${prometheus}/targets`)).data
    return activeTargets.some(({ health }) => health === 'up') ? activeTargets.length : undefined
  })
  const warnings = await until('a warning in Prometheus', async () => {
    const { result } = Found.parse(await asked(`${prometheus}/query?query=${encodeURIComponent(firing)}`)).data
    return result.length > 0 ? result.map(({ metric }) => metric.level) : undefined
  })
  const told = await until('a warning at the webhook', async () => notified.find((one) => one.warnings.length > 0))
  return { targets, warnings, told }
}

/** The files as they are shipped, but for how often is looked; and the secrets, which whoever deploys makes. */
function prepare(): void {
  chmodSync(scratch, 0o755) // services have users of their own
  cpSync(deployFolder, site.folder, { recursive: true })
  everySecond('prometheus/prometheus.yml', /(scrape_interval|evaluation_interval): \d+s/g)
  everySecond('alertmanager/alertmanager.yml', /(group_wait): \d+s/g)
  for (const { file } of Object.values(compose.secrets)) {
    const place = path.join(site.folder, file)
    mkdirSync(path.dirname(place), { recursive: true })
    writeFileSync(place, `${path.basename(file)}-of-the-stack-that-is-tried`)
  }
}

function everySecond(file: string, interval: RegExp): void {
  const place = path.join(site.folder, file)
  writeFileSync(place, readFileSync(place, 'utf8').replaceAll(interval, '$1: 1s'))
}

/** Each service behind those that it waits for. */
function inOrder(names: readonly string[], before: readonly string[] = []): string[] {
  return names.reduce<string[]>(
    (ordered, name) =>
      ordered.includes(name)
        ? ordered
        : [...inOrder(Object.keys(compose.services[name].depends_on), ordered), name].filter(
            (one, at, all) => all.indexOf(one) === at,
          ),
    [...before],
  )
}

/** Starts a service, and waits until it is as those behind it want it. */
async function bringUp(name: string, breaks: (error: Error) => void): Promise<void> {
  const service = compose.services[name]
  const image = await imageOf(service)
  if (image === undefined) {
    missing.push(name)
    say(`${name}: not started, no package registry has ${service.image}`)
    return
  }
  if (name === 'topics') await ended('history', startContainer(name, image, site, [...ownNode, inApp(history)]))
  const container = startContainer(name, image, site)
  running.set(name, container)
  say(`${name}: started`)
  if (isAwaited(name, 'service_completed_successfully')) {
    await ended(name, container)
    running.delete(name)
  } else {
    void container.ended.then((code) => breaks(new Error(`${name} ended with ${code}: ${container.said()}`)))
  }
  const [how, ...check] = service.healthcheck?.test ?? (name === 'forewarn' ? ownHealthCheck() : [])
  if (how === undefined) return
  await until(`${name} is healthy`, async () => {
    const probe = startContainer(name, image, site, how === 'CMD-SHELL' ? ['sh', '-c', ...check] : check)
    return (await probe.ended) === 0 ? true : undefined
  })
  say(`${name}: healthy`)
}

/** Waits for the end. @throws Error with what it said when that was no success. */
async function ended(what: string, container: Container): Promise<void> {
  const code = await container.ended
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${container.said()}`)
  say(`${what}: ${container.said().trim()}`)
}

function isAwaited(name: string, condition: string): boolean {
  return Object.values(compose.services).some(({ depends_on }) => depends_on[name]?.condition === condition)
}

async function asked(url: string): Promise<unknown> {
  return (await fetch(url)).json()
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
