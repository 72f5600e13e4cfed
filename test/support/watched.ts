/** A fold together with its notices and its fates, beat by beat. */

import type { FateRow } from '../../src/columns/fateRows.ts'
import type { Log } from '../../src/log/port.ts'
import type { Notice } from '../../src/notices.ts'
import { append, type FoldSetting, foldToEnd, memoryLog, type TestRecord } from './fold.ts'
import { fateRowsOf } from './parts.ts'
import { tinyModel } from './tinyModel.ts'
import { tinyProfile } from './tinyProfile.ts'

export async function foldWithNotices(
  records: readonly TestRecord[],
  setting: FoldSetting = { profile: tinyProfile, model: tinyModel(tinyProfile) },
): Promise<{ log: Log; notices: Notice[]; fates: FateRow[] }> {
  const log = await memoryLog(setting.partitions)
  await append(log, records)
  const notices: Notice[] = []
  await foldToEnd(log, setting, (notice) => notices.push(notice))
  const fates: (FateRow & { task: string })[] = []
  for await (const row of fateRowsOf(log)) fates.push(row)
  return {
    log,
    notices,
    fates: fates
      .filter(({ task }) => task !== 'watch')
      .concat(fates.filter(({ task }) => task === 'watch'))
      .sort((a, b) => a.beat - b.beat),
  }
}
