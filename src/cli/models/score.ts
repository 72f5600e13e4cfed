/** `forewarn score`: the probabilities that a model gives to training rows, for whatever else is to be made of them. */
import path from 'node:path'
import { Command } from 'commander'
import { rowsFile } from '../../../streams/trainingRows.ts'
import { ForewarnError } from '../../errors.ts'
import { readModelFolder } from '../../settings/models.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { scoreRows } from '../../training/scoreRows.ts'
import { printResult, processScreen, type Screen } from '../common.ts'

const help = `
One row for each row of the folder, in its order: enterpriseId, tick, asOf, label, region, industry, grade, then eventId and eventDate where
the label is the result of an event, and probability: null where the model cannot score. The model's hash is in the metadata of the file.
Rows that the model has learnt from flatter it; \`forewarn evaluate\` looks to that, and this command does not.

Examples:
  $ forewarn score model --rows rows --out scores.parquet
  $ forewarn score baseline --rows rows --profile cn --out scores.parquet --json`

export type ScoreCommandOptions = { rows: string; profile: string; out: string; json?: boolean }

export function scoreCommand(screen: Screen = processScreen): Command {
  return new Command('score')
    .description('The probabilities that a model gives to training rows, as Parquet.')
    .argument('<model>', 'model folder, or the name of a built-in model')
    .requiredOption('--rows <dir>', 'folder of the rows')
    .option('--profile <name|dir>', 'profile of the rows', 'cn')
    .requiredOption('--out <file>', 'Parquet file to write')
    .option('--json', 'print one JSON object: {rows, refused, model, file}')
    .addHelpText('after', help)
    .action(async (model: string, options: ScoreCommandOptions) => score(screen, model, options))
}

async function score(
  screen: Screen,
  model: string,
  { rows, profile: name, out, json }: ScoreCommandOptions,
): Promise<void> {
  const profile = await loadProfile(name)
  const { hash, file } = await readModelFolder(model)
  if (file.profile !== profile.file.name)
    throw new ForewarnError('FW_MODEL_MISFIT', [`${model} is for profile ${file.profile}, not ${profile.file.name}`])
  if (path.resolve(out) === path.resolve(rows, rowsFile))
    throw new ForewarnError('FW_USAGE', ['--out is the file of the rows; name another one.'])
  const scored = await scoreRows(rows, profile, { hash, file }, out)
  await printResult(screen, { json }, { ...scored, model: hash, file: out }, () => [
    `${scored.rows} rows scored by ${hash.slice(0, 12)}, ${scored.refused} refused: ${out}`,
  ])
}
