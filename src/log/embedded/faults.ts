/** What SQLite and the file system report, in the words of the error registry. */
import { ForewarnError, messageOf } from '../../errors.ts'

/** Primary result codes of SQLite (sqlite.org/rescode.html); extended codes keep them in the low byte. */
const sqliteCodes = { busy: 5, readOnly: 8, ioError: 10, full: 13, cannotOpen: 14, notADatabase: 26 } as const
type Fault = keyof typeof sqliteCodes

/** True when SQLite threw `error` for the reason named. */
export function isFault(error: unknown, fault: Fault): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  return typeof error.errcode === 'number' && (error.errcode & 0xff) === sqliteCodes[fault]
}

function isOutOfSpace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** The error of a failed write: FW_LOG_FULL when the disk took it no more, else what was thrown. */
export function writeFault(error: unknown): unknown {
  return writeFaultOnly(error) ?? error
}

function writeFaultOnly(error: unknown): ForewarnError | undefined {
  // Some file systems report a full disk as an I/O error, and either way nothing was written.
  const refused = isFault(error, 'full') || isFault(error, 'ioError') || isOutOfSpace(error)
  return refused ? new ForewarnError('FW_LOG_FULL', [messageOf(error)], { cause: error }) : undefined
}

/** The error of a log that could not be opened: what the file system or SQLite refuses is said with its place. */
export function openFault(path: string, error: unknown): unknown {
  if (error instanceof ForewarnError) return error
  const fault = writeFaultOnly(error)
  if (fault !== undefined) return fault
  return isOfSystem(error) ? new ForewarnError('FW_LOG_ACCESS', [path, messageOf(error)], { cause: error }) : error
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && ('errcode' in error || ('syscall' in error && 'code' in error))
}

/** A state that only a bug or a file changed by hand can bring about. */
export function broken(what: string): ForewarnError {
  return new ForewarnError('FW_INTERNAL', [what])
}
