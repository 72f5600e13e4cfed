/** The image, built for real by buildah from the Dockerfile, and run: read-only, without rights, without a network where none is needed. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { output, programs } from '../deploy/programs.ts'
import { root } from '../docs/pages.ts'
import { freePorts } from '../kafka/ports.ts'
import { describeIfAvailable } from '../support/available.ts'
import { longTestMsMax, until } from '../support/patience.ts'
import { baseName, fillBase } from './base.ts'
import { buildahIn, type ImageConfig, type Running, runImage } from './buildah.ts'

const MiB = 2 ** 20
const sizeMax = 100 * MiB
const isRoot = process.getuid?.() === 0 ? true : 'only root may build and mount images here'
const available = isRoot === true ? programs('buildah', 'unshare', 'npm') : isRoot

describeIfAvailable(available, 'the image', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'forewarn-image-'))
  const buildah = buildahIn(folder)
  let image = ''
  let config: ImageConfig

  beforeAll(async () => {
    const base = path.join(folder, 'base')
    mkdirSync(base)
    fillBase(base)
    const env = ['PATH=/usr/local/bin:/usr/bin', 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt']
    const cache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim()
    mkdirSync(cache, { recursive: true })
    await buildah.import(base, baseName(path.join(root, 'Dockerfile')), [...env, 'NPM_CONFIG_PREFER_OFFLINE=true'])
    await buildah.build(root, 'forewarn', [`${cache}:/root/.npm`])
    config = await buildah.config('forewarn')
    image = await buildah.mount('forewarn')
  }, longTestMsMax)
  afterAll(async () => {
    await buildah.end()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (
    args: readonly string[],
    name: string,
    more: { network?: 'none'; env?: Record<string, string> } = {},
  ): Running => runImage(image, config, { network: 'host', ...more, args, data: path.join(folder, name) })

  test('holds at most 100 MiB beside its base, and no file of another', async () => {
    const bytes = Number((await output('du', ['-sb', path.join(image, 'app')])).split('\t')[0])
    process.stderr.write(`the image adds ${Math.round(bytes / MiB)} MiB to its base\n`)
    expect(bytes).toBeLessThan(sizeMax)
    expect(readdirSync(path.join(image, 'app')).toSorted()).toEqual(
      ['LICENSE', 'dist', 'models', 'node_modules', 'package.json', 'src', 'streams'].toSorted(),
    )
  })

  test('serves, and ends within ten seconds of SIGTERM with a checkpoint', async () => {
    const [port] = await freePorts(1)
    const args = [...config.Entrypoint, ...config.Cmd, '--log-level', 'debug']
    const running = start(args, 'run', { env: { FOREWARN_HTTP: `0.0.0.0:${port}` } })
    const url = `http://127.0.0.1:${port}`
    await until('/readyz is 200', async () => ((await fetch(`${url}/readyz`)).ok ? true : undefined))
    expect((await fetch(`${url}/livez`)).ok).toBe(true)
    expect((await fetch(`${url}/metrics`)).status).toBe(401)
    const health = start(config.Healthcheck.Test.slice(1), 'health', { env: { FOREWARN_HTTP: `0.0.0.0:${port}` } })
    expect((await health.ended).code).toBe(0)
    await until('a beat is committed', async () => (running.err().includes('"EpochCommitted"') ? true : undefined))
    running.signal(Signal.parse(config.StopSignal))
    const { code, err } = await running.ended
    expect(code).toBe(0)
    const kinds = err
      .split('\n')
      .filter(Boolean)
      .map((line) => Line.parse(JSON.parse(line)).kind)
    expect(kinds.indexOf('CheckpointWritten')).toBeGreaterThan(kinds.indexOf('EpochCommitted'))
    expect(kinds).toContain('Stopping')
  })

  test('asks its health at the port that is configured', async () => {
    const [port] = await freePorts(1)
    const health = start(config.Healthcheck.Test.slice(1), 'health', { env: { FOREWARN_HTTP: `0.0.0.0:${port}` } })
    expect((await health.ended).code).toBe(1)
  })

  test('has a user without rights and a root that nobody writes', async () => {
    expect((await start(['id', '-u'], 'id').ended).out.trim()).toBe('1000')
    const write = `require('fs').writeFileSync('/app/x', '')`
    const { code, err } = await start(['node', '-e', write], 'write').ended
    expect(code).not.toBe(0)
    expect(err).toMatch(/EROFS|EACCES/)
  })

  test('runs the demo without any network', async () => {
    const args = [...config.Entrypoint, 'demo', '--days', '3', '--enterprises', '500', '--exit', '--json']
    const { code, out } = await start(args, 'demo', { network: 'none' }).ended
    expect(code).toBe(0)
    expect(Totals.parse(JSON.parse(out)).events).toBeGreaterThan(100)
  })

  test('serves its pages to the machine that it runs on', async () => {
    const [port] = await freePorts(1)
    const running = start([...config.Entrypoint, 'serve', '--http', `127.0.0.1:${port}`], 'serve')
    const page = await until('the first page', async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/`)
      return answer.ok ? answer.text() : undefined
    })
    expect(page).toContain('<!doctype html>')
    running.signal('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })

  test('has what training a network needs', async () => {
    const script = `import('@tensorflow/tfjs-backend-wasm').then(async () => {
      const tf = await import('@tensorflow/tfjs-core')
      await import('@tensorflow/tfjs-layers')
      await tf.setBackend('wasm')
      console.log(tf.getBackend(), (await tf.sum(tf.tensor1d([1, 2, 3])).data())[0])
    })`
    const { out, err } = await start(['node', '-e', script], 'train', { network: 'none' }).ended
    expect(out.trim().split('\n').at(-1), err).toBe('wasm 6')
  })
})

const Line = z.looseObject({ kind: z.string() })
const Totals = z.object({ events: z.int() })
const Signal = z.enum(['SIGTERM', 'SIGINT'])
