/** What a line of a file has to say, before anyone judges it. */
import { type Known, unsaid } from '../../../streams/mapRows.ts'
import { type Needed, neededColumns } from '../../../streams/neededColumns.ts'
import type { Profile } from '../../../streams/profile.ts'
import type { RecordTopic } from '../../../streams/topics.ts'
import { lineBytesMax } from '../../limits.ts'
import type { Refusal } from '../../records.ts'
import type { Line } from '../lines.ts'

/** When it became known is for imports; a line that is no record does not say it. */
export type Entry = Known & {
  line: number
  /** Its place among the records of its line. */
  position: number
  value: Buffer
  /** Why the line is no record, when that is clear already. */
  fault: Refusal | undefined
}

export type EntryOptions = {
  topic: RecordTopic
  /** The mapping of the profile that CSV is read by; absent: the one that has the name of the kind. */
  mapping?: string
  profile: Profile
  /** The field or column that says when a line became known; undefined for live records, and where the mapping says it. */
  field: string | undefined
  /** Nobody asks when a live record became known. */
  live?: boolean
  /** Is given the text, unpacked, piece by piece. */
  heard?: (piece: Buffer) => void
  /** Told of each row that gives no record by its mapping. */
  leftOut?: (line: number) => void
}

/** `name`: of the file, as it is told. */
export type NamedOptions = EntryOptions & { name: string }

/** Columns that the file must have, by the mapping that it is read by; undefined when the profile has none. */
export function neededOf({ topic, mapping = topic, profile, field, live = false }: EntryOptions): Needed[] | undefined {
  const { files } = profile.file
  if (!Object.hasOwn(files, mapping)) return undefined
  return neededColumns(files[mapping], topic, { field, live })
}

/** Turns lines into entries; may keep some until it has seen more. */
export interface LineReader {
  take(line: Line, into: Entry[]): void
  end(into: Entry[]): void
}

export const tooLong = (line: number): Entry => ({
  line,
  position: 0,
  value: Buffer.alloc(0),
  ...unsaid,
  fault: { refused: 'FW_RECORD_TOO_LARGE', detail: String(lineBytesMax) },
})
