/**
 * `npm run setup:tfjs-node`: builds TensorFlow's own backend of TensorFlow.js where its download is blocked. The package wants
 * libtensorflow from a storage outside of the npm registry; the same library is in the wheel `tensorflow-cpu` of PyPI. Only
 * node_modules is written. Without it everything works too, on the WASM backend.
 */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** The oldest wheel with `libtensorflow_cc.so.2`, which exports the C functions that the addon calls. */
const wheel = 'tensorflow-cpu==2.18.1'
const pythonOfWheel = '3.11' // which one does not matter: no Python of it runs
const platformOfWheel = 'manylinux2014_x86_64'
/** The name under which the package's own installer looks for the library. */
const expectedVersion = '2.9.1'

const root = path.resolve(import.meta.dirname, '..')
const home = path.join(root, 'node_modules/@tensorflow/tfjs-node')
const stepMsMax = 300_000

/** Reads the two libraries and the headers of the C interface out of the wheel, which is a zip file. */
const unpack = `
import os, shutil, sys, zipfile
wheel, deps = sys.argv[1:]
libraries = {'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'}
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name in libraries: target = os.path.join(deps, 'lib', os.path.basename(name))
        elif name.startswith('tensorflow/include/') and ('/c/' in name or '/platform/' in name) and name.endswith('.h'): target = os.path.join(deps, name[11:])
        else: continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, 'wb') as out: shutil.copyfileobj(source, out, 1 << 20)
`

/** Loads it as Forewarn does, in a process of its own: a library that does not fit ends the process. */
const tryOut = `
const util = require('node:util')
util.isNullOrUndefined ??= (value) => value == null
const tf = require('@tensorflow/tfjs-node')
process.stdout.write(tf.version['tfjs-node'] + ' with TensorFlow ' + tf.backend().binding.TF_Version)
`

class SetupError extends Error {}

try {
  const there = loaded()
  if (there.ok) say(`is here already: ${there.said}`)
  else setUp()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`tfjs-node cannot be set up: ${error.message}\nTraining uses the WASM backend instead.\n`)
  process.exitCode = 1
}

function setUp(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new SetupError(
      `the wheel is for Linux on x64, this is ${process.platform} on ${process.arch}; try npm rebuild --ignore-scripts=false @tensorflow/tfjs-node`,
    )
  need('python3', ['-m', 'pip', '--version'], 'install Python 3 with pip')
  need('make', ['--version'], 'install make')
  need('g++', ['--version'], 'install g++')
  step('installing the package without its download', npm('install', '--no-save', '--ignore-scripts', '--no-audit'))
  const deps = path.join(home, 'deps')
  rmSync(deps, { recursive: true, force: true })
  fetchLibrary(deps)
  writeFileSync(path.join(home, 'scripts/custom-binary.json'), '{"tf-lib":"unused"}') // so that it builds, and downloads nothing
  step('building the addon', npm('rebuild', '--ignore-scripts=false', '@tensorflow/tfjs-node'))
  const now = loaded()
  if (!now.ok) throw new SetupError(`it is built, but does not load: ${now.said}`)
  say(`loads: ${now.said}`)
}

function fetchLibrary(deps: string): void {
  const scratch = mkdtempSync(path.join(tmpdir(), 'forewarn-tensorflow-'))
  try {
    const only = ['--no-deps', '--only-binary=:all:', '--python-version', pythonOfWheel, '--platform', platformOfWheel]
    const download = [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--dest',
      scratch,
      ...only,
      wheel,
    ]
    step(`fetching ${wheel} from PyPI`, ['python3', download])
    const [file] = readdirSync(scratch)
    step('unpacking the library', ['python3', ['-c', unpack, path.join(scratch, file), deps]])
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  mkdirSync(path.join(deps, 'lib'), { recursive: true })
  const links = [
    ['libtensorflow_cc.so.2', 'libtensorflow'],
    ['libtensorflow_framework.so.2', 'libtensorflow_framework'],
  ]
  for (const [library, name] of links) {
    if (!existsSync(path.join(deps, 'lib', library)))
      throw new SetupError(`${wheel} holds no ${library}; set another version in this script`)
    for (const link of [`${name}.so`, `${name}.so.${expectedVersion}`])
      symlinkSync(library, path.join(deps, 'lib', link))
  }
}

type Call = [program: string, args: string[]]

/** npm as it was called; else the one in PATH. */
function npm(...args: string[]): Call {
  const script = process.env.npm_execpath
  return script === undefined ? ['npm', args] : [process.execPath, [script, ...args]]
}

function step(what: string, [program, args]: Call): void {
  const started = performance.now()
  try {
    execFileSync(program, args, { cwd: root, stdio: 'pipe', encoding: 'utf8', timeout: stepMsMax, env: environment() })
  } catch (error) {
    throw new SetupError(`${what} failed: ${lastLines(error)}`)
  }
  say(`${what}: ${((performance.now() - started) / 1000).toFixed(0)} s`)
}

function need(program: string, args: string[], remedy: string): void {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
  } catch {
    throw new SetupError(`${program} does not run here; ${remedy}`)
  }
}

/** The addon is built by and for the Node that runs this, with the headers that came with it where they are there. */
function environment(): NodeJS.ProcessEnv {
  const node = realpathSync(process.execPath)
  const nodeHome = path.dirname(path.dirname(node))
  const headers = existsSync(path.join(nodeHome, 'include/node/node_api.h')) ? { npm_config_nodedir: nodeHome } : {}
  return { ...process.env, ...headers, PATH: [path.dirname(node), process.env.PATH].join(path.delimiter) }
}

function loaded(): { ok: boolean; said: string } {
  try {
    const quiet = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' }
    return {
      ok: true,
      said: execFileSync(process.execPath, ['-e', tryOut], { cwd: root, stdio: 'pipe', encoding: 'utf8', env: quiet }),
    }
  } catch (error) {
    return { ok: false, said: lastLines(error) }
  }
}

function lastLines(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error && error.stderr !== '' ? error.stderr : error
  const lines = String(text).trim().split('\n')
  const telling = lines.filter((line) => /\berror: |not found|No such file/i.test(line)) // of a compiler, amid a page of others
  return (telling.length > 0 ? telling : lines).slice(-5).join('\n')
}

function say(text: string): void {
  process.stderr.write(`tfjs-node ${text}\n`)
}
