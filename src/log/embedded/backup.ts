/** A copy of an embedded log as it is at one moment, by SQLite's own backup, also while a process writes it. */
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { ForewarnError } from '../../errors.ts'
import { makeClosedFile } from '../../rights.ts'
import { broken, openFault } from './faults.ts'
import { databaseFile, makeLogFolder } from './folder.ts'
import { columnsOf, textOf } from './rows.ts'

const pagesAtOnce = 1_024 // 4 MiB

/**
 * Copies the log in `folder` into `target`, which is made, and holds nothing before. The copy is looked through before it gets its name.
 * Returns its bytes. @throws ForewarnError FW_LOG_NOT_FOUND, FW_USAGE for a target that holds something, FW_LOG_FULL, FW_LOG_ACCESS.
 */
export async function backUp(folder: string, target: string, told: (share: number) => void): Promise<number> {
  if (statSync(databaseFile(folder), { throwIfNoEntry: false }) === undefined)
    throw new ForewarnError('FW_LOG_NOT_FOUND', [`embedded:${folder}`])
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory() && readdirSync(target).length > 0)
    throw new ForewarnError('FW_USAGE', [`${target} holds something already: back up into a folder of its own.`])
  try {
    makeLogFolder(target)
  } catch (error) {
    throw openFault(target, error)
  }
  const [unfinished, file] = [`${databaseFile(target)}-unfinished`, databaseFile(target)]
  try {
    makeClosedFile(unfinished)
    await copy(databaseFile(folder), unfinished, told)
    check(unfinished)
    renameSync(unfinished, file)
    return statSync(file).size
  } catch (error) {
    for (const one of [unfinished, file]) rmSync(one, { force: true })
    throw openFault(target, error)
  }
}

async function copy(from: string, to: string, told: (share: number) => void): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true })
  try {
    // A transaction that stays open: what others write meanwhile is not in the copy, and does not make it begin anew.
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
    const progress = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }): void =>
      told(1 - remainingPages / Math.max(1, totalPages))
    await backup(source, to, { rate: pagesAtOnce, progress })
  } finally {
    source.close()
  }
}

function check(file: string): void {
  const copy = new DatabaseSync(file)
  try {
    const statement = copy.prepare('PRAGMA quick_check(1)')
    statement.setReturnArrays(true)
    const said = textOf(columnsOf(statement.get())[0])
    if (said !== 'ok') throw broken(`the copy is damaged: ${said}`)
  } finally {
    copy.close()
  }
}
