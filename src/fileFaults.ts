/** Why a file or folder cannot be used, in words. */
import { messageOf } from './errors.ts'

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of its path is a file',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of that name is there',
  EACCES: 'this user has no rights to it',
}

/** Of an error that is none of these what it says. */
export function fileFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return words[code] ?? messageOf(error)
}
