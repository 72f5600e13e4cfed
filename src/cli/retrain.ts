/** `forewarn retrain`: extract, train, evaluate, gate, and publish as challenger, in one command that a timer can run. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command } from 'commander'
import { withColumns } from '../../models/learn/dataset.ts'
import type { Profile } from '../../streams/profile.ts'
import { checkNewFolder, writeModelFolder } from '../edges/modelFolders.ts'
import { loadProfile } from '../edges/profiles.ts'
import { ForewarnError } from '../errors.ts'
import { evaluateModels, type Judged, type JudgedModel } from '../training/evaluateModels.ts'
import { chosenFeatures } from '../training/extract/chosenFeatures.ts'
import { readRows } from '../training/readRows.ts'
import { gapTicksOf, within } from '../training/split.ts'
import { commandText } from './commandText.ts'
import { addLogOptions, CommandFailed, jsonText, openLogOption, print, processScreen, type Screen } from './common.ts'
import { gateLine, pageOf } from './evaluate.ts'
import { extract } from './extract.ts'
import { publishFolder } from './models.ts'
import { change, userName } from './promote.ts'
import { championIn, type RegistryOptions, withRegistry } from './registry.ts'
import { addLearnerOptions, type LearnerOptions, learnerOf, train } from './train.ts'

const help = `
The earlier rows train, the latest quarter (--test-share) judges: the new model beside the champion of the log. Passes every gate, and it is
published and challenges from the next tick on. Nothing is promoted without a person, unless --promote-if-gates-pass is given.

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
    .option('--test-share <share>', 'latest share of the rows, which judges', '0.25')
    .requiredOption('--out <dir>', 'new folder for rows, model, evaluation.json and report.html')
    .option('--promote-if-gates-pass', 'promote it at the next tick, instead of letting it challenge')
    .option('--json', 'print one JSON object: {hash, gates, passed, published, folder}')
    .addHelpText('after', help)
    .action((options: Options) => retrain(screen, options))
  return addLogOptions(command)
}

async function retrain(screen: Screen, options: Options): Promise<void> {
  await checkNewFolder(options.out)
  const profile = await loadProfile(options.profile)
  const champion = await championOf(options)
  const [rows, model] = ['rows', 'model'].map((name) => path.join(options.out, name))
  const learnt = chosenFeatures(profile, undefined)
  const features = [...new Set([...learnt, ...(champion?.file.features.map(({ name }) => name) ?? [])])]
  await extractRows(screen, profile, { ...options, features, out: rows })
  const { dictionary, data } = await readRows(rows, profile)
  const testFrom = data.ticks[Math.floor(data.ticks.length * (1 - shareOf(options.testShare)))]
  const early = within(data, data.ticks[0], testFrom - 1 - gapTicksOf(profile))
  const learner = learnerOf(options, screen, () => {})
  const command = commandText('retrain', profile, options)
  const trained = await train(profile, { dictionary, data: withColumns(early, learnt) }, learner, {
    rows,
    seed: options.seed,
    command,
  })
  const hash = await writeModelFolder(model, trained)
  const judged = evaluateModels({
    profile,
    peers: dictionary.peers,
    data: within(data, testFrom, data.ticks[data.ticks.length - 1]),
    candidate: { name: `new (${hash.slice(0, 8)})`, hash, file: trained.file },
    others: champion === undefined ? [] : [champion],
    champion: champion?.name,
  })
  await writeFile(path.join(options.out, 'evaluation.json'), `${JSON.stringify(judged)}\n`)
  await writeFile(path.join(options.out, 'report.html'), pageOf(judged, profile))
  const passed = judged.gates.every((gate) => gate.passed !== false)
  if (passed) await publish(screen, { folder: model, hash, judged }, options)
  await tell(screen, { hash, gates: judged.gates, passed, published: passed, folder: options.out }, options)
  if (!passed) throw new CommandFailed(gateFailed)
}

/** Rows of the log, if what is learnt from them may be published to it: a right that is missing is told now, not after the training. */
async function extractRows(screen: Screen, profile: Profile, options: Options & { features: string[] }): Promise<void> {
  const log = await openLogOption(options, 'read')
  try {
    await log.checkAppend?.(['artifacts', 'commands'])
    await extract(log, profile, options, screen)
  } finally {
    await log.close()
  }
}

/** The champion of the log's last tick. */
async function championOf(options: Options): Promise<Judged | undefined> {
  return withRegistry(options, 'read', async (open) => {
    const { beatMs, throughBeat } = open.registry
    const found = championIn(open, open.profile.calendar.tickOf(throughBeat * beatMs))
    return found === undefined ? undefined : { name: `champion (${found.hash.slice(0, 8)})`, ...found }
  })
}

type Published = { folder: string; hash: string; judged: JudgedModel }

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

/** @throws ForewarnError FW_USAGE. */
function shareOf(text: string): number {
  const share = Number(text)
  if (share > 0 && share < 1) return share
  throw new ForewarnError('FW_USAGE', [`--test-share must lie between 0 and 1; not ${text}.`])
}

type Result = Pick<JudgedModel, 'gates'> & { hash: string; passed: boolean; published: boolean; folder: string }

async function tell(screen: Screen, result: Result, { json }: Options): Promise<void> {
  if (json === true) {
    await print(screen, jsonText(result))
    return
  }
  for (const { of: _, ...gate } of result.gates) await print(screen, gateLine(gate))
  const what = result.passed ? 'is published and sent' : 'is not published: a gate failed'
  await print(screen, `model ${result.hash.slice(0, 12)} ${what}; ${result.folder} has the report`)
}
