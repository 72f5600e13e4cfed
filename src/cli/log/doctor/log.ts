/** Checks of a log: its writer, its disk, an import left open, checkpoints, dead letters. It is only read, so it may be in use. */
import { statfs } from 'node:fs/promises'
import type { Profile } from '../../../../streams/profile.ts'
import { recordTopics, type TopicName, type TopicPrefixes } from '../../../../streams/topics.ts'
import { filesText, type ImportState } from '../../../fold/imports.ts'
import { checkProfile } from '../../../ingest/imports/importState.ts'
import { secondMs } from '../../../limits.ts'
import { Checkpoints } from '../../../log/embedded/checkpoints.ts'
import { Store } from '../../../log/embedded/store.ts'
import { readWriter } from '../../../log/embedded/writerLock.ts'
import { type Deviation, saidOnce } from '../../../log/kafka/topicSettings.ts'
import type { Log } from '../../../log/port.ts'
import { placesOf } from '../../../log/recordsOf.ts'
import { taskName, tasksOf } from '../../../log/tasks.ts'
import type { ModelRegistry } from '../../../registry/modelRegistry.ts'
import { type Check, fail, ok, warn } from './check.ts'
import { newestCheckpoint } from './manifest.ts'
import { failedWith } from './program.ts'

const answerMsMax = 3 * secondMs
const freeShareWarn = 0.2
const freeShareFail = 0.1 // below it the log refuses records, unless the disk is large
const epochsBehindMax = 5_000
const deadShareWarn = 0.05
const deadShareFail = 0.5

export async function checkWriter(folder: string): Promise<Check> {
  const writer = readWriter(folder)
  if (!writer.live) return ok('writer', 'No process writes the log.')
  const { note } = writer
  if (note === null)
    return warn(
      'writer',
      'A process holds the log and does not say who it is.',
      'If it does not end by itself, look for another forewarn.',
    )
  const who = `Process ${note.pid} since ${note.since}`
  if (note.http === null) return ok('writer', `${who}, without HTTP.`)
  try {
    const response = await fetch(new URL('/readyz', note.http), { signal: AbortSignal.timeout(answerMsMax) })
    await response.body?.cancel()
    if (response.ok) return ok('writer', `${who}, ready at ${note.http}.`)
    return warn('writer', `${who}, at ${note.http}, is not ready.`, `See ${note.http}/readyz for the reason.`)
  } catch {
    return fail('writer', `${who}, at ${note.http}, does not answer.`, 'Look at its log; restart it if it hangs.')
  }
}

export async function checkDisk(folder: string): Promise<Check> {
  const { bavail, blocks, bsize } = await statfs(folder)
  const free = `${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free`
  if (blocks === 0) return ok('disk', 'The file system does not say how large it is.')
  const share = bavail / blocks
  const remedy = 'Free disk space, or move the log to a larger disk.'
  if (share < freeShareFail) return fail('disk', `${free}: the log may refuse records.`, remedy)
  return share < freeShareWarn ? warn('disk', `${free}.`, remedy) : ok('disk', `${free}.`)
}

/** One line for all topics that are as they must be, one for each that is not; what is the same of several is said once. */
export function checkTopics(deviations: readonly Deviation[]): Check[] {
  if (deviations.length === 0) return [ok('topics', 'Every topic is as it must be.')]
  return saidOnce(deviations).map(({ topic, severity, says, remedy }) =>
    (severity === 'fail' ? fail : warn)('topics', `${topic} ${says}.`, remedy),
  )
}

export function checkImport({ open }: ImportState, hasWriter: boolean): Check {
  if (open === undefined) return ok('import', 'None is open.')
  const of = open.source === undefined ? '' : ` of ${filesText(open.source)}`
  const says = `An import${of} is open, through ${new Date(open.throughMs).toISOString()}`
  if (hasWriter) return ok('import', `${says}, and a process writes the log.`)
  return warn(
    'import',
    `${says}, and nobody writes it.`,
    'Finish it: repeat the `forewarn ingest` command with --resume; or end it with `forewarn ingest --abandon`.',
  )
}

export function checkConfiguration(state: ImportState, profile: Profile): Check {
  const { activation } = state
  if (activation === undefined) return ok('configuration', 'The log has not been run yet.')
  try {
    checkProfile(state, profile)
    return ok(
      'configuration',
      `Profile ${activation.profile}, beat ${activation.beatMs} ms, fold version ${activation.foldVersion}.`,
    )
  } catch (error) {
    return failedWith('configuration', error)
  }
}

/** Which profile is in force since when, and what is asked for. */
export function checkEditions({ profiles, pending, calendar }: ModelRegistry): Check {
  const { profile, fromTick } = profiles[profiles.length - 1]
  const since = Number.isFinite(fromTick) ? `since ${calendar.label(fromTick)}` : 'since the beginning'
  const asked = pending.flatMap(({ kind, hash, tick }) =>
    kind === 'profile.activate' ? [`; ${hash?.slice(0, 12)} is asked for from ${calendar.label(tick)} on`] : [],
  )
  const { name, version } = profile.file
  return ok('profile in force', `${name} ${version} (${profile.hash.slice(0, 12)}) ${since}${asked.join('')}.`)
}

/** How many epochs a restart would fold again, for the task that has most. */
export async function checkCheckpoints(log: Log, folder: string, prefixes: TopicPrefixes): Promise<Check> {
  const store = new Store({ path: folder, mode: 'read', partitions: undefined, prefixes })
  try {
    const behind: { task: string; epochs: number; beat: number | undefined }[] = []
    for (const [number, id] of tasksOf(log.partitions('risk-events')).entries()) {
      const task = taskName(id)
      const { end } = await log.range('journal', number)
      const newest = newestCheckpoint(new Checkpoints(store, task))
      behind.push({ task, epochs: end - (newest?.journal ?? 0), beat: newest?.beat })
    }
    return checkpointVerdict(behind)
  } finally {
    store.close()
  }
}

function checkpointVerdict(behind: { task: string; epochs: number; beat: number | undefined }[]): Check {
  const worst = behind.reduce((a, b) => (b.epochs > a.epochs ? b : a))
  const age = worst.beat === undefined ? 'has no checkpoint' : `has its newest checkpoint at beat ${worst.beat}`
  const says = `${worst.task} ${age}; ${worst.epochs} epochs would be folded again.`
  if (worst.epochs <= epochsBehindMax) return ok('checkpoints', says)
  return warn(
    'checkpoints',
    says,
    'A restart will take long; look for CheckpointSkipped and FW_LOG_FULL in the log of the process.',
  )
}

export async function checkDeadLetters(log: Log): Promise<Check> {
  const records = await countOf(log, recordTopics)
  const dead = await countOf(log, ['dead-letters'])
  const share = records === 0 ? 0 : dead / records
  const says = `${dead} of ${records} records (${(share * 100).toFixed(1)} %).`
  const remedy = '`forewarn dead-letters list` tells codes and remedies.'
  if (share > deadShareFail) return fail('dead letters', says, remedy)
  return share > deadShareWarn ? warn('dead letters', says, remedy) : ok('dead letters', says)
}

async function countOf(log: Log, topics: readonly TopicName[]): Promise<number> {
  const ranges = await Promise.all(placesOf(log, topics).map(({ topic, partition }) => log.range(topic, partition)))
  return ranges.reduce((count, { start, end }) => count + end - start, 0)
}
