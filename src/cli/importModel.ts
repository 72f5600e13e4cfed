/** `forewarn import`: a model that LightGBM has trained on extracted rows. */
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { checkNewFolder, writeModelFolder } from '../edges/modelFolders.ts'
import { loadProfile } from '../edges/profiles.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { importedTrees } from '../training/learners.ts'
import { readRows } from '../training/readRows.ts'
import { commandText } from './commandText.ts'
import { jsonText, metricsText, print, processScreen, type Screen } from './common.ts'
import { train, windowOf } from './train.ts'

const help = `
The file is LightGBM's text (Booster.save_model), objective binary. Its features are columns of the rows. Only the latest of the given
rows are needed: they calibrate it and cut the bands. It scores as LightGBM does, and each score is explained (TreeSHAP).

Example:
  $ forewarn import model.txt --rows rows --out model`

type Options = { rows: string; profile: string; from?: string; to?: string; out: string; json?: boolean }

export function importCommand(screen: Screen = processScreen): Command {
  return new Command('import')
    .description('Take over a model that LightGBM has trained.')
    .argument('<file>', "LightGBM's model file")
    .requiredOption('--rows <dir>', 'folder of rows that it was trained on, or of later ones')
    .option('--profile <name|dir>', 'profile of the rows', 'cn')
    .option('--from <date>', 'rows from this tick on')
    .option('--to <date>', 'rows up to this tick')
    .requiredOption('--out <dir>', 'new folder for model.json and MODEL_CARD.md')
    .option('--json', 'print one JSON object: {hash, kind, folder, trees, metrics}')
    .addHelpText('after', help)
    .action(async (from: string, options: Options) => {
      const profile = await loadProfile(options.profile)
      await checkNewFolder(options.out)
      const { names, learner } = await read(from)
      const rows = await readRows(options.rows, profile, () => names)
      const trained = await train(profile, windowOf(profile, rows, options), learner, {
        rows: options.rows,
        seed: '0',
        command: commandText('import', profile, options),
      })
      const hash = await writeModelFolder(options.out, trained)
      const { metrics } = trained.file.training
      const said = { hash, kind: 'trees', folder: options.out, metrics }
      if (options.json === true) await print(screen, jsonText(said))
      else await print(screen, `trees ${hash.slice(0, 12)} in ${options.out}; ${metricsText(metrics)}`)
    })
}

async function read(file: string): Promise<ReturnType<typeof importedTrees>> {
  try {
    return importedTrees(await readFile(file, 'utf8'))
  } catch (error) {
    throw new ForewarnError('FW_MODEL_INVALID', [file, messageOf(error)])
  }
}
