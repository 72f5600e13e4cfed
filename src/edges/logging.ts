/**
 * The program's log: JSON, one line a notice. What may be in a line is listed here field by field, so that a notice that grows
 * cannot bring an enterprise's id into the log.
 */
import { type DestinationStream, type Logger, pino } from 'pino'
import type { Notice, Tell } from '../notices.ts'

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
  destination = 2,
}: {
  level: LogLevel
  destination?: number | DestinationStream
}): Logger {
  const stream = typeof destination === 'number' ? pino.destination({ dest: destination, sync: true }) : destination
  const formatters = { level: (label: string) => ({ level: label }) }
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters }, stream)
}

/** One line for each notice. A full disk refuses all tasks: the first says so, and the others quietly, until it takes commits again. */
export function logNotices(logger: Logger): Tell {
  const refused = new Set<string>()
  return (notice) => {
    const { level, says, fields } = lineOf(notice)
    const isTold = notice.kind === 'CommitRefused' && refused.size > 0
    logger[isTold ? 'debug' : level]({ kind: notice.kind, ...fields }, says)
    if (notice.kind === 'CommitRefused') refused.add(notice.task)
    else if (notice.kind === 'EpochCommitted' || notice.kind === 'CheckpointWritten' || notice.kind === 'TaskReleased')
      refused.delete(notice.task)
  }
}

function lineOf(notice: Notice): Line {
  switch (notice.kind) {
    case 'BeatFolded':
    case 'EpochCommitting':
    case 'EpochCommitted':
    case 'InputsWaiting':
    case 'CheckpointWriting':
    case 'CheckpointWritten':
      return { level: 'debug', ...progressOf(notice) }
    case 'TickClosed':
    case 'TickJudged':
    case 'WarningChanged':
    case 'SourceSilent':
    case 'SourceSpoke':
    case 'ModelDrifted':
    case 'CommandAnswered':
      return newsOf(notice)
    default:
      return stateOf(notice)
  }
}

type Progress = Extract<
  Notice,
  {
    kind:
      | 'BeatFolded'
      | 'EpochCommitting'
      | 'EpochCommitted'
      | 'InputsWaiting'
      | 'CheckpointWriting'
      | 'CheckpointWritten'
  }
>
type News = Extract<
  Notice,
  {
    kind:
      | 'TickClosed'
      | 'TickJudged'
      | 'WarningChanged'
      | 'SourceSilent'
      | 'SourceSpoke'
      | 'ModelDrifted'
      | 'CommandAnswered'
  }
>

function progressOf(notice: Progress): Omit<Line, 'level'> {
  const { task } = notice
  switch (notice.kind) {
    case 'BeatFolded': {
      const { beat, tick, fates, deadCodes, scores, alerts } = notice
      return { says: 'beat folded', fields: { task, beat, tick, fates, deadCodes, scores, alerts } }
    }
    case 'EpochCommitting':
      return { says: 'epoch committing', fields: { task, beats: notice.beats, lastBeat: notice.lastBeat } }
    case 'EpochCommitted': {
      const { beats, lastBeat, records, outputs, seconds } = notice
      return { says: 'epoch committed', fields: { task, beats, lastBeat, records, outputs, seconds } }
    }
    case 'InputsWaiting':
      return { says: 'inputs waiting', fields: { task, records: notice.records } }
    case 'CheckpointWriting':
      return { says: 'checkpoint writing', fields: { task, beat: notice.beat, slot: notice.slot } }
    case 'CheckpointWritten': {
      const { beat, slot, pages, bytes } = notice
      return { says: 'checkpoint written', fields: { task, beat, slot, pages, bytes } }
    }
  }
}

function newsOf(notice: News): Line {
  switch (notice.kind) {
    case 'TickClosed': {
      const { task, tick, label, rescored } = notice
      return { level: 'info', says: `tick ${label} closed`, fields: { task, tick, rescored } }
    }
    case 'TickJudged': {
      const { tick, label, cells, candidates, open } = notice
      return { level: 'info', says: `tick ${label} judged`, fields: { tick, cells, candidates, open } }
    }
    case 'WarningChanged': {
      const { id, axis, region, industry, level, levelBefore, change, sentences } = notice
      const loud = level === 'orange' || level === 'red'
      const fields = { id, axis, region, industry, warningLevel: level, levelBefore, change }
      return {
        level: loud ? 'warn' : 'info',
        says: said(sentences) ?? `warning ${id} is ${level}`,
        fields,
      }
    }
    case 'SourceSilent': {
      const { source, region, tickLabel, expected } = notice
      return {
        level: 'warn',
        says: `nothing came from source ${source}`,
        fields: { source, region, tickLabel, expected },
      }
    }
    case 'SourceSpoke': {
      const { source, region, tickLabel, silentTicks } = notice
      return {
        level: 'info',
        says: `source ${source} speaks again`,
        fields: { source, region, tickLabel, silentTicks },
      }
    }
    case 'ModelDrifted': {
      const { model, feature, psi, rows, tickLabel, sentences } = notice
      return {
        level: 'warn',
        says: said(sentences) ?? 'the model drifts',
        fields: { model, feature, psi, rows, tickLabel },
      }
    }
    case 'CommandAnswered': {
      const { command, accepted, code, detail } = notice
      const says = `command ${command} ${accepted ? 'accepted' : 'refused'}${detail === undefined ? '' : `: ${detail}`}`
      return { level: accepted ? 'info' : 'warn', says, fields: { command, accepted, code } }
    }
  }
}

/** In English, or in the first language there is. */
function said(sentences: Readonly<Record<string, string>>): string | undefined {
  return sentences.en ?? Object.values(sentences)[0]
}

function stateOf(notice: Exclude<Notice, Progress | News>): Line {
  switch (notice.kind) {
    case 'LogTimeRegressed': {
      const { task, topic, records } = notice
      return { level: 'warn', says: 'log time ran backwards', fields: { task, topic, records } }
    }
    case 'LogTimeLed': {
      const { task, records } = notice
      return {
        level: 'warn',
        says: 'log time led the clock too far: records joined an earlier beat',
        fields: { task, records },
      }
    }
    case 'LogTimeLeads': {
      const { task, seconds, waits } = notice
      const says = waits ? 'records wait for beats to come' : 'what is folded is ahead, and beats go on slowly'
      return { level: 'warn', says: `log time leads the clock by ${Math.round(seconds)} s: ${says}`, fields: { task } }
    }
    case 'CommitRefused': {
      const { task, code, message } = notice
      return { level: 'error', says: `commit refused: ${message}`, fields: { task, code } }
    }
    case 'CheckpointSkipped': {
      const { task, slot, why } = notice
      return { level: 'warn', says: `checkpoint skipped: ${why}`, fields: { task, slot } }
    }
    case 'Restoring':
      return { level: 'info', says: 'restoring', fields: { task: notice.task } }
    case 'Restored': {
      const { task, fromBeat, beatsReplayed, seconds } = notice
      return { level: 'info', says: 'restored', fields: { task, fromBeat, beatsReplayed, seconds } }
    }
    case 'TasksAssigned':
      return { level: 'info', says: 'tasks assigned', fields: { tasks: notice.tasks } }
    case 'TaskLost': {
      const { task, code, message } = notice
      return { level: 'warn', says: `task begins anew: ${message}`, fields: { task, code } }
    }
    case 'TaskReleased':
      return { level: 'info', says: 'task released', fields: { task: notice.task } }
    case 'GroupJoined':
      return { level: 'info', says: 'joined the group', fields: { tasks: notice.tasks } }
    case 'GroupLost':
      return {
        level: notice.joined ? 'warn' : 'info',
        says: `${notice.joined ? 'out of' : 'not yet in'} the group: ${notice.why}`,
        fields: {},
      }
    case 'LogReadFailed':
      return { level: 'debug', says: `a read failed, and is tried again: ${notice.message}`, fields: {} }
    case 'BrokerConnection':
      return { level: 'debug', says: `broker connection ${notice.open ? 'opened' : 'closed'}`, fields: {} }
    case 'ClientSaid':
      return { level: 'debug', says: notice.line, fields: {} }
    case 'ImportSilent':
      return { level: 'warn', says: 'the open import has written no mark', fields: { seconds: notice.seconds } }
    case 'Serving':
      return { level: 'info', says: `serving ${notice.address}`, fields: { address: notice.address } }
    case 'Stopping':
      return { level: 'info', says: `stopping: ${notice.why}`, fields: {} }
  }
}
