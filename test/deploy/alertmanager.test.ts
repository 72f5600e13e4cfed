/** Whom Alertmanager tells of what, and what it keeps quiet, asked of the real program with the configuration that is shipped. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { root } from '../docs/pages.ts'
import { freePorts } from '../kafka/ports.ts'
import { describeIfAvailable } from '../support/available.ts'
import { until } from '../support/patience.ts'
import { output, programs } from './programs.ts'
import { type Service, startProgram } from './service.ts'

const config = path.join(root, 'deploy/alertmanager/alertmanager.yml')

const routes: [string, string][] = [
  ['alertname=ForewarnWarning level=red province=110000', 'supervisors-urgent'],
  ['alertname=ForewarnWarning level=red province=440000', 'supervisors-urgent,office-440000'],
  ['alertname=ForewarnWarning level=orange province=440000', 'office-440000'],
  ['alertname=ForewarnWarning level=orange province=110000', 'supervisors'],
  ['alertname=ForewarnWarning level=yellow province=all', 'supervisors'],
  ['alertname=ForewarnWarning level=blue province=110000', 'record-only'],
  ['alertname=ForewarnSourceSilent severity=ticket', 'operations,supervisors'],
  ['alertname=ForewarnDown severity=page', 'operations-urgent'],
  ['alertname=ForewarnDeadLetters severity=ticket', 'operations'],
  ['alertname=ForewarnRecordsLate severity=info', 'record-only'],
]

describeIfAvailable(programs('amtool'), 'amtool', () => {
  test('takes the configuration', async () => {
    expect(await output('amtool', ['check-config', config])).toContain('SUCCESS')
  })

  test.each(routes)('%s goes to %s', async (labels, receivers) => {
    const args = ['config', 'routes', 'test', `--config.file=${config}`, `--verify.receivers=${receivers}`]
    await output('amtool', [...args, ...labels.split(' ')])
  })
})

const Alerts = z.array(
  z.object({ labels: z.record(z.string(), z.string()), status: z.object({ inhibitedBy: z.array(z.string()) }) }),
)
const Notification = z.object({ alerts: z.array(z.object({ labels: z.record(z.string(), z.string()) })) })

describeIfAvailable(programs('prometheus-alertmanager'), 'a real Alertmanager', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-alertmanager-'))
  const notified: { path: string; token: string; places: string[] }[] = []
  const webhook = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    request.on('end', () => {
      const { alerts } = Notification.parse(JSON.parse(text))
      const places = alerts.map(({ labels }) => `${labels.axis} ${labels.region} ${labels.industry} ${labels.level}`)
      notified.push({ path: request.url ?? '', token: request.headers.authorization ?? '', places })
      response.end()
    })
  })
  let service: Service

  beforeAll(async () => {
    const [hook, port] = await freePorts(2)
    webhook.listen(hook, '127.0.0.1')
    writeFileSync(path.join(folder, 'token'), 'a-token-of-tests')
    const adapted = readFileSync(config, 'utf8')
      .replaceAll('http://webhook:8080', `http://127.0.0.1:${hook}`)
      .replaceAll('/run/secrets/webhook_token', path.join(folder, 'token'))
      .replaceAll(/group_wait: \d+s/g, 'group_wait: 1s')
    writeFileSync(path.join(folder, 'alertmanager.yml'), adapted)
    service = await startProgram('prometheus-alertmanager', {
      args: [
        `--config.file=${path.join(folder, 'alertmanager.yml')}`,
        `--storage.path=${path.join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      port,
      path: '/-/ready',
    })
  })
  afterAll(async () => {
    await service?.stop()
    webhook.close()
    rmSync(folder, { recursive: true, force: true })
  })

  type Place = { axis: string; region: string; industry: string; level: string; part_of: string }
  const warning = ({ axis, region, industry, level, part_of }: Place): { labels: Record<string, string> } => ({
    labels: {
      ...{ alertname: 'ForewarnWarning', job: 'forewarn', statistic: 'counts' },
      ...{ axis, region, industry, level, part_of },
      province: region === 'all' ? 'all' : `${region.slice(0, 2)}0000`,
      section: industry === 'all' ? 'all' : 'F',
    },
  })

  test('tells of a province, not of its cells that stand no higher, and of a cell that stands above it', async () => {
    const cell = { axis: 'cell', part_of: 'province and section', industry: 'F' }
    const sent = [
      warning({ axis: 'region', region: '330000', industry: 'all', level: 'orange', part_of: 'none' }),
      warning({ axis: 'region', region: '330100', industry: 'all', level: 'yellow', part_of: 'province' }),
      warning({ ...cell, region: '330100', level: 'orange' }),
      warning({ ...cell, region: '330200', level: 'red' }),
      warning({ ...cell, region: '370200', level: 'orange' }),
    ]
    const answer = await fetch(`${service.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sent),
    })
    expect(answer.status).toBe(200)
    const alerts = await until('all alerts', async () => {
      const all = Alerts.parse(await (await fetch(`${service.url}/api/v2/alerts`)).json())
      return all.length === sent.length ? all : undefined
    })
    const quiet = alerts.filter(({ status }) => status.inhibitedBy.length > 0)
    const nameOf = (labels: Record<string, string>): string => `${labels.axis} ${labels.region} ${labels.level}`
    expect(quiet.map(({ labels }) => nameOf(labels)).toSorted()).toEqual(['cell 330100 orange', 'region 330100 yellow'])

    await until('three are notified', async () =>
      notified.flatMap(({ places }) => places).length >= 3 ? true : undefined,
    )
    expect(notified.flatMap(({ path: to, places }) => places.map((place) => `${to} ${place}`)).toSorted()).toEqual([
      '/supervisors cell 370200 F orange',
      '/supervisors region 330000 all orange',
      '/supervisors-urgent cell 330200 F red',
    ])
    for (const { token } of notified) expect(token).toBe('Bearer a-token-of-tests')
  })
})
