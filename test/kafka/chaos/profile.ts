/** A profile folder whose ticks are hours, with the next one soon: so that ticks close while processes die. */
import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { projectFolder } from '../../e2e/forewarn.ts'

/** Copies `cn` into a folder; the first tick ends within two to three minutes of `nowMs`. */
export async function hourlyProfile(folder: string, nowMs: number): Promise<string> {
  await cp(path.join(projectFolder, 'streams/profiles/cn'), folder, { recursive: true })
  const file = path.join(folder, 'profile.yaml')
  const minute = Math.floor(nowMs / 60_000) % 60
  const offset = 60 - ((minute + firstTickMinutes) % 60)
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/^tick: .*$/m, `tick: { unit: hour, utcOffsetMinutes: ${offset} }`))
  return folder
}

const firstTickMinutes = 2
