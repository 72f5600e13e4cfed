/** What an import is told, and what it tells. */
import type { Profile } from '../../../streams/profile.ts'
import type { RecordTopic } from '../../../streams/topics.ts'
import type { Log } from '../../log/port.ts'
import type { LeadingGap } from '../files/leadingGaps.ts'
import type { FileScan, ImportFile } from '../files/timed.ts'
import type { Answer } from '../intake.ts'
import type { UnknownCodes } from '../unknownCodes.ts'

export type ImportOptions = {
  log: Log
  profile: Profile
  /** Field or column that says when a line became known; a mapping that says it itself goes before. */
  field: string | undefined
  files: readonly Omit<ImportFile, 'argument'>[]
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
  /** Of them, those that are good. */
  accepted: number
  /** Of them, those that an earlier run had written. */
  held: number
  /** Lines that are bad, by code: FW_KNOWN_AT and lines too large are not in the log, the others will be dead letters. */
  refused: Answer['counts']
  /** The first of them. */
  lines: Answer['refused']
  /** As in `Answer`. */
  unknown?: UnknownCodes | undefined
  /** A few records of a source long before the rest. */
  leadingGaps: readonly LeadingGap[]
  /** Rows that give no record by their mapping: no `when` of it holds. */
  leftOut: number
  /** First and last time, ISO 8601; undefined when there was nothing to import. */
  from: string | undefined
  to: string | undefined
  seconds: number
}

/** A file with what the first look at it found. */
export type Scanned = { file: ImportFile; scan: FileScan }
