/** `forewarn backup DIR`: a copy of an embedded log, also while it is written. */
import path from 'node:path'
import { Command } from 'commander'
import { ForewarnError } from '../../errors.ts'
import { greatestFolded } from '../../fold/progress.ts'
import { readCommands } from '../../ingest/imports/importState.ts'
import { backUp } from '../../log/embedded/backup.ts'
import {
  addLogOptions,
  type LogOptions,
  logPlace,
  printResult,
  processScreen,
  progressBar,
  type Screen,
  withLog,
} from '../common.ts'

type Options = LogOptions & { json?: boolean }

const help = `
The copy is the log at one moment: outputs, journal and checkpoints agree. A process may write the log meanwhile. To restore, put the folder in
the place of the log, or run on it as it is: forewarn run --log embedded:DIR. The token of HTTP and the tables of pages are not in it: both
are made anew. A log in Kafka is copied with Kafka's tools.

Example:
  $ forewarn backup /backup/2026-11-30 --log embedded:data`

export function backupCommand(screen: Screen = processScreen): Command {
  const command = new Command('backup')
    .description('Copy an embedded log into a folder, also while it is written.')
    .argument('<dir>', 'a folder that is made, or empty')
    .option('--json', 'print one JSON object: {folder, bytes, foldedThrough}')
    .addHelpText('after', help)
    .action(async (folder: string, options: Options) => {
      const place = logPlace(options.log)
      if (place.kind !== 'embedded')
        throw new ForewarnError('FW_USAGE', [
          `--log must be embedded:DIR here; ${options.log} is copied with Kafka's tools.`,
        ])
      const bar = progressBar(screen)
      const bytes = await backUp(place.folder, folder, (share) => bar.update(share, 1, 'copying')).finally(() =>
        bar.stop(),
      )
      const result = { folder: path.resolve(folder), bytes, foldedThrough: await foldedThrough(folder, options) }
      await printResult(screen, options, result, () => [
        `${bytes} bytes, ${result.foldedThrough === null ? 'nothing folded' : `folded through ${result.foldedThrough}`}: ${result.folder}`,
      ])
    })
  return addLogOptions(command)
}

/** Of the copy, which this opens as any reader would. */
function foldedThrough(folder: string, options: LogOptions): Promise<string | null> {
  return withLog({ ...options, log: `embedded:${folder}` }, 'read', async (log) => {
    const { activation } = await readCommands(log)
    const beat = activation && (await greatestFolded(log))
    return activation === undefined || beat === undefined
      ? null
      : new Date((beat + 1) * activation.beatMs).toISOString()
  })
}
