/** `forewarn prune`: takes old records out of a log, as far as nothing needs them. */
import { Command } from 'commander'
import { buildModel } from '../../../models/risk/buildModel.ts'
import type { Profile } from '../../../streams/profile.ts'
import { ForewarnError } from '../../errors.ts'
import { dayMs } from '../../limits.ts'
import { readWriter } from '../../log/embedded/writerLock.ts'
import type { Log } from '../../log/port.ts'
import { archiveReach } from '../../space/archiveReach.ts'
import { needsOf } from '../../space/needs.ts'
import { type Keep, type PrunableTopic, type Pruned, prunableTopics, prune, prunePlan } from '../../space/prune.ts'
import { tasksAtRest } from '../../space/tasksAtRest.ts'
import { replayReach } from '../../training/extract/reach.ts'
import { addLogOptions, logPlace, printResult, processScreen, progressBar, remark, type Screen } from '../common.ts'
import { modelFileOf, type OpenRegistry, type RegistryOptions, withRegistry } from '../models/registry.ts'

type Options = RegistryOptions & { keep: string; yes?: boolean }

const daysOfUnit = { d: 1, y: 365.25 } as const

const help = `
A log grows for ever unless it is pruned. Ages count from what is folded. What may go: ${prunableTopics.join(', ')}.
What a restart needs stays whatever is asked (both checkpoints of each task, and all after them), and the archive keeps the last full state from
which warnings are judged again. Enterprises, credit grades, commands, artefacts, the journal, warnings and notices never go by age.
Features look five years back: with risk-events=6y the last year can be explained and learnt from.

Without --yes it only says what would go. An embedded log must be at rest, and its file shrinks; on Kafka records are deleted while others
write and read.

Examples:
  $ forewarn prune --log embedded:data --keep ticks=6y,contributions=400d,scores=400d,fates=400d,risk-events=6y
  $ forewarn prune --log kafka://broker:9092 --keep fates=400d,cell-parts=30d --yes`

export function pruneCommand(screen: Screen = processScreen): Command {
  const command = new Command('prune')
    .description('Take old records out of a log, as far as nothing needs them.')
    .requiredOption('--keep <topic=age,...>', 'how long records of which topics are kept: days (400d) or years (6y)')
    .option('--profile <name|dir>', 'profile of the log', 'cn')
    .option('--yes', 'do it; otherwise only say what would go')
    .option('--json', 'print one JSON object: {pruned, knownThrough, topics: [...], reach: {explain, verify}, bytes}')
    .addHelpText('after', help)
    .action((options: Options) => pruneLog(screen, options))
  return addLogOptions(command)
}

async function pruneLog(screen: Screen, options: Options): Promise<void> {
  const keep = keepOf(options.keep)
  if (options.yes === true) checkAtRest(options.log)
  await withRegistry(options, options.yes === true ? 'change' : 'read', async (open) => {
    const { log, profile } = open
    const needs = await needsOf(log, await atRest(open), Date.now)
    const plan = await prunePlan(keep, { log, profile, needs })
    const bytesBefore = log.space?.()?.usedBytes
    const reach = await reachAfter(log, profile, plan)
    if (options.yes === true) await doIt(screen, log, plan)
    const bytes = options.yes === true ? { before: bytesBefore, after: log.space?.()?.usedBytes } : {}
    const result = {
      pruned: options.yes === true,
      knownThrough: isoOf(needs.knownMs),
      topics: plan.map(told),
      reach,
      bytes,
    }
    await printResult(screen, options, result, () => linesOf(result))
    if (options.yes !== true) remark(screen, 'Nothing was taken away: repeat it with --yes.')
  })
}

/** @throws ForewarnError FW_LOG_HELD: the process that writes an embedded log would not see what goes. */
function checkAtRest(log: string): void {
  const place = logPlace(log)
  if (place.kind !== 'embedded') return
  const writer = readWriter(place.folder)
  if (writer.live) throw new ForewarnError('FW_LOG_HELD', [log, writer.note?.pid ?? '(unknown)'])
}

async function atRest({ log, registry, models }: OpenRegistry) {
  const { modelRegistry } = registry
  const { baseline } = modelRegistry
  const model = baseline === null ? null : buildModel(modelFileOf(models, baseline), baseline)
  const found = await tasksAtRest(log, { profile: modelRegistry.profiles[0].profile, model })
  if (found === undefined) throw new ForewarnError('FW_NOT_FOLDED', [log.name, 'nothing was folded from it'])
  return found
}

async function doIt(screen: Screen, log: Log, plan: readonly Pruned[]): Promise<void> {
  const bar = progressBar(screen)
  const total = plan.reduce((sum, { start, before }) => sum + before - start, 0)
  let done = 0
  try {
    await prune(log, plan, (records) => {
      done += records
      bar.update(done, total, 'taking records away')
    })
  } finally {
    bar.stop()
  }
  await log.shrink?.().catch((error: unknown) => {
    if (!(error instanceof ForewarnError) || error.code !== 'FW_LOG_FULL') throw error
    remark(screen, 'The disk has too little room to write the file anew: it stays as large, and new records fill it.')
  })
}

/** Labels of the ticks from which on `explain --at` and `extract`, and `verify`, answer then; null: from the first. */
async function reachAfter(
  log: Log,
  { calendar }: Profile,
  plan: readonly Pruned[],
): Promise<{ explain: string | null; verify: string | null }> {
  const events = plan.flatMap(({ topic, partition, before }): [number, number][] =>
    topic === 'risk-events' ? [[partition, before]] : [],
  )
  const explain = await replayReach(log, { calendar }, new Map(events))
  const verify = await archiveReach(log, plan.find(({ topic }) => topic === 'ticks')?.before)
  const label = (tick: number | undefined): string | null => (tick === undefined ? null : calendar.label(tick))
  return { explain: label(explain), verify: label(verify) }
}

function told({ topic, partition, start, before, end, held }: Pruned) {
  return { topic, partition, records: before - start, of: end - start, ...(held === undefined ? {} : { held }) }
}

type Result = {
  pruned: boolean
  knownThrough: string
  topics: ReturnType<typeof told>[]
  reach: { explain: string | null; verify: string | null }
  bytes: { before?: number | undefined; after?: number | undefined }
}

function* linesOf({ pruned, knownThrough, topics, reach, bytes }: Result): Iterable<string> {
  yield `Ages count from ${knownThrough}.`
  for (const { topic, partition, records, of, held } of topics)
    yield `${`${topic}#${partition}`.padEnd(22)} ${records} of ${of} records ${pruned ? 'went' : 'would go'}${held === undefined ? '' : `; ${held}`}`
  yield `explain --at and extract answer from ${reach.explain ?? 'the first tick'} on, verify from ${reach.verify ?? 'the first tick'} on.`
  if (bytes.before !== undefined && bytes.after !== undefined)
    yield `The log took ${bytes.before} bytes, and takes ${bytes.after}.`
}

const isoOf = (ms: number): string => new Date(ms).toISOString()

/** @throws ForewarnError FW_USAGE. */
function keepOf(text: string): Keep {
  const keep = new Map<PrunableTopic, number>()
  for (const one of text.split(',')) {
    const [, name, count, unit] = /^([a-z-]+)=(\d{1,5})([dy])$/.exec(one.trim()) ?? []
    const topic = prunableTopics.find((topic) => topic === name)
    if (topic === undefined || (unit !== 'd' && unit !== 'y'))
      throw new ForewarnError('FW_USAGE', [
        `--keep must be TOPIC=AGE, such as fates=400d or ticks=6y, and the topic one of ${prunableTopics.join(', ')}; not ${one}.`,
      ])
    keep.set(topic, Number(count) * daysOfUnit[unit] * dayMs)
  }
  return keep
}
