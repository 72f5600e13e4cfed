/** `forewarn evaluate`: how good a model is on rows that it has not learnt from, beside others. */
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { Evaluation } from '../../models/quality/evaluation.ts'
import type { Profile } from '../../streams/profile.ts'
import { type ModelFolder, readModelFolder } from '../edges/models.ts'
import { loadProfile } from '../edges/profiles.ts'
import { ForewarnError, messageOf } from '../errors.ts'
import { evaluateModels, type Judged, type JudgedModel } from '../training/evaluateModels.ts'
import { readRows } from '../training/readRows.ts'
import { reportHtml } from '../training/report/reportHtml.ts'
import { gapTicksOf } from '../training/split.ts'
import { nameOf } from '../words.ts'
import {
  addLogOptions,
  jsonText,
  type LogOptions,
  plainText,
  print,
  processScreen,
  remark,
  type Screen,
} from './common.ts'
import { evaluateShadow } from './evaluateShadow.ts'
import { tickOf } from './ticks.ts'
import { windowOf } from './train.ts'

const help = `
Rows that the model was trained on say nothing: the rows must be later than its training window, or --from must be.
The JSON holds the gates that \`forewarn promote --evaluation\` looks at.

Examples:
  $ forewarn evaluate model --rows rows --from 2025-10-01 --champion baseline --html report.html
  $ forewarn evaluate model --rows rows --from 2025-10-01 --champion baseline --out evaluation.json
  $ forewarn evaluate --shadow --log embedded:history --html shadow.html`

export type EvaluateCommandOptions = LogOptions & {
  rows?: string
  shadow?: boolean
  profile: string
  from?: string
  to?: string
  against?: string[]
  champion?: string
  html?: string
  out?: string
  json?: boolean
}

export function evaluateCommand(screen: Screen = processScreen): Command {
  const command = new Command('evaluate')
    .description('How good a model is on rows that it has not learnt from, beside others.')
    .argument('[model]', 'model folder, or the name of a built-in model')
    .option('--rows <dir>', 'folder of the rows')
    .option(
      '--shadow',
      'judge the challenger of a log beside its champion, on what has come since both score in it (--from: earlier)',
    )
    .option('--profile <name|dir>', 'profile of the rows', 'cn')
    .option('--from <date>', 'rows from this tick on')
    .option('--to <date>', 'rows up to this tick')
    .option('--against <model...>', 'other models, for comparison')
    .option('--champion <model>', 'the model in use: gates compare with it')
    .option('--html <file>', 'write one page that a person reads')
    .option('--out <file>', 'write the whole evaluation as JSON')
    .option('--json', 'print the whole evaluation as one JSON object')
    .addHelpText('after', help)
    .action(async (model: string | undefined, options: EvaluateCommandOptions) => {
      const profile = await loadProfile(options.profile)
      const judged =
        options.shadow === true
          ? await evaluateShadow(options, screen)
          : await evaluateFolder(model, profile, options, screen)
      if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(judged)}\n`)
      if (options.html !== undefined) await writeFile(options.html, pageOf(judged, profile))
      if (options.json === true) await print(screen, jsonText(judged))
      else for (const line of lines(judged)) await print(screen, plainText(line))
    })
  return addLogOptions(command)
}

/** @throws ForewarnError FW_USAGE when the rows reach into the model's training window, FW_ROWS_INVALID when they cannot be scored. */
export async function evaluateFolder(
  model: string | undefined,
  profile: Profile,
  options: Pick<EvaluateCommandOptions, 'rows' | 'from' | 'to' | 'against' | 'champion'>,
  screen: Screen,
): Promise<JudgedModel> {
  const { rows } = options
  if (model === undefined || rows === undefined)
    throw new ForewarnError('FW_USAGE', ['Name a model and --rows, or ask for --shadow.'])
  const candidate = await readModelFolder(model)
  const champion = options.champion === undefined ? [] : [options.champion]
  const others = await Promise.all([...champion, ...(options.against ?? [])].map(named))
  for (const { name, file } of [{ name: nameOfModel(model, candidate), file: candidate.file }, ...others])
    if (file.profile !== profile.file.name)
      throw new ForewarnError('FW_MODEL_MISFIT', [`${name} is for profile ${file.profile}, not ${profile.file.name}`])
  const asked = [candidate.file, ...others.map(({ file }) => file)].flatMap(({ features }) =>
    features.map(({ name }) => name),
  )
  const found = await readRows(rows, profile, () => [...new Set(asked)])
  const { data, dictionary } = windowOf(profile, found, options)
  checkLater(candidate, profile, data.ticks[0], screen)
  try {
    return evaluateModels({
      profile,
      data,
      peers: dictionary.peers,
      candidate: { name: nameOfModel(model, candidate), hash: candidate.hash, file: candidate.file },
      others,
      champion: options.champion === undefined ? undefined : others[0].name,
    })
  } catch (error) {
    throw new ForewarnError('FW_ROWS_INVALID', [rows, messageOf(error)])
  }
}

async function named(model: string): Promise<Judged> {
  const folder = await readModelFolder(model)
  return { name: nameOfModel(model, folder), hash: folder.hash, file: folder.file }
}

const nameOfModel = (given: string, { hash }: ModelFolder): string => `${given} (${hash.slice(0, 8)})`

/** Rows of the training window are refused; of rows so soon after it that its labels reach into them it is told. */
function checkLater({ file }: ModelFolder, profile: Profile, firstTick: number | undefined, screen: Screen): void {
  if (firstTick === undefined) throw new ForewarnError('FW_USAGE', ['There is no row in that window.'])
  const last = tickOf(profile, 'training.to', file.training.to)
  if (last === undefined || file.training.from === '') return
  if (firstTick <= last)
    throw new ForewarnError('FW_USAGE', [
      `The model was trained on rows up to ${file.training.to}; judge it on later ones (--from).`,
    ])
  const clearTick = last + 1 + gapTicksOf(profile)
  if (firstTick >= clearTick) return
  const clear = profile.calendar.label(clearTick)
  remark(
    screen,
    `Labels of the training rows reach into rows before ${clear}; with --from ${clear} nothing is judged that training has seen.`,
  )
}

/** The evaluation as one page, in the profile's language where there are words. */
export function pageOf(judged: JudgedModel, profile: Profile): string {
  const { language } = profile.file
  return reportHtml(judged, {
    title: judged.candidate.name,
    language,
    names: {
      grade: (code) => nameOf(profile.file.grades, code, language),
      region: (code) => withCode(nameOf(profile.regions.nodes, code, language), code),
      industry: (code) => withCode(nameOf(profile.industries.nodes, code, language), code),
    },
  })
}

/** Names alone are not unique: there is more than one Suburban District. */
const withCode = (name: string, code: string): string => (name === code ? code : `${name} (${code})`)

function* lines({ candidate, others, gates }: JudgedModel): Iterable<string> {
  const shown = [
    'auc',
    'gini',
    'ks',
    'averagePrecision',
    'brier',
    'calibrationError',
    'calibrationSlope',
    'firstHalf',
    'lift',
  ] as const
  yield `${''.padEnd(30)}${shown.map((name) => name.slice(0, 10).padStart(12)).join('')}`
  for (const one of [candidate, ...others.map((other) => other.model)])
    yield `${one.name.padEnd(30).slice(0, 30)}${shown.map((name) => figure(one.figures[name]).padStart(12)).join('')}`
  yield `${candidate.rows} rows, ${candidate.positives} positive, ${candidate.refused} refused`
  for (const gate of gates) yield gateLine(gate)
}

/** `gate scorePsi: passed (0.0400, limit 0.25)`. */
export function gateLine({ name, passed, value, limit, of }: JudgedModel['gates'][number]): string {
  const where = of === undefined ? '' : `, ${of}`
  return `gate ${name}: ${passed ? 'passed' : 'FAILED'} (${value?.toFixed(4) ?? 'unknown'}, limit ${limit}${where})`
}

const figure = (one: Evaluation['candidate']['figures']['auc']): string => one?.value.toFixed(4) ?? '-'
