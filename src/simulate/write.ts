/**
 * Writes a simulation into a folder: enterprises.ndjson, credit-grades.ndjson, risk-events.ndjson, hazard.ndjson, truth.json. Each
 * record carries `knownAt`, so `forewarn ingest --known-at knownAt` can import it. A line that is no JSON object stays as it is:
 * an importer gives it the knownAt of the line before it.
 */
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ForewarnError, messageOf } from '../errors.ts'
import { dayMs, KiB } from '../limits.ts'
import { makeClosedFile, makeClosedFolder } from '../rights.ts'
import type { SimulatedHazard, SimulatedRecord, Simulation } from './simulate.ts'
import type { Truth } from './truth.ts'

const bufferChars = 256 * KiB
const fileOf = {
  enterprises: 'enterprises.ndjson',
  'credit-grades': 'credit-grades.ndjson',
  'risk-events': 'risk-events.ndjson',
  hazard: 'hazard.ndjson',
} as const
type Stream = keyof typeof fileOf

export type WriteProgress = { day: number; days: number; records: number }
export type WriteOptions = {
  /** Called at the end of each simulated day. */
  onProgress?: (progress: WriteProgress) => void
}
export type Written = { directory: string; lines: Readonly<Record<Stream, number>>; outbreaks: number }

/** Lines of one file, gathered into writes; `full` asks the caller to wait for `flush`, so memory stays small. */
class LineFile {
  readonly #file: Awaited<ReturnType<typeof open>>
  #text = ''
  lines = 0

  constructor(file: Awaited<ReturnType<typeof open>>) {
    this.#file = file
  }

  get full(): boolean {
    return this.#text.length >= bufferChars
  }

  add(line: string): void {
    this.#text += `${line}\n`
    this.lines++
  }

  async flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (text !== '') await this.#file.appendFile(text)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** The answer sheet as a file holds it: without the lists of what is planned on demand, if nothing is. */
export function truthText({ troubles, artefacts, ...truth }: Truth): string {
  const onDemand = { ...(troubles.length === 0 ? {} : { troubles }), ...(artefacts.length === 0 ? {} : { artefacts }) }
  return `${JSON.stringify({ ...truth, ...onDemand }, null, 2)}\n`
}

/** @throws the error of the file system, if the folder cannot be made or written. Files that are there are overwritten. */
export async function writeSimulation(
  simulation: Simulation,
  directory: string,
  options: WriteOptions = {},
): Promise<Written> {
  try {
    makeClosedFolder(directory)
  } catch (error) {
    throw new ForewarnError('FW_USAGE', [`The folder ${directory} cannot be made: ${messageOf(error)}.`], {
      cause: error,
    })
  }
  const closed = (name: string): string => {
    const file = join(directory, name)
    makeClosedFile(file)
    return file
  }
  await writeFile(closed('truth.json'), truthText(simulation.truth))
  const create = async (stream: Stream): Promise<LineFile> => new LineFile(await open(closed(fileOf[stream]), 'w'))
  const files = {
    enterprises: await create('enterprises'),
    'credit-grades': await create('credit-grades'),
    'risk-events': await create('risk-events'),
    hazard: await create('hazard'),
  }
  try {
    await writeSteps(simulation, files, options)
    for (const file of Object.values(files)) await file.flush()
  } finally {
    for (const file of Object.values(files)) await file.close()
  }
  const lines = {
    enterprises: files.enterprises.lines,
    'credit-grades': files['credit-grades'].lines,
    'risk-events': files['risk-events'].lines,
    hazard: files.hazard.lines,
  }
  return { directory, lines, outbreaks: simulation.truth.outbreaks.length }
}

async function writeSteps(
  simulation: Simulation,
  files: Record<Stream, LineFile>,
  options: WriteOptions,
): Promise<void> {
  const { days, start } = simulation.truth
  const startMs = Date.parse(start)
  let records = 0
  let nextDayMs = startMs + dayMs
  for (const step of simulation.steps()) {
    const file = files[step.topic]
    file.add(lineOf(step))
    if (file.full) await file.flush()
    if (step.topic === 'hazard') continue
    records++
    if (step.knownAtMs < nextDayMs) continue
    const day = Math.floor((step.knownAtMs - startMs) / dayMs)
    nextDayMs = startMs + (day + 1) * dayMs
    options.onProgress?.({ day, days, records })
  }
  options.onProgress?.({ day: days, days, records })
}

function lineOf(step: SimulatedRecord | SimulatedHazard): string {
  if (step.topic === 'hazard') {
    const hazard90d = Math.round(step.hazard90d * 1e6) / 1e6
    return JSON.stringify({ enterpriseId: step.enterpriseId, date: step.date, hazard90d })
  }
  if (!step.isObject) return step.text
  return `${step.text.slice(0, -1)},"knownAt":"${new Date(step.knownAtMs).toISOString()}"}`
}
