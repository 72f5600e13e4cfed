/** `forewarn import`: a model that LightGBM has trained on extracted rows. */
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { Profile } from '../../../streams/profile.ts'
import { ForewarnError, messageOf } from '../../errors.ts'
import { fileFault } from '../../fileFaults.ts'
import { checkNewFolder, writeModelFolder } from '../../settings/modelFolders.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { type ImportOptions, importTrees } from '../../training/importTrees.ts'
import { importedTrees } from '../../training/learners.ts'
import { type RowsFolder, readRows } from '../../training/readRows.ts'
import { settingOf } from '../../training/recipeOf.ts'
import { latestFrom, within } from '../../training/split.ts'
import type { TrainedModel } from '../../training/trainModel.ts'
import { commandText } from '../commandText.ts'
import { metricsText, printResult, processScreen, type Screen } from '../common.ts'
import { windowOf } from './rowsWindow.ts'
import { commitHere } from './train.ts'

const help = `
The file is LightGBM's text (Booster.save_model), objective binary. Its features are columns of the rows. Nothing of it is fitted here: the
rows calibrate it, cut its bands, and are what drift is measured against. They should be rows that it was not trained on (--from), or it
is taken for better than it is. It scores as LightGBM does, and each score is explained (TreeSHAP).

Example:
  $ forewarn import model.txt --rows rows --from 2025-05-08 --to 2025-06-30 --out model`

type Options = { rows: string; profile: string; from?: string; to?: string; out: string; json?: boolean }

export function importCommand(screen: Screen = processScreen): Command {
  return new Command('import')
    .description('Take over a model that LightGBM has trained.')
    .argument('<file>', "LightGBM's model file")
    .requiredOption('--rows <dir>', 'folder of rows that calibrate it')
    .option('--profile <name|dir>', 'profile of the rows', 'cn')
    .option(
      '--from <date>',
      'rows from this tick on; without it, the latest of the rows (training.validationShare of the profile)',
    )
    .option('--to <date>', 'rows up to this tick')
    .requiredOption('--out <dir>', 'new folder for model.json and MODEL_CARD.md')
    .option('--json', 'print one JSON object: {hash, kind, folder, rows, positives, metrics}')
    .addHelpText('after', help)
    .action(async (from: string, options: Options) => {
      const profile = await loadProfile(options.profile)
      await checkNewFolder(options.out)
      const { names, partFor } = await read(from)
      const { dictionary, data } = calibrating(profile, await readRows(options.rows, profile, () => names), options)
      const command = commandText('import', profile, options)
      const imported = made({ profile, data, dictionary, partFor, command, gitCommit: commitHere() }, options.rows)
      const hash = await writeModelFolder(options.out, imported)
      const { metrics, rows, positives, ...range } = imported.file.training
      const said = { hash, kind: 'trees', folder: options.out, rows, positives, metrics }
      await printResult(screen, options, said, () => [
        `trees ${hash.slice(0, 12)} in ${options.out}: calibrated on ${rows} rows, ${positives} positive, ${range.from} to ${range.to}; ${metricsText(metrics)}`,
      ])
    })
}

/** The rows asked for; the latest of them, where it is not said from when on. */
function calibrating(profile: Profile, found: RowsFolder, options: Options): RowsFolder {
  const { dictionary, data } = windowOf(profile, found, options)
  if (options.from !== undefined) return { dictionary, data }
  const last = data.ticks[data.ticks.length - 1]
  return { dictionary, data: within(data, latestFrom(data, settingOf(profile).validationShare), last) }
}

/** @throws ForewarnError FW_ROWS_INVALID. */
function made(options: ImportOptions, rows: string): TrainedModel {
  try {
    return importTrees(options)
  } catch (error) {
    throw new ForewarnError('FW_ROWS_INVALID', [rows, messageOf(error)])
  }
}

async function read(file: string): Promise<ReturnType<typeof importedTrees>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ForewarnError('FW_USAGE', [`${file} cannot be read: ${fileFault(error)}.`], { cause: error })
  })
  try {
    return importedTrees(text)
  } catch (error) {
    throw new ForewarnError('FW_MODEL_INVALID', [file, messageOf(error)])
  }
}
