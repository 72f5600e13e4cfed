/** The records of decisions, by number, as their first lines say them. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { table } from './markdown.ts'

const folder = path.resolve(import.meta.dirname, '../../docs/decisions')

export function decisionList(): string {
  const rows = readdirSync(folder)
    .filter((file) => /^\d{4}-.*\.md$/.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8')
      const [, title, date] = /^# \d{4} (.+)\n\n(\d{4}-\d{2}-\d{2})\b/.exec(text) ?? []
      if (title === undefined) throw new Error(`${file} does not begin with its number, title and date`)
      return [`[${file.slice(0, 4)}](${file})`, title, date]
    })
  return table(['record', 'decision', 'date'], rows)
}
