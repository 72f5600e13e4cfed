/**
 * Imports history: files of all kinds at once, in the order (knownAt, kind, argument, line), with the times at which their source
 * made the records known (FOLD.md rule 3).
 *
 *   scan each file -> (sort it if it must be) -> merge -> admit -> write, with marks
 */
import { createHash } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Profile } from '../../../streams/profile.ts'
import type { RecordTopic } from '../../../streams/topics.ts'
import { ForewarnError, messageOf } from '../../errors.ts'
import { beatRecordsMax, futureMsMax } from '../../limits.ts'
import type { Log } from '../../log/port.ts'
import { admitter } from './admit.ts'
import type { Entry } from './entries.ts'
import { checkNotBehind, checkProfile, readCommands } from './importState.ts'
import { ImportWriter } from './importWriter.ts'
import { type Answer, refuse } from './intake.ts'
import { merge, type SortedSource, type Stretch } from './merge.ts'
import { readRun, writeRuns } from './sortRuns.ts'
import { type FileScan, type ImportFile, scanFile, timedEntries } from './timed.ts'

export type ImportOptions = {
  log: Log
  profile: Profile
  /** Field or column that says when a line became known. */
  field: string
  files: readonly { topic: RecordTopic; file: string }[]
  /** Go on with an import of the same files that was cut. */
  resume?: boolean
  now?: () => number
  onProgress?: (progress: ImportProgress) => void
  /** Bounds, for tests. */
  beatRecordsMax?: number
  markRecords?: number
  sortChunkBytes?: number
}

export type ImportProgress = { doing: 'scan' | 'import'; done: number; total: number }

export type ImportSummary = {
  /** Records of this import that are in the log now, bad ones included. */
  records: Record<RecordTopic, number>
  /** Of them, those that an earlier run had written. */
  held: number
  /** Lines that are bad, by code: FW_KNOWN_AT and lines too large are not in the log, the others will be dead letters. */
  refused: Answer['counts']
  /** The first of them. */
  lines: Answer['refused']
  /** First and last time, ISO 8601; undefined when there was nothing to import. */
  from: string | undefined
  to: string | undefined
  seconds: number
}

type Scanned = { file: ImportFile; scan: FileScan }

/**
 * @throws ForewarnError FW_USAGE (a file that cannot be read or has no times), FW_IMPORT_BEHIND, FW_IMPORT_OPEN, FW_IMPORT_DENSE,
 * FW_CONFIG_CHANGED, FW_LOG_FULL. What was written before stays, and `resume` goes on from there.
 */
export async function runImport(options: ImportOptions): Promise<ImportSummary> {
  const { now = Date.now } = options
  const startedMs = now()
  const summary: ImportSummary = {
    records: { enterprises: 0, 'credit-grades': 0, 'risk-events': 0 },
    held: 0,
    refused: {},
    lines: [],
    from: undefined,
    to: undefined,
    seconds: 0,
  }
  const maxMs = knownAtMax(options.profile, now())
  const scanned = await scanAll(options, maxMs)
  const fromMs = Math.min(...scanned.map(({ scan }) => scan.minMs))
  const toMs = Math.max(...scanned.map(({ scan }) => scan.maxMs))
  const folder = await mkdtemp(join(tmpdir(), 'forewarn-import-'))
  try {
    if (Number.isFinite(fromMs)) {
      const writer = await openWriter(options, scanned, fromMs)
      const sources = await sortedSources(options, scanned, maxMs, folder, summary)
      await writeAll(options, writer, merge(sources), scanned, summary)
      await writer.end(toMs)
      summary.from = new Date(fromMs).toISOString()
      summary.to = new Date(toMs).toISOString()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return { ...summary, seconds: (now() - startedMs) / 1_000 }
}

function knownAtMax(profile: Profile, nowMs: number): number {
  const { knownAtMax: limit } = profile.file
  return limit === undefined ? nowMs + futureMsMax : Date.parse(limit)
}

async function scanAll(options: ImportOptions, maxMs: number): Promise<Scanned[]> {
  const { files, profile, field, onProgress } = options
  const scanned: Scanned[] = []
  for (const [argument, { topic, file: path }] of files.entries()) {
    onProgress?.({ doing: 'scan', done: argument, total: files.length })
    const file: ImportFile = { topic, file: path, argument }
    const scan = await scanFile(file, { profile, field }, { maxMs })
    if (scan.entries > 0 && scan.firstMs === undefined)
      throw new ForewarnError('FW_USAGE', [`No line of ${path} has a time in "${field}" that can be admitted.`])
    checkDense(options, scan.densest)
    scanned.push({ file, scan })
  }
  return scanned
}

function checkDense({ beatRecordsMax: max = beatRecordsMax }: ImportOptions, records: number): void {
  if (records > max) throw new ForewarnError('FW_IMPORT_DENSE', [max])
}

async function openWriter(options: ImportOptions, scanned: readonly Scanned[], fromMs: number): Promise<ImportWriter> {
  const { log, profile, resume = false, now = Date.now, markRecords } = options
  const state = await readCommands(log)
  checkProfile(state, profile)
  const name = await nameOf(options, scanned)
  const settings = { log, name, now, ...(markRecords === undefined ? {} : { markRecords }) }
  if (state.open !== undefined) {
    if (!resume || state.open.id !== ImportWriter.beginId(name)) throw new ForewarnError('FW_IMPORT_OPEN')
    return ImportWriter.resume(settings, state.open)
  }
  if (state.ended.has(ImportWriter.beginId(name))) {
    throw new ForewarnError('FW_USAGE', ['This import is in the log already, and complete.'])
  }
  await checkNotBehind(log, state, fromMs)
  return ImportWriter.begin(settings, fromMs)
}

/** A hash of the arguments and of how large the files are. */
async function nameOf({ field }: ImportOptions, scanned: readonly Scanned[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(field))
  for (const { file } of scanned) {
    const { size } = await stat(file.file).catch((error: unknown) => {
      throw new ForewarnError('FW_USAGE', [`${file.file} cannot be read: ${messageOf(error)}.`])
    })
    hash.update(JSON.stringify([file.topic, file.file, size]))
  }
  return hash.digest('hex').slice(0, 16)
}

async function sortedSources(
  options: ImportOptions,
  scanned: readonly Scanned[],
  maxMs: number,
  folder: string,
  summary: ImportSummary,
): Promise<SortedSource[]> {
  const { profile, field, sortChunkBytes } = options
  const sources: SortedSource[] = []
  for (const { file, scan } of scanned) {
    const refuseEntry = (entry: Entry): void => refuseTime(summary, file, entry)
    const batches = timedEntries(file, {
      profile,
      field,
      limits: { maxMs },
      firstMs: scan.firstMs,
      refuse: refuseEntry,
    })
    if (scan.sorted) sources.push({ file, batches })
    else {
      for (const run of await writeRuns(batches, folder, `${file.argument}`, sortChunkBytes))
        sources.push({ file, batches: readRun(run) })
    }
  }
  return sources
}

function refuseTime(summary: ImportSummary, { file }: ImportFile, { line, knownAtMs }: Entry): void {
  const detail = knownAtMs === undefined ? 'no readable time' : new Date(knownAtMs).toISOString()
  refuse({ accepted: 0, refused: summary.lines, counts: summary.refused }, { line, code: 'FW_KNOWN_AT', detail, file })
}

async function writeAll(
  options: ImportOptions,
  writer: ImportWriter,
  stretches: AsyncIterable<Stretch>,
  scanned: readonly Scanned[],
  summary: ImportSummary,
): Promise<void> {
  const admit = admitter(options.profile)
  const total = scanned.reduce((sum, { scan }) => sum + scan.entries, 0)
  const told: Answer = { accepted: 0, refused: summary.lines, counts: summary.refused }
  let done = 0
  let beat = { ms: Number.NEGATIVE_INFINITY, records: 0 }
  for await (const { file, entries } of stretches) {
    for (const entry of entries) {
      const { knownAtMs: timeMs, line } = entry
      if (timeMs === beat.ms) beat.records++
      else beat = { ms: timeMs, records: 1 }
      checkDense(options, beat.records)
      if (writer.due) {
        await writer.mark(timeMs - 1)
        options.onProgress?.({ doing: 'import', done, total })
      }
      done++
      const { record, refusal } = admit(file.topic, entry, file.file)
      if (refusal !== undefined) refuse(told, { line, code: refusal.refused, detail: refusal.detail, file: file.file })
      if (record === undefined) continue
      summary.records[file.topic]++
      if (!writer.add(file.topic, { ...record, timeMs })) summary.held++
    }
  }
}
