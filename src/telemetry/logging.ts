/**
 * The program's log: JSON, one line a notice. What may be in a line is listed here field by field, so that a notice that grows
 * cannot bring an enterprise's id into the log.
 */
import { type DestinationStream, type Logger, pino } from 'pino'
import type { Listener, Notice, NoticeOf } from '../notices.ts'
import { Repeats } from './repeats.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** A line: how loud, in words, and the fields beside the words. */
type Line = { level: 'debug' | 'info' | 'warn' | 'error'; says: string; fields: object }

/**
 * A logger that writes each line before it goes on: after a kill, the last line tells what was under way.
 * `destination`: a file descriptor (standard error unless given) or a stream.
 */
export function createLogger({
  level,
  worker,
  destination = 2,
}: {
  level: LogLevel
  /** Its number, where several processes share a log by `--workers`. */
  worker?: number | undefined
  destination?: number | DestinationStream
}): Logger {
  const stream = typeof destination === 'number' ? pino.destination({ dest: destination, sync: true }) : destination
  const formatters = { level: (label: string) => ({ level: label }) }
  const base = { pid: process.pid, ...(worker === undefined ? {} : { worker }) }
  return pino({ level, base, timestamp: pino.stdTimeFunctions.isoTime, formatters }, stream)
}

/**
 * One line for each notice. A full disk refuses all tasks: the first says so, and the others quietly, until it takes commits again. What fails
 * again and again is told less and less often, with how often it came (`times`); in between it is said at debug.
 */
export function logNotices(logger: Logger, now: () => number = Date.now): Listener {
  const refused = new Set<string>()
  const repeats = new Repeats()
  return (notice) => {
    if (notice.kind === 'BeatFolded' && !logger.isLevelEnabled('debug')) return // a history has one for each second
    const { level, says, fields } = lineOf(notice.kind, notice)
    const isTold = notice.kind === 'CommitRefused' && refused.size > 0
    const times = repeating.has(notice.kind) ? repeats.take(`${level} ${faultOf(notice)}`, now()) : 1
    const isQuiet = isTold || times === undefined
    logger[isQuiet ? 'debug' : level]({ kind: notice.kind, ...fields, ...((times ?? 1) > 1 ? { times } : {}) }, says)
    if (notice.kind === 'CommitRefused') refused.add(notice.task)
    else if (notice.kind === 'EpochCommitted' || notice.kind === 'CheckpointWritten' || notice.kind === 'TaskReleased')
      refused.delete(notice.task)
  }
}

/** Faults that last for as long as nobody mends them. */
const repeating: ReadonlySet<Notice['kind']> = new Set<Notice['kind']>([
  'TaskLost',
  'GroupLost',
  'GroupJoined',
  'Restoring',
  'Restored',
  'TaskReleased',
  'TasksAssigned',
  'LogTimeRegressed',
  'LogTimeLed',
  'LogTimeLeads',
  'ImportSilent',
])

/** What makes two of them the same: of many tasks that lose one log the first is told, and each task says when it is there again. */
function faultOf(notice: Notice): string {
  const what = 'code' in notice ? notice.code : 'task' in notice ? notice.task : ''
  return `${notice.kind} ${what} ${'waits' in notice && notice.waits}`
}

function lineOf<K extends Notice['kind']>(kind: K, notice: NoticeOf[K]): Line {
  return lines[kind](notice)
}

const line = (level: Line['level'], says: string, fields: object = {}): Line => ({ level, says, fields })

/** Some fields of a notice. */
function pick<N extends Notice>(notice: N, ...names: (keyof N & string)[]): object {
  return Object.fromEntries(names.map((name) => [name, notice[name]]))
}

const lines: { readonly [K in Notice['kind']]: (it: NoticeOf[K]) => Line } = {
  BeatFolded: (it) =>
    line('debug', 'beat folded', pick(it, 'task', 'beat', 'tick', 'fates', 'deadCodes', 'scores', 'alerts')),
  EpochCommitting: (it) => line('debug', 'epoch committing', pick(it, 'task', 'beats', 'lastBeat')),
  EpochCommitted: (it) =>
    line('debug', 'epoch committed', pick(it, 'task', 'beats', 'lastBeat', 'records', 'outputs', 'seconds')),
  InputsWaiting: (it) => line('debug', 'inputs waiting', pick(it, 'task', 'records')),
  CheckpointWriting: (it) => line('debug', 'checkpoint writing', pick(it, 'task', 'beat', 'slot')),
  CheckpointWritten: (it) => line('debug', 'checkpoint written', pick(it, 'task', 'beat', 'slot', 'pages', 'bytes')),
  TickClosed: (it) => line('info', `tick ${it.label} closed`, pick(it, 'task', 'tick', 'rescored')),
  TickJudged: (it) => line('info', `tick ${it.label} judged`, pick(it, 'tick', 'cells', 'candidates', 'open')),
  WarningChanged: ({ id, axis, region, industry, level, levelBefore, change, sentences }) =>
    line(
      level === 'orange' || level === 'red' ? 'warn' : 'info',
      said(sentences) ?? `warning ${id} is ${level}`,
      { id, axis, region, industry, warningLevel: level, levelBefore, change }, // the line has a level of its own
    ),
  RiskMeasured: (it) => line('debug', 'risk of regions measured', pick(it, 'tick', 'tickLabel')),
  RiskNotJudged: ({ what, why }) => line('info', `${what} of cells cannot be judged: ${why}`, { what }),
  SourceSilent: (it) =>
    line('warn', `nothing came from source ${it.source}`, pick(it, 'source', 'region', 'tickLabel', 'expected')),
  SourceSpoke: (it) =>
    line('info', `source ${it.source} speaks again`, pick(it, 'source', 'region', 'tickLabel', 'silentTicks')),
  ModelDrifted: (it) => {
    const fields = pick(it, 'model', 'feature', 'psi', 'rows', 'tickLabel')
    return line('warn', said(it.sentences) ?? 'the model drifts', fields)
  },
  CommandAnswered: (it) => {
    const says = `command ${it.command} ${it.accepted ? 'accepted' : 'refused'}`
    const why = it.detail === undefined ? '' : `: ${it.detail}`
    return line(it.accepted ? 'info' : 'warn', says + why, pick(it, 'command', 'accepted', 'code'))
  },
  LogTimeRegressed: (it) => line('warn', 'log time ran backwards', pick(it, 'task', 'topic', 'records')),
  LogTimeLed: (it) =>
    line('warn', 'log time led the clock too far: records joined an earlier beat', pick(it, 'task', 'records')),
  LogTimeLeads: (it) => {
    const says = it.waits ? 'records wait for beats to come' : 'what is folded is ahead, and beats go on slowly'
    return line('warn', `log time leads the clock by ${Math.round(it.seconds)} s: ${says}`, pick(it, 'task'))
  },
  CommitRefused: (it) => line('error', `commit refused: ${it.message}`, pick(it, 'task', 'code')),
  CheckpointSkipped: (it) => line('warn', `checkpoint skipped: ${it.why}`, pick(it, 'task', 'slot')),
  StateRefolded: (it) => line('warn', `part of a checkpoint is folded again: ${it.why}`, pick(it, 'task', 'slot')),
  StateMigrated: (it) =>
    line('info', `the checkpoint of fold version ${it.foldVersion} is taken over`, pick(it, 'task', 'slot')),
  Restoring: (it) => line('info', 'restoring', pick(it, 'task')),
  RestoreProgressed: (it) => line('debug', 'restoring', pick(it, 'task', 'done', 'of')),
  Restored: (it) => line('info', 'restored', pick(it, 'task', 'fromBeat', 'beatsReplayed', 'seconds')),
  TasksAssigned: (it) => line('info', 'tasks assigned', pick(it, 'tasks')),
  TaskLost: (it) => line('warn', `task begins anew: ${it.message}`, pick(it, 'task', 'code')),
  TaskReleased: (it) => line('info', 'task released', pick(it, 'task')),
  GroupJoined: (it) => line('info', 'joined the group', pick(it, 'tasks')),
  GroupLost: ({ joined, why }) =>
    line(joined ? 'warn' : 'info', `${joined ? 'out of' : 'not yet in'} the group: ${why}`),
  LogReadFailed: (it) => line('debug', `a read failed, and is tried again: ${it.message}`),
  BrokerConnection: (it) => line('debug', `broker connection ${it.open ? 'opened' : 'closed'}`),
  ClientSaid: (it) => line('debug', it.line),
  ImportSeen: (it) =>
    line('info', it.open ? 'an import is open: beats go by its marks' : 'no import is open any more', pick(it, 'open')),
  ImportSilent: (it) => line('warn', 'the open import has written no mark', pick(it, 'seconds')),
  RequestRefused: (it) => line('debug', `request refused: ${it.code}`, pick(it, 'code', 'request')),
  Serving: (it) => line('info', `serving ${it.address}`, pick(it, 'address')),
  Stopping: (it) => line('info', `stopping: ${it.why}`),
}

/** In English, or in the first language there is. */
function said(sentences: Readonly<Record<string, string>>): string | undefined {
  return sentences.en ?? Object.values(sentences)[0]
}
