/** `forewarn models`: the models that a log holds, and how one gets there. */
import { Command } from 'commander'
import { ForewarnError } from '../../errors.ts'
import { misfitOf } from '../../registry/modelFolder.ts'
import { checkSize } from '../../settings/modelFolders.ts'
import { readModelFolder } from '../../settings/models.ts'
import { diffModels } from '../../settings/registry/diffModels.ts'
import type { ListedModel, ModelState } from '../../settings/registry/listModels.ts'
import { addLogOptions, metricsText, plainText, printResult, processScreen, remark, type Screen } from '../common.ts'
import { modelBy, publish, type RegistryOptions, withRegistry } from './registry.ts'

const publishHelp = `
A model is its folder: model.json and MODEL_CARD.md. Its hash is its version. What was published stays in the log for ever;
publishing the same again does no harm.

Example:
  $ forewarn models publish ./trained/2026-11`

export function modelsCommand(screen: Screen = processScreen): Command {
  const list = new Command('list')
    .description('Every model of the log: what it is, what it was trained on, and what it does.')
    .action((options: RegistryOptions) =>
      withRegistry(options, 'read', async ({ models }) => {
        await printResult(screen, options, models.map(summary), () => models.map((model) => plainText(lineOf(model))))
        if (models.length === 0) remark(screen, 'The log holds no model, and its profile names none.')
      }),
    )
  const show = new Command('show')
    .description('One model: its card, and what it does.')
    .argument('<hash>', 'its hash, or the beginning of it')
    .action((text: string, options: RegistryOptions) =>
      withRegistry(options, 'read', async ({ models }) => {
        const model = modelBy(text, models)
        await printResult(screen, options, { ...summary(model), model: model.file, card: model.card }, () => [
          `${plainText(lineOf(model))}\n\n${cardOf(model)}`,
        ])
      }),
    )
  const diff = new Command('diff')
    .description('In what two models differ.')
    .argument('<a>', 'hash of one')
    .argument('<b>', 'hash of the other')
    .action((a: string, b: string, options: RegistryOptions) =>
      withRegistry(options, 'read', async ({ models }) => {
        const differences = diffModels(fileOf(modelBy(a, models)), fileOf(modelBy(b, models)))
        await printResult(screen, options, differences, () =>
          differences.map(({ path, a: left, b: right }) => plainText(`${path}: ${left ?? '-'} | ${right ?? '-'}`)),
        )
      }),
    )
  const publish = new Command('publish')
    .description('Put a model into the log, so that it can be promoted.')
    .argument('<folder>', 'folder of the model')
    .addHelpText('after', publishHelp)
    .action((folder: string, options: RegistryOptions) => publishFolder(screen, folder, options))
  const parent = new Command('models').description('Models of a log.')
  for (const child of [list, show, diff, publish])
    parent.addCommand(
      addLogOptions(
        child.option('--profile <name|dir>', 'profile of the log', 'cn').option('--json', 'print JSON for programs'),
      ),
    )
  return parent
}

/** Puts a model folder into the log, unless it is there. */
export async function publishFolder(screen: Screen, folder: string, options: RegistryOptions): Promise<void> {
  const { hash, files } = await readModelFolder(folder)
  checkSize(files)
  await withRegistry(options, 'change', async (open) => {
    const misfit = misfitOf(files, hash, open.profile)
    if (misfit !== undefined) throw new ForewarnError('FW_MODEL_MISFIT', [misfit])
    await publish(screen, open, { kind: 'model', hash, files }, options)
  })
}

const summary = ({ hash, baseline, knownAt, file, states }: ListedModel): object => ({
  hash,
  baseline,
  knownAt,
  kind: file?.kind,
  label: file?.label,
  // Of trees from elsewhere the rows that calibrated them are known, and not those that they learnt from.
  [file?.kind === 'trees' ? 'calibrated' : 'trained']:
    file === undefined ? undefined : { from: file.training.from, to: file.training.to, rows: file.training.rows },
  metrics: file?.training.metrics,
  states,
})

function lineOf({ hash, baseline, file, states }: ListedModel): string {
  const what = file === undefined ? '-' : `${file.kind}, ${file.label}`
  const how = file?.kind === 'trees' ? 'calibrated' : 'trained'
  const trained =
    file === undefined || file.training.from === '' ? '' : `, ${how} ${file.training.from} to ${file.training.to}`
  const metrics = metricsText(file?.training.metrics ?? {})
  const does = [...(baseline ? ['baseline'] : []), ...states.map(stateText)]
  return `${hash.slice(0, 12)}  ${does.join(', ') || '-'}  ${what}${trained}${metrics === '' ? '' : `; ${metrics}`}`
}

function stateText(one: ModelState): string {
  switch (one.state) {
    case 'champion':
    case 'was champion':
      return one.at === undefined ? one.state : `${one.state} from ${one.at}`
    case 'challenger':
      return one.state
    case 'pending':
      return `${one.as} at ${one.at}${one.accepted ? '' : ', not accepted yet'}`
    case 'misfit':
      return `does not fit: ${one.why ?? ''}`
    case 'incomplete':
    case 'mismatch':
      return one.state === 'incomplete' ? 'not whole' : 'spoilt: publish it again'
  }
}

/** A card is markdown: its lines stay, and nothing else in it reaches the terminal. */
function cardOf({ card }: ListedModel): string {
  return (card ?? '').split('\n').map(plainText).join('\n').trimEnd()
}

function fileOf({ hash, file }: ListedModel): NonNullable<ListedModel['file']> {
  if (file === undefined) throw new ForewarnError('FW_MODEL_INCOMPLETE', [hash])
  return file
}
