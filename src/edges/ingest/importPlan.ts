/** Before the first record of an import is written: a look at each file, and at the log. */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { recordMappings } from '../../../streams/mapping.ts'
import type { Profile } from '../../../streams/profile.ts'
import { ForewarnError, messageOf } from '../../errors.ts'
import { beatRecordsMax, futureMsMax } from '../../limits.ts'
import type { ImportOptions, Scanned } from './importOptions.ts'
import { checkKeepsTimes, checkNotBehind, checkProfile, readCommands } from './importState.ts'
import { ImportWriter } from './importWriter.ts'
import { type FileScan, type ImportFile, scanFile } from './timed.ts'

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

export async function openWriter(
  options: ImportOptions,
  scanned: readonly Scanned[],
  fromMs: number,
): Promise<ImportWriter> {
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
  await checkKeepsTimes(log)
  await checkNotBehind(log, state, fromMs)
  return ImportWriter.begin(settings, fromMs)
}

/** A hash of the arguments and of how large the files are. */
async function nameOf({ field }: ImportOptions, scanned: readonly Scanned[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(field ?? null))
  for (const { file } of scanned) {
    const { size } = await stat(file.file).catch((error: unknown) => {
      throw new ForewarnError('FW_USAGE', [`${file.file} cannot be read: ${messageOf(error)}.`])
    })
    hash.update(JSON.stringify([file.mapping ?? file.topic, file.file, size]))
  }
  return hash.digest('hex').slice(0, 16)
}
