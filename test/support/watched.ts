/** A fold together with its notices and its fates, beat by beat. */

import type { Log } from '../../src/log/port.ts'
import type { Notice } from '../../src/notices.ts'
import { FateColumns } from '../../streams/outputs.ts'
import { append, type FoldSetting, foldToEnd, memoryLog, type TestRecord } from './fold.ts'
import { all } from './readFold.ts'
import { tinyModel } from './tinyModel.ts'
import { tinyProfile } from './tinyProfile.ts'

export async function foldWithNotices(
  records: readonly TestRecord[],
  setting: FoldSetting = { profile: tinyProfile, model: tinyModel(tinyProfile) },
): Promise<{ log: Log; notices: Notice[]; fates: FateColumns[] }> {
  const log = await memoryLog(setting.partitions)
  await append(log, records)
  const notices: Notice[] = []
  await foldToEnd(log, setting, (notice) => notices.push(notice))
  const fates: FateColumns[] = []
  for await (const columns of all(log, 'fates', FateColumns.parse)) fates.push(columns)
  return {
    log,
    notices,
    fates: fates
      .filter(({ task }) => task !== 'watch')
      .concat(fates.filter(({ task }) => task === 'watch'))
      .sort((a, b) => a.beat - b.beat),
  }
}
