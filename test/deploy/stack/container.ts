/**
 * A service of compose.yaml as a process of this machine. Its root is this machine's file system under a layer of its own, and has what
 * the service names at the places it names: volumes, secrets, a root that nobody writes. Networks are not apart: all services share one, in
 * which each name of the file is the machine itself. Linux, and root.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { spawnGuarded } from '../../support/guarded.ts'
import { type Compose, deployFolder } from '../composeFile.ts'

/** What stands in for the image of a service. */
export type Image = {
  /** Number of its user and group. */
  user: number
  /** What runs where the service says nothing, from the folder of the program. */
  entrypoint: readonly string[]
  command?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** Files of its own: path -> content. Scripts may be run. */
  files?: Readonly<Record<string, string>>
}

export type Site = {
  compose: Compose
  /** Stands in for the folder of compose.yaml: its `./NAME` and its secrets. */
  folder: string
  /** Where layers and volumes lie. */
  scratch: string
}

export type Container = {
  said(): string
  /** The exit code; null: ended by a signal. */
  ended: Promise<number | null>
  /** SIGTERM, and the end. */
  stop(): Promise<number | null>
}

const repository = path.resolve(deployFolder, '..')
/** Where the image has the program; the working tree stands in for it. */
const appFolder = '/app'
/** A place in the working tree as it is called inside, by itself or in an argument. */
export const inApp = (text: string): string => text.replace(repository, appFolder)

/** Node of this process before that of the machine. */
const programs = [
  path.dirname(inApp(process.execPath)),
  ...['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'],
].join(':')

/** `command`: instead of what image and service say, as a health check is run. */
export function startContainer(
  name: string,
  image: Image,
  { compose, folder, scratch }: Site,
  command: readonly string[] = [...image.entrypoint, ...(compose.services[name].command ?? image.command ?? [])],
): Container {
  const service = compose.services[name]
  const layer = mkdtempSync(path.join(scratch, `${name}-`))
  const [upper, work, root] = ['upper', 'work', 'root'].map((part) => path.join(layer, part))
  for (const made of [work, root]) mkdirSync(made)
  const hosts = ['localhost', 'webhook', ...Object.keys(compose.services)]
  const files = { '/etc/hosts': hosts.map((host) => `127.0.0.1 ${host}\n`).join(''), ...image.files }
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.join(upper, path.dirname(file)), { recursive: true })
    writeFileSync(path.join(upper, file), content, { mode: 0o755 })
  }
  const volumes = service.volumes.map((one) => {
    const [place, target, mode] = one.split(':')
    if (place.startsWith('./')) return bound(path.join(folder, place), path.join(root, target), mode)
    const volume = path.join(scratch, 'volumes', place)
    mkdirSync(volume, { recursive: true })
    chownSync(volume, image.user, image.user) // as the image has the folder of a new volume
    return bound(volume, path.join(root, target), mode)
  })
  const secrets = service.secrets.map((secret) => {
    const target = path.join(root, 'run/secrets', secret)
    return `mkdir -p ${path.dirname(target)} && touch ${target} && mount --bind ${path.join(folder, compose.secrets[secret].file)} ${target}`
  })
  const mounts = [
    `mount -t overlay overlay -o lowerdir=/,upperdir=${upper},workdir=${work} ${root}`,
    `mount --rbind /dev ${root}/dev`,
    `mount -t proc proc ${root}/proc`,
    `mount -t tmpfs tmpfs ${root}/run`,
    bound(repository, path.join(root, appFolder), 'ro'),
    ...volumes,
    ...secrets,
    ...service.tmpfs.map((target) => `mount -t tmpfs tmpfs ${path.join(root, target)}`),
    ...(service.read_only ? [`mount -o remount,ro,bind ${root}`] : []),
  ]
  const variables = Object.entries({ PATH: programs, ...image.env, ...service.environment })
  const environment = ['env', '-i', ...variables.map(([key, value]) => `${key}=${value}`)]
  const enter = `${mounts.join(' && ')} && exec chroot --userspec=${image.user}:${image.user} ${root} "$@"`
  const inside = [...environment, 'sh', '-c', `cd ${appFolder} && exec "$@"`, 'sh', ...command]
  return containerOf(
    spawnGuarded(['unshare', '-m', 'sh', '-c', enter, 'sh', ...inside], { stdio: ['ignore', 'pipe', 'pipe'] }),
  )
}

function bound(place: string, target: string, mode = 'rw'): string {
  const readOnly = mode === 'ro' ? ` && mount -o remount,ro,bind ${target}` : ''
  return `mkdir -p ${target} && mount --bind ${place} ${target}${readOnly}`
}

function containerOf(child: ChildProcess): Container {
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const ended = once(child, 'close').then(() => child.exitCode)
  return {
    said: () => said,
    ended,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}
