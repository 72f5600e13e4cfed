/** The folder of a log, and the files in it that are the log's. They belong to one user alone. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ForewarnError } from '../../errors.ts'
import { closeToOthers, makeClosedFile, makeClosedFolder, openToOthers } from '../../rights.ts'

const ownFiles = /^(forewarn\.sqlite|pages\.sqlite|writer\.(lock|json)|http\.token)/

export const databaseFile = (folder: string): string => join(folder, 'forewarn.sqlite')
export const lockFile = (folder: string): string => join(folder, 'writer.lock')
export const noteFile = (folder: string): string => join(folder, 'writer.json')

/**
 * Makes what is missing, and takes from others the rights that an older log gave them: whoever may read `writer.lock` can lock it, and
 * no writer would ever start. SQLite gives the files that it makes beside the database the rights of that. A folder in which there is
 * more than a log (a home, /tmp) stays as it is.
 */
export function makeLogFolder(folder: string): void {
  try {
    makeClosedFolder(folder)
  } catch (error) {
    if (!existsSync(folder) || statSync(folder).isDirectory()) throw error
    throw new ForewarnError('FW_USAGE', [`The log is a folder, and ${folder} is a file.`], { cause: error })
  }
  const own = ownPlaces(folder)
  if (own.length === readdirSync(folder).length) closeToOthers(folder)
  for (const place of own) closeToOthers(place)
  makeClosedFile(databaseFile(folder))
  makeClosedFile(lockFile(folder))
}

/** The folder, and what in it is the log's, where others may read or write it. */
export function openPlaces(folder: string): string[] {
  return openToOthers([folder, ...ownPlaces(folder)])
}

function ownPlaces(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => (ownFiles.test(name) ? [join(folder, name)] : []))
}
