/** Before the first record of an import is written: a look at each file, and at the log. */
import { stat } from 'node:fs/promises'
import { recordMappings } from '../../../streams/mapping.ts'
import type { Profile } from '../../../streams/profile.ts'
import { ForewarnError } from '../../errors.ts'
import { type ImportSource, type ImportState, importOpen } from '../../fold/imports.ts'
import { beatRecordsMax, futureMsMax } from '../../limits.ts'
import { type FileScan, type ImportFile, scanFile } from '../files/timed.ts'
import type { ImportOptions, Scanned } from './importOptions.ts'
import { beginId, inOrderBegun } from './importSource.ts'
import { checkKeepsTimes, checkNotBehind, checkProfile, readCommands } from './importState.ts'
import { ImportWriter } from './importWriter.ts'

export function knownAtMax(profile: Profile, nowMs: number): number {
  const { knownAtMax: limit } = profile.file
  return limit === undefined ? nowMs + futureMsMax : Date.parse(limit)
}

export async function scanAll(options: ImportOptions, maxMs: number): Promise<Scanned[]> {
  const { files, profile, field, onProgress } = options
  const scanned: Scanned[] = []
  for (const [argument, one] of files.entries()) {
    onProgress?.({ doing: 'scan', done: argument, total: files.length })
    const file: ImportFile = { ...one, argument }
    if ((await stat(one.file).catch(() => undefined))?.isFile() === false)
      throw new ForewarnError('FW_USAGE', [`${one.file} is no file, and an import reads each file twice.`])
    const scan = await scanFile(file, { profile, field }, { maxMs })
    if (scan.entries > 0 && scan.firstMs === undefined)
      throw new ForewarnError('FW_USAGE', [noTimes(file, scan, options)])
    checkDense(options, scan.densest)
    scanned.push({ file, scan })
  }
  return scanned
}

function noTimes(
  { file, topic, mapping = topic }: ImportFile,
  { untimed }: FileScan,
  { field, profile }: ImportOptions,
): string {
  const { files } = profile.file
  const own = Object.hasOwn(files, mapping) ? recordMappings(files[mapping])[0].knownAt : undefined
  const column = own?.from ?? field
  return column === undefined
    ? `Nothing says when the lines of ${file} became known; give --known-at FIELD, or files.${mapping}.knownAt in the profile.`
    : `No line of ${file} has a time in "${column}" that can be admitted${untimed === undefined ? '' : `; line ${untimed.line}: ${untimed.why}`}.`
}

export function checkDense({ beatRecordsMax: max = beatRecordsMax }: ImportOptions, records: number): void {
  if (records > max) throw new ForewarnError('FW_IMPORT_DENSE', [max])
}

/** Before files are read, which may take long. @throws ForewarnError FW_CONFIG_CHANGED, FW_IMPORT_OPEN. */
export async function stateFor({ log, profile, resume = false }: ImportOptions): Promise<ImportState> {
  const state = await readCommands(log)
  checkProfile(state, profile)
  if (state.open !== undefined && !resume) throw importOpen(state.open.source)
  return state
}

/** A writer for the files in the order in which the import was begun. @throws ForewarnError as `runImport`. */
export async function openWriter(
  options: ImportOptions,
  state: ImportState,
  scanned: readonly Scanned[],
  fromMs: number,
): Promise<{ writer: ImportWriter; ordered: readonly Scanned[] }> {
  const { log, now = Date.now, markRecords } = options
  const { open } = state
  const ordered = open === undefined ? scanned : inOrderBegun(open, sourceWith(options, scanned), scanned)
  const source = sourceWith(options, ordered)
  const settings = { log, id: beginId(source), source, now, ...(markRecords === undefined ? {} : { markRecords }) }
  if (open !== undefined) return { writer: await ImportWriter.resume(settings, open), ordered }
  if (state.ended.has(settings.id))
    throw new ForewarnError('FW_USAGE', ['This import is in the log already, and complete.'])
  await checkKeepsTimes(log)
  await checkNotBehind(log, state, fromMs)
  return { writer: await ImportWriter.begin(settings, fromMs), ordered }
}

function sourceWith({ field, profile }: ImportOptions, scanned: readonly Scanned[]): ImportSource {
  const files = scanned.map(({ file: { topic, mapping = topic, file }, scan: { bytes, hash } }) => ({
    kind: mapping,
    file,
    bytes,
    hash,
  }))
  return { field: field ?? null, profile: profile.hash, files }
}
