/** All dashboards, as the files that they are compiled to. */
import { earlyWarning } from './earlyWarning.ts'
import { model } from './model.ts'
import { stream } from './stream.ts'

export function dashboards(): { file: string; text: string }[] {
  const all = { 'early-warning': earlyWarning(), stream: stream(), model: model() }
  return Object.entries(all).map(([name, dashboard]) => ({
    file: `${name}.json`,
    text: `${JSON.stringify(dashboard, null, 2)}\n`,
  }))
}
