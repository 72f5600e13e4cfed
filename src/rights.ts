/**
 * Rights of files and folders. What names enterprises or holds a secret is its owner's alone, whatever the umask. On systems without
 * such rights (Windows) nothing is looked at.
 */
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, statSync } from 'node:fs'

const ownerOnly = 0o700
const othersReadOrWrite = 0o066

/** With those above it that are missing. One that is there stays as it is. */
export function makeClosedFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: ownerOnly })
}

/** An empty file where there is none; one that is there is closed, and never opened: this process may hold a lock on it (POSIX). */
export function makeClosedFile(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) closeSync(openSync(file, 'a', ownerOnly & 0o666))
  else closeToOthers(file)
}

/** Takes the rights of others from a file or folder, if it is this user's. A file system that keeps no rights is told by `doctor`. */
export function closeToOthers(place: string): void {
  const found = lstatSync(place, { throwIfNoEntry: false })
  if (found === undefined || found.isSymbolicLink() || found.uid !== process.getuid?.()) return
  if ((found.mode & 0o777 & ~ownerOnly) === 0) return
  try {
    chmodSync(place, found.mode & ownerOnly)
  } catch {
    // Whether the log can be used is seen when it is opened.
  }
}

/** Those that others may read or write. What cannot be looked at is left to whoever opens it. */
export function openToOthers(places: readonly string[]): string[] {
  if (process.getuid === undefined) return []
  return places.filter((place) => {
    try {
      const found = statSync(place)
      return (found.isFile() || found.isDirectory()) && (found.mode & othersReadOrWrite) !== 0
    } catch {
      return false
    }
  })
}
