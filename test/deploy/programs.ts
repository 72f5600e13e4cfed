/** Programs of others that are tried for real: where one is missing, its tests are skipped, and it is said why. */
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

/** True, or why it is not here; `.ci/run` asks for all of them with FOREWARN_REQUIRE_PROGRAMS, and then a missing one is a failure. */
export function program(name: string): true | string {
  if (pathOf(name) !== undefined) return true
  if (process.env.FOREWARN_REQUIRE_PROGRAMS === '1') throw new Error(`${name} is not installed`)
  return `${name} is not installed`
}

/** True when all of them are here. */
export function programs(...names: readonly string[]): true | string {
  const missing = names.map(program).filter((found) => found !== true)
  return missing.length === 0 ? true : missing.join(', ')
}

/** Where it lies; undefined: nowhere. */
export function pathOf(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return folders.map((folder) => path.join(folder, name)).find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What it said, on both its outputs. @throws Error with that when it ends with another code than 0. */
export async function output(name: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(name, args)
  return stdout + stderr
}
