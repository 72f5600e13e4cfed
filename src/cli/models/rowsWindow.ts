/** The rows of a window, as commands ask for it. */
import type { Dataset } from '../../../models/learn/dataset.ts'
import type { Profile } from '../../../streams/profile.ts'
import { ForewarnError } from '../../errors.ts'
import type { RowsFolder } from '../../training/readRows.ts'
import { within } from '../../training/split.ts'
import { tickOf } from '../log/ticks.ts'

type Window = { from?: string | undefined; to?: string | undefined }

/** Rows from `--from` to `--to`. @throws ForewarnError FW_USAGE when there is none. */
export function windowOf(profile: Profile, { dictionary, data }: RowsFolder, window: Window): RowsFolder {
  const from = tickOf(profile, '--from', window.from) ?? data.ticks[0]
  const to = tickOf(profile, '--to', window.to) ?? data.ticks[data.ticks.length - 1]
  const rows = within(data, from, to)
  if (rows.labels.length === 0) throw noRow(profile, data, { from, to })
  return { dictionary, data: rows }
}

function noRow({ calendar }: Profile, { ticks }: Dataset, { from, to }: { from: number; to: number }): ForewarnError {
  const [first, last] = [ticks[0], ticks[ticks.length - 1]].map(calendar.label)
  return new ForewarnError('FW_USAGE', [
    `There is no row from ${calendar.label(from)} to ${calendar.label(to)}: the rows are of ${first} to ${last}.`,
  ])
}
