/** Loads TensorFlow.js with the best backend that runs here, quietly, on one thread. */
import { createRequire } from 'node:module'
import path from 'node:path'
import util from 'node:util'
import type { TensorFlow } from '../../models/learn/tensorflowModel.ts'
import { messageOf } from '../errors.ts'

/** `tfjs-node`: TensorFlow itself; `wasm`: everywhere. Their sums differ in the last bits, so a seed holds for one of them. */
export const backends = ['tfjs-node', 'wasm'] as const
export type Backend = (typeof backends)[number]

export type LoadedTensorFlow = TensorFlow & {
  readonly backend: Backend
  /** A sentence for people: which backend it is, and why. */
  readonly why: string
}

/** TensorFlow prints how it was built, and that it could use more; one thread, for the same bits each time. Read when it loads. */
const environment = { TF_CPP_MIN_LOG_LEVEL: '2', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' }

const require = createRequire(import.meta.url)

/**
 * One backend a process: once loaded, another one can be loaded beside it, but both compute with the one that was asked for last.
 * @param forced This backend or none.
 * @throws Error when the forced backend does not load.
 */
export async function loadTensorFlow(forced?: Backend): Promise<LoadedTensorFlow> {
  const core = await import('@tensorflow/tfjs-core')
  core.enableProdMode() // no advice on the console
  const layers = await import('@tensorflow/tfjs-layers')
  if (forced === 'wasm') return { core, layers, backend: 'wasm', why: await useWasm({ core, layers }, 'as asked for') }
  const refused = await useTfjsNode({ core, layers })
  if (refused === null)
    return { core, layers, backend: 'tfjs-node', why: 'TensorFlow.js runs on TensorFlow (tfjs-node).' }
  const because = `tfjs-node does not load: ${refused}`
  if (forced === 'tfjs-node')
    throw new Error(`${because}; build it with \`npm run setup:tfjs-node\`, or use the WASM backend`)
  return { core, layers, backend: 'wasm', why: await useWasm({ core, layers }, because) }
}

/** Null, or why it does not load. It adds its backend to the same TensorFlow.js core, so nothing of what it exports is needed. */
async function useTfjsNode({ core }: TensorFlow): Promise<string | null> {
  // Gone since Node 23, but called by the backend.
  if (!('isNullOrUndefined' in util))
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined })
  for (const [name, value] of Object.entries(environment)) process.env[name] ??= value
  try {
    require('@tensorflow/tfjs-node')
    if (await core.setBackend('tensorflow')) return null
    return 'its backend does not start'
  } catch (error) {
    return messageOf(error).split('\n')[0]
  }
}

async function useWasm({ core }: TensorFlow, why: string): Promise<string> {
  const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
  if (core.getBackend() !== 'wasm') {
    setWasmPaths(`${path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}${path.sep}`)
    setThreadsCount(1)
    core.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    const before = process.listeners('uncaughtException')
    const rejectionsBefore = process.listeners('unhandledRejection')
    if (!(await core.setBackend('wasm')))
      throw new Error('the WASM backend of TensorFlow.js does not start; install the packages again')
    // Its loader adds listeners that end the process in its own way.
    for (const listener of process.listeners('uncaughtException'))
      if (!before.includes(listener)) process.off('uncaughtException', listener)
    for (const listener of process.listeners('unhandledRejection'))
      if (!rejectionsBefore.includes(listener)) process.off('unhandledRejection', listener)
  }
  return `TensorFlow.js runs on WebAssembly (${why}).`
}
