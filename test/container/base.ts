/**
 * A base image where no image registry can be reached: Node, npm, a shell and what they link against, copied from this machine and tagged
 * with the name that the Dockerfile's FROM uses. Not Debian, but enough of one to build and run the image for real.
 */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

const tools = ['sh', 'env', 'mkdir', 'chown', 'find', 'rm', 'id'] as const
const nodeUser = 1_000
const certificates = '/etc/ssl/certs/ca-certificates.crt'

/** Fills an empty folder with the root of a file system. */
export function fillBase(root: string): void {
  for (const folder of ['usr/bin', 'usr/local/bin', 'usr/local/lib/node_modules', 'etc/ssl/certs', 'root'])
    mkdirSync(path.join(root, folder), { recursive: true })
  for (const folder of ['tmp', 'proc', 'sys', 'dev']) mkdirSync(path.join(root, folder), { mode: 0o777 })
  symlinkSync('usr/bin', path.join(root, 'bin'))
  for (const tool of tools) copyProgram(root, which(tool), `usr/bin/${tool}`)
  copyProgram(root, process.execPath, 'usr/local/bin/node')
  cpSync(npmFolder(), path.join(root, 'usr/local/lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(root, 'usr/local/bin/npm'))
  if (existsSync(certificates)) copyFileSync(certificates, path.join(root, certificates))
  writeFileSync(
    path.join(root, 'etc/passwd'),
    `root:x:0:0::/root:/bin/sh\nnode:x:${nodeUser}:${nodeUser}::/tmp:/bin/sh\n`,
  )
  writeFileSync(path.join(root, 'etc/group'), `root:x:0:\nnode:x:${nodeUser}:\n`)
  writeFileSync(path.join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n')
  // Of glibc, as every Debian has it, though none of these tools links against it: what names are looked up by, and what addons ask for.
  for (const library of [
    'libnss_files.so.2',
    'libnss_dns.so.2',
    'libresolv.so.2',
    'librt.so.1',
    'libdl.so.2',
    'libpthread.so.0',
  ])
    for (const folder of ['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu'])
      if (existsSync(path.join(folder, library))) copyLibrary(root, path.join(folder, library))
}

/** The name in the Dockerfile's FROM. */
export function baseName(dockerfile: string): string {
  const name = /^FROM (\S+)/m.exec(readFileSync(dockerfile, 'utf8'))?.[1]
  if (name === undefined) throw new Error('a Dockerfile without FROM')
  return `docker.io/library/${name}`
}

function copyProgram(root: string, program: string, to: string): void {
  copyFileSync(realpathSync(program), path.join(root, to))
  const linked = execFileSync('ldd', [program], { encoding: 'utf8' })
  for (const [library] of linked.matchAll(/\/\S+\.so\S*/g)) copyLibrary(root, library)
}

function copyLibrary(root: string, library: string): void {
  const to = path.join(root, library)
  if (existsSync(to)) return
  mkdirSync(path.dirname(to), { recursive: true })
  copyFileSync(realpathSync(library), to)
}

function which(program: string): string {
  return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim()
}

/** The package that npm lies in. */
function npmFolder(): string {
  return path.dirname(path.dirname(realpathSync(which('npm'))))
}
