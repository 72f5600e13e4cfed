/** buildah in a store of its own, and processes in the file system of an image. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'

const isolation = { STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot', BUILDAH_FORMAT: 'docker' }

const Inspected = z.object({
  Docker: z.object({
    config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Cmd: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      WorkingDir: z.string(),
      StopSignal: z.string(),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
      Volumes: z.record(z.string(), z.unknown()),
    }),
  }),
})
export type ImageConfig = z.infer<typeof Inspected>['Docker']['config']

export type Ended = { code: number | null; out: string; err: string }
export type Running = { err(): string; signal(name: NodeJS.Signals): void; ended: Promise<Ended> }

/** `folder`: where its store lies. */
export function buildahIn(folder: string) {
  const store = ['--root', path.join(folder, 'store'), '--runroot', path.join(folder, 'run')]
  const run = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('buildah', [...store, ...args], {
      env: { ...process.env, ...isolation },
      maxBuffer: 2 ** 26,
    })
    return stdout.trim()
  }
  return {
    /** An image that is this folder. */
    async import(root: string, name: string, env: readonly string[]): Promise<void> {
      const container = await run('from', 'scratch')
      await run('copy', '--quiet', container, root, '/')
      await run('config', ...env.flatMap((one) => ['--env', one]), container)
      await run('commit', '--quiet', container, name)
      await run('rm', container)
    },
    build: (context: string, name: string, volumes: readonly string[]): Promise<string> =>
      run('build', '--pull-never', '--network', 'host', ...volumes.flatMap((one) => ['-v', one]), '-t', name, context),
    config: async (name: string): Promise<ImageConfig> =>
      Inspected.parse(JSON.parse(await run('inspect', '--type', 'image', name))).Docker.config,
    /** Lets go of everything mounted. */
    async end(): Promise<void> {
      await run('umount', '--all')
      await run('rm', '--all')
    },
    mount: async (name: string): Promise<string> => run('mount', await run('from', '--pull-never', name)),
  }
}

/**
 * A process as a container engine starts it: the image read-only, its volume a folder outside, its user without rights, and nothing of this
 * machine's environment. `network`: none, or that of this machine.
 */
export function runImage(
  root: string,
  config: ImageConfig,
  {
    args,
    data,
    network,
    env = {},
  }: { args: readonly string[]; data: string; network: 'none' | 'host'; env?: Record<string, string> },
): Running {
  mkdirSync(data, { recursive: true })
  chownSync(data, 1_000, 1_000)
  const [volume] = Object.keys(config.Volumes)
  const mounts = [
    `mount --bind ${root} ${root}`,
    `mount -o remount,ro,bind ${root}`,
    `mount --bind ${data} ${root}${volume}`,
    `mount -t tmpfs tmpfs ${root}/tmp`,
    `mount -t proc proc ${root}/proc`,
    `mount --bind /dev ${root}/dev`,
  ]
  const variables = [...config.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`), 'HOME=/tmp']
  const inside = ['/usr/bin/env', '-i', ...variables, 'sh', '-c', `cd ${config.WorkingDir} && exec "$@"`, 'sh', ...args]
  const enter = `${mounts.join(' && ')} && exec chroot --userspec=${config.User} ${root} "$@"`
  const shares = network === 'none' ? ['-m', '-n'] : ['-m']
  const child = spawn('unshare', [...shares, 'sh', '-c', enter, 'sh', ...inside], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, out, err }))
  return { err: () => err, signal: (name) => void child.kill(name), ended }
}
