/** What the machine refuses, in the words of the error registry. */
import { ForewarnError, messageOf } from '../errors.ts'
import { fileFault } from '../fileFaults.ts'

/** An error of the file system, of SQLite in the middle of a log, or of ours, with its code. Whatever else is thrown is a bug. */
export function codedFault(error: unknown): ForewarnError {
  if (error instanceof ForewarnError) return error
  const options = { cause: error }
  if (error instanceof Error && 'errcode' in error)
    return new ForewarnError('FW_LOG_ACCESS', ['--log', messageOf(error)], options)
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    const place = 'path' in error && typeof error.path === 'string' ? error.path : String(error.syscall)
    return new ForewarnError('FW_FILE_ACCESS', [place, fileFault(error)], options)
  }
  return new ForewarnError('FW_INTERNAL', [messageOf(error)], options)
}
