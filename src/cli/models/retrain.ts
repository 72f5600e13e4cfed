/** `forewarn retrain`: extract, train, evaluate, gate, and publish as challenger, in one command that a timer can run. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command } from 'commander'
import type { Profile } from '../../../streams/profile.ts'
import { chosenFeatures } from '../../chosenFeatures.ts'
import { checkNewFolder, writeModelFolder } from '../../settings/modelFolders.ts'
import type { NamedModel } from '../../training/asOf.ts'
import { type ModelEvaluation, shareDefault } from '../../training/evaluateModels.ts'
import { readRows } from '../../training/readRows.ts'
import { wordsOf } from '../../training/report/words.ts'
import { latestFrom } from '../../training/split.ts'
import { fillIn } from '../../words.ts'
import { commandText } from '../commandText.ts'
import { addLogOptions, CommandFailed, printResult, processScreen, type Screen, shareOf, withLog } from '../common.ts'
import { testShareDefault } from './evaluate.ts'
import { gateLine, pageOf } from './evaluationText.ts'
import { extract } from './extract.ts'
import { columnsOf, judge } from './judge.ts'
import { publishFolder } from './models.ts'
import { change, userName } from './promote.ts'
import { championIn, type RegistryOptions, withRegistry } from './registry.ts'
import { addLearnerOptions, type LearnerOptions, train } from './train.ts'

const help = `
The new model learns from all rows whose outcome is known. Judged is its recipe, as fitted on the rows before the latest quarter
(--test-share), on that quarter, beside the champion of the log, whose recipe is fitted again likewise where it has seen them. When every
gate passes, the new model is published and challenges from the next tick on. Nothing is promoted without a person, unless
--promote-if-gates-pass is given.

Exit codes: 0 published, 3 a gate failed and nothing was published, 1 it could not be done, 2 wrong usage.

Example (crontab):
  15 3 * * 1  forewarn retrain --log embedded:/var/lib/forewarn --out "/var/lib/models/$(date +%F)" --json`

/** A gate failed: nothing is wrong, and nothing was published. */
const gateFailed = 3

type Options = RegistryOptions &
  LearnerOptions & {
    from?: string
    to?: string
    testShare: string
    out: string
    promoteIfGatesPass?: boolean
  }

export function retrainCommand(screen: Screen = processScreen): Command {
  const command = new Command('retrain')
    .description('Extract, train, evaluate, gate, and publish as challenger.')
    .option('--profile <name|dir>', 'profile of the log', 'cn')
  addLearnerOptions(command)
    .option('--from <date>', 'first tick of the rows; the first of the log')
    .option('--to <date>', 'last tick of the rows; the last whose outcomes are known')
    .option('--test-share <share>', 'latest share of the rows, which judges', String(testShareDefault))
    .requiredOption('--out <dir>', 'new folder for rows, model, evaluation.json and report.html')
    .option('--promote-if-gates-pass', 'promote it at the next tick, instead of letting it challenge')
    .option('--json', 'print one JSON object: {hash, gates, about, sameRecipe, passed, published, folder, notes}')
    .addHelpText('after', help)
    .action((options: Options) => retrain(screen, options))
  return addLogOptions(command)
}

async function retrain(screen: Screen, options: Options): Promise<void> {
  const testShare = shareOf('--test-share', options.testShare)
  await checkNewFolder(options.out)
  const { profile, beatMs, champion } = await championOf(options)
  const [folder, model] = ['rows', 'model'].map((name) => path.join(options.out, name))
  const learnt = chosenFeatures(profile, undefined)
  const features = [...new Set([...learnt, ...columnsOf(champion === undefined ? [] : [champion])])]
  await extractRows(screen, { profile, beatMs }, { ...options, features, out: folder })
  const rows = await readRows(folder, profile)
  const command = commandText('retrain', profile, options)
  const trained = await train(screen, profile, rows, { ...options, rows: folder, columns: learnt, command })
  const hash = await writeModelFolder(model, trained)
  const judged = await judge(
    {
      profile,
      rows,
      folder,
      fromTick: latestFrom(rows.data, testShare),
      candidate: { name: `new (${hash.slice(0, 8)})`, hash, file: trained.file },
      others: champion === undefined ? [] : [champion],
      champion: champion?.name,
      share: shareDefault,
    },
    screen,
  )
  await writeFile(path.join(options.out, 'evaluation.json'), `${JSON.stringify(judged)}\n`)
  await writeFile(path.join(options.out, 'report.html'), pageOf(judged, profile, Date.now()))
  const passed = judged.gates.every((gate) => gate.passed !== false)
  if (passed) await publish(screen, { folder: model, hash, judged }, options)
  const { gates, about, sameRecipe } = judged
  const { notes } = trained
  const result = { hash, gates, about, sameRecipe, passed, published: passed, folder: options.out, notes }
  await printResult(screen, options, result, () => linesOf(result))
  if (!passed) throw new CommandFailed(gateFailed)
}

/** Rows of the log, if what is learnt from them may be published to it: a right that is missing is told now, not after the training. */
async function extractRows(
  screen: Screen,
  of: { profile: Profile; beatMs: number },
  options: Options & { features: string[] },
): Promise<void> {
  await withLog(options, 'read', async (log) => {
    await log.checkAppend?.(['artifacts', 'commands'])
    await extract(log, of, options, screen)
  })
}

/** The profile of the log, and the champion of its last tick. */
async function championOf(
  options: Options,
): Promise<{ profile: Profile; beatMs: number; champion: NamedModel | undefined }> {
  return withRegistry(options, 'read', async (open) => {
    const { profile, registry } = open
    const { beatMs, throughBeat } = registry
    const found = championIn(open, profile.calendar.tickOf(throughBeat * beatMs))
    const champion = found && { ...found, name: `champion (${found.hash.slice(0, 8)})` }
    return { profile, beatMs, champion }
  })
}

type Published = { folder: string; hash: string; judged: ModelEvaluation }

async function publish(screen: Screen, { folder, hash, judged }: Published, options: Options): Promise<void> {
  const quiet = { ...screen, out: screen.err } // standard output is the result's
  await publishFolder(quiet, folder, { ...options, json: false })
  const { about: evaluation } = judged
  const gates = judged.gates.map(({ of: _, ...gate }) => gate)
  await change(quiet, { ...options, json: false, at: 'next', actor: userName() }, async (_, head) =>
    options.promoteIfGatesPass === true
      ? { ...head, kind: 'model.promote', hash, gates, evaluation }
      : { ...head, kind: 'model.challenge', hash },
  )
}

type Result = Pick<ModelEvaluation, 'gates' | 'about' | 'sameRecipe'> & {
  hash: string
  passed: boolean
  published: boolean
  folder: string
  notes: readonly string[]
}

function* linesOf(result: Result): Iterable<string> {
  for (const note of result.notes) yield `note: ${note}`
  for (const name of result.sameRecipe) yield fillIn(wordsOf('en').sameRecipe, { name })
  for (const { of: _, ...gate } of result.gates) yield gateLine(gate)
  const what = result.passed ? 'is published and sent' : 'is not published: a gate failed'
  yield `model ${result.hash.slice(0, 12)} ${what}; ${result.folder} has the report`
}
