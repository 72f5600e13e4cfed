/**
 * Imports history: files of all kinds at once, in the order (knownAt, kind, argument, line, position in the line),
 * with the times at which their source made the records known (docs/fold.md rule 3).
 *
 *   scan each file -> (sort it if it must be) -> merge -> admit -> write, with marks
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { admitter } from '../admit.ts'
import type { Entry } from '../files/entry.ts'
import { LeadingGaps } from '../files/leadingGaps.ts'
import { merge, type SortedSource, type Stretch } from '../files/merge.ts'
import { readRun, writeRuns } from '../files/sortRuns.ts'
import { timedEntries } from '../files/timed.ts'
import { type Answer, refuse } from '../intake.ts'
import { addUnknown, unknownAt } from '../unknownCodes.ts'
import type { ImportOptions, ImportSummary, Scanned } from './importOptions.ts'
import { checkDense, knownAtMax, openWriter, scanAll, stateFor } from './importPlan.ts'
import type { ImportWriter } from './importWriter.ts'

/**
 * @throws ForewarnError FW_USAGE (a file that cannot be read or has no times), FW_IMPORT_BEHIND, FW_IMPORT_OPEN, FW_IMPORT_OTHER,
 * FW_IMPORT_DENSE, FW_CONFIG_CHANGED, FW_LOG_FULL. What was written before stays, and `resume` goes on from there.
 */
export async function runImport(options: ImportOptions): Promise<ImportSummary> {
  const { now = Date.now } = options
  const startedMs = now()
  const summary: ImportSummary = {
    records: { enterprises: 0, 'credit-grades': 0, 'risk-events': 0 },
    accepted: 0,
    held: 0,
    refused: {},
    lines: [],
    leadingGaps: [],
    leftOut: 0,
    from: undefined,
    to: undefined,
    seconds: 0,
  }
  const maxMs = knownAtMax(options.profile, now())
  const state = await stateFor(options)
  const scanned = await scanAll(options, maxMs)
  summary.leftOut = scanned.reduce((sum, { scan }) => sum + scan.leftOut, 0)
  const fromMs = Math.min(...scanned.map(({ scan }) => scan.minMs))
  const toMs = Math.max(...scanned.map(({ scan }) => scan.maxMs))
  const folder = await mkdtemp(join(tmpdir(), 'forewarn-import-'))
  try {
    if (Number.isFinite(fromMs)) {
      const { writer, ordered } = await openWriter(options, state, scanned, fromMs)
      const sources = await sortedSources(options, ordered, maxMs, folder, summary)
      await writeAll(options, writer, merge(sources), ordered, summary)
      await writer.end(toMs)
      summary.from = new Date(fromMs).toISOString()
      summary.to = new Date(toMs).toISOString()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return { ...summary, seconds: (now() - startedMs) / 1_000 }
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
    const told: Answer = { accepted: 0, refused: summary.lines, counts: summary.refused }
    const refuseEntry = ({ line }: Entry, detail: string): void =>
      refuse(told, { line, code: 'FW_KNOWN_AT', detail, file: file.file })
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

async function writeAll(
  options: ImportOptions,
  writer: ImportWriter,
  stretches: AsyncIterable<Stretch>,
  scanned: readonly Scanned[],
  summary: ImportSummary,
): Promise<void> {
  const admit = admitter(options.profile)
  const gaps = new LeadingGaps(options.profile)
  summary.leadingGaps = gaps.found
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
      const { record, refusal, unknown, source } = admit(file.topic, entry, file.file)
      if (source !== undefined) gaps.add(source, timeMs)
      if (unknown.length > 0) addUnknown(summary, unknownAt(unknown, line, file.file))
      if (refusal === undefined) summary.accepted++
      else refuse(told, { line, code: refusal.refused, detail: refusal.detail, file: file.file })
      if (record === undefined) continue
      summary.records[file.topic]++
      if (!writer.add(file.topic, { ...record, timeMs })) summary.held++
    }
  }
}
