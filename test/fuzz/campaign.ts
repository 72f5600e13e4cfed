/**
 * The fuzzing campaign: hostile inputs for all that reads what others may send, until so many are read or one does harm.
 *
 *   node test/fuzz/campaign.ts [--seed 1] [--inputs 300000] [--only decoder,csv]
 *   node test/fuzz/campaign.ts --only csv --hex 22616263      reads one input again
 *
 * A crash is an error that nobody wrote down, a wrong record, a lost neighbour, an input that takes longer than ten seconds, or one for
 * which memory grows without a bound. Exit code 1 on any.
 */
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import cliProgress from 'cli-progress'
import { z } from 'zod'
import { secondMs } from '../../src/limits.ts'
import { type Crash, type Fuzzer, faultOf, inputOf } from './fuzzer.ts'
import { fuzzers } from './fuzzers.ts'
import { begunAt } from './worker.ts'

const hangMs = 10 * secondMs
const lookEveryMs = secondMs / 5
const heapMiBMax = 1_024
/** The thread has begun no input. */
const notYet = -1

/** What the thread says at the end of a fuzzer. */
const Told = z.object({
  read: z.int(),
  crash: z
    .object({
      fuzzer: z.string(),
      number: z.int(),
      what: z.string(),
      bytes: z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes)),
    })
    .optional(),
})

export type Campaign = { inputs: number; crashes: Crash[] }

/** Inputs are shared out as the short runs are. The thread that reads them is ended over an input that hangs. */
export async function campaign(
  chosen: readonly Fuzzer[],
  { seed, inputs, say }: { seed: number; inputs: number; say: (read: number, fuzzer: string) => void },
): Promise<Campaign> {
  const few = chosen.reduce((sum, one) => sum + one.few, 0)
  const shares = fuzzers.map((one) => (chosen.includes(one) ? Math.ceil((inputs * one.few) / few) : 0))
  const begun = new Int32Array(new SharedArrayBuffer(8)).fill(notYet)
  const found: Campaign = { inputs: 0, crashes: [] }
  const readBefore = (at: number): number => shares.slice(0, at).reduce((sum, one) => sum + one, 0)
  const now = (): { at: number; number: number } => ({
    at: Math.max(0, Atomics.load(begun, begunAt.fuzzer)),
    number: Math.max(0, Atomics.load(begun, begunAt.number)),
  })
  await new Promise<void>((resolve) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { seed, inputs: shares, begun },
      resourceLimits: { maxOldGenerationSizeMb: heapMiBMax },
    })
    let last = { place: '', sinceMs: 0 }
    const looks = setInterval(() => {
      if (Atomics.load(begun, begunAt.fuzzer) === notYet) return // its modules are being loaded
      const { at, number } = now()
      say(readBefore(at) + number, fuzzers[at].name)
      const place = `${at}/${number}`
      if (place !== last.place) last = { place, sinceMs: performance.now() }
      else if (performance.now() - last.sinceMs > hangMs) stop(`it takes longer than ${hangMs} ms`)
    }, lookEveryMs)
    worker.on('message', (message: unknown) => {
      const { read, crash } = Told.parse(message)
      found.inputs += read
      if (crash !== undefined) found.crashes.push(crash)
    })
    worker.on('error', (error) => stop(String(error)))
    worker.on('exit', () => {
      clearInterval(looks)
      resolve()
    })

    /** The input is made again here: what read it cannot say it any more. */
    function stop(what: string): void {
      const { at, number } = now()
      found.inputs += number + 1
      found.crashes.push({ fuzzer: fuzzers[at].name, number, what, bytes: inputOf(fuzzers[at], seed, number).bytes })
      clearInterval(looks)
      void worker.terminate()
    }
  })
  return found
}

/** What whoever mends it needs. */
export function crashText({ fuzzer, number, what, bytes }: Crash, seed: number): string {
  return `${fuzzer}, seed ${seed}, input ${number}, ${bytes.length} bytes: ${what}\n--only ${fuzzer} --hex ${bytes.toString('hex')}`
}

const shownMax = 4_000

/** An input that is long goes to a file. */
async function printCrash(crash: Crash, seed: number): Promise<void> {
  const text = crashText(crash, seed)
  if (text.length <= shownMax) return print(text)
  const file = path.join(tmpdir(), `forewarn-fuzz-${crash.fuzzer}-${seed}-${crash.number}`)
  await writeFile(file, crash.bytes)
  print(`${text.slice(0, shownMax)}...\nthe whole input is in ${file}`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      inputs: { type: 'string', default: '300000' },
      only: { type: 'string' },
      hex: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const [seed, inputs] = [values.seed, values.inputs].map(Number)
  const names = values.only?.split(',') ?? fuzzers.map(({ name }) => name)
  const chosen = fuzzers.filter(({ name }) => names.includes(name))
  const isGood =
    Number.isSafeInteger(seed) && Number.isSafeInteger(inputs) && inputs > 0 && chosen.length === names.length
  if (!isGood || values.help) {
    const all = fuzzers.map(({ name }) => name).join(',')
    process.stderr.write(`usage: npm run test:fuzz -- [--seed N] [--inputs N] [--only ${all}] [--hex HEX]\n`)
    process.exitCode = isGood ? 0 : 2
  } else if (values.hex !== undefined) await again(chosen, Buffer.from(values.hex, 'hex'))
  else {
    const bar = new cliProgress.SingleBar({
      format: '{bar} {value} of {total} inputs, {fuzzer}',
      clearOnComplete: true,
    })
    if (process.stderr.isTTY) bar.start(inputs, 0, { fuzzer: chosen[0].name })
    const found = await campaign(chosen, { seed, inputs, say: (read, fuzzer) => bar.update(read, { fuzzer }) })
    bar.stop()
    for (const crash of found.crashes) await printCrash(crash, seed)
    print(`seed ${seed}: ${found.inputs} inputs, ${found.crashes.length} crashes`)
    if (found.crashes.length > 0) process.exitCode = 1
  }
}

async function again(chosen: readonly Fuzzer[], bytes: Buffer): Promise<void> {
  for (const fuzzer of chosen) {
    const fault = await faultOf(fuzzer, bytes)
    print(`${fuzzer.name}: ${fault ?? 'all is well'}`)
    if (fault !== undefined) process.exitCode = 1
  }
}

if (import.meta.main) await main()
