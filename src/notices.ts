/** What happens, as typed notices: the log line and the metrics are both derived from them (src/telemetry/). No enterprise's id is in one. */

import type { Fate, Level } from '../streams/outputs.ts'
import type { Axis, TopicName } from '../streams/topics.ts'
import type { StatisticName } from '../streams/warnings.ts'
import type { ErrorCode } from './errors.ts'

export type FlagCounts = {
  checkDigit: number
  unknownRegion: number
  unknownIndustry: number
  unknownSource: number
  unknownStatus: number
}

/** One total: codes of its node, what came in, how many enterprises are registered there, and what is usual: undefined while that is not known. */
export type CellTotal = {
  region: string
  industry: string
  events: number
  expected: number | undefined
  enterprises: number
  registered: number
  /** Of outermost regions and industries, where enterprises are scored. */
  risk?: CellRisk | undefined
}

/**
 * The level of risk of a cell beside its siblings, as RiskLevel has it: scored enterprises, A, B, how many will come to harm by their
 * probabilities, and how many would if each grade were as at its siblings.
 */
export type CellRisk = { n: number; meanLogOdds: number; atSameGrades: number; risky: number; expected: number }

/** Scored enterprises of a region, the mean of their log-odds, and how many contradict their grade. */
export type RegionRisk = { region: string; enterprises: number; meanLogOdds: number; contradictions: number }

export type TickTotals = {
  cells: number
  candidates: number
  /** By statistic, how many subjects stand at each level. */
  open: readonly { statistic: StatisticName; counts: Readonly<Record<Level, number>> }[]
  enterprisesByBand: Record<string, number>
  totals: CellTotal[]
}

/** How far the score (no feature) or a feature of the champion lies from its training: a population stability index. */
export type DriftIndex = { feature: string | undefined; psi: number }

export type Notice =
  | {
      kind: 'BeatFolded'
      task: string
      beat: number
      tick: number
      endMs: number
      fates: Readonly<Partial<Record<Fate, number>>>
      deadCodes: Readonly<Partial<Record<ErrorCode, number>>>
      flags: FlagCounts
      scores: number
      alerts: number
      unscorable: number
      factsDropped: number
      enterprises: number
      /** Facts and tombstones that its rows keep now. */
      facts: number
      /** What its rows take of memory: the table of rows, and the arena of their facts and grades. */
      tableBytes: number
      arenaBytes: number
    }
  | { kind: 'TickClosed'; task: string; tick: number; label: string; rescored: number }
  | ({
      kind: 'TickJudged'
      tick: number
      label: string
      /** Artefacts of which the log holds the whole. */
      artifacts: number
      /** What scores, and what scores in shadow beside it: hashes. */
      models: { champion: string | null; challenger: string | null }
      /** undefined: the champion has no reference. Few rows have no indexes. */
      drift: { rows: number; indexes: readonly DriftIndex[] } | undefined
    } & TickTotals)
  | {
      kind: 'WarningChanged'
      id: string
      statistic: StatisticName
      axis: Axis
      region: string
      industry: string
      level: Level
      levelBefore: Level
      change: string
      tickLabel: string
      /** By language. */
      sentences: Readonly<Record<string, string>>
    }
  /** Within the tick, and at its close. `region`: '' is the whole. */
  | { kind: 'RiskMeasured'; tick: number; tickLabel: string; regions: readonly RegionRisk[] }
  /** Told once by each process: what cannot be judged under this profile, and why. */
  | { kind: 'RiskNotJudged'; what: 'risk' | 'contradictions'; why: string }
  /** `region`: '' is the whole. */
  | { kind: 'SourceSilent'; source: string; region: string; tickLabel: string; expected: number }
  | { kind: 'SourceSpoke'; source: string; region: string; tickLabel: string; silentTicks: number }
  | {
      kind: 'ModelDrifted'
      model: string
      feature?: string | undefined
      psi: number
      rows: number
      tickLabel: string
      /** By language. */
      sentences: Readonly<Record<string, string>>
    }
  | {
      kind: 'CommandAnswered'
      command: string
      accepted: boolean
      /** Why it was refused. */
      code?: string | undefined
      detail?: string | undefined
    }
  | { kind: 'LogTimeRegressed'; task: string; topic: string; records: number }
  /** Records that joined an earlier beat than their log time says: it led the clock by more than is allowed. */
  | { kind: 'LogTimeLed'; task: string; records: number }
  /** Log time leads the clock. `waits`: records wait for beats to come; else what is folded is ahead, and beats go on slowly. */
  | { kind: 'LogTimeLeads'; task: string; seconds: number; waits: boolean }
  | { kind: 'EpochCommitting'; task: string; beats: number; lastBeat: number }
  | {
      kind: 'EpochCommitted'
      task: string
      beats: number
      lastBeat: number
      /** The end of that beat, milliseconds since 1970. */
      endMs: number
      records: number
      /** Of the values of its records. */
      bytes: number
      outputs: number
      /** How long the log took to commit it. */
      seconds: number
      /** How long each of its beats took to fold, with the turns that others had meanwhile. */
      beatSeconds: readonly number[]
    }
  /** What stands in the inputs and is not folded yet; told when it has changed. */
  | {
      kind: 'InputsWaiting'
      task: string
      records: Readonly<Partial<Record<TopicName, number>>>
      /** Some of them wait for beats to come, the latest until then: milliseconds since 1970. */
      untilMs?: number | undefined
    }
  | { kind: 'CommitRefused'; task: string; code: ErrorCode; message: string }
  | { kind: 'CheckpointWriting'; task: string; beat: number; slot: number }
  | {
      kind: 'CheckpointWritten'
      task: string
      beat: number
      slot: number
      pages: number
      /** Of the pages that were not in the slot already. */
      bytes: number
      /** When it was whole, milliseconds since 1970, and how long it took. */
      atMs: number
      seconds: number
    }
  | { kind: 'CheckpointSkipped'; task: string; slot: number; why: string }
  /** The rest of the checkpoint is used. */
  | { kind: 'StateRefolded'; task: string; slot: number; why: string }
  /** The log was pruned, so the state of an earlier version of the fold goes on. */
  | { kind: 'StateMigrated'; task: string; slot: number; foldVersion: number }
  /** `endMs`: how far the task is by its journal, milliseconds since 1970; undefined: nothing is known. */
  | { kind: 'Restoring'; task: string; endMs?: number | undefined }
  /** Entries of the journal after the checkpoint: how many of how many are folded again. Told every second, and at the end. */
  | { kind: 'RestoreProgressed'; task: string; done: number; of: number }
  | { kind: 'Restored'; task: string; fromBeat: number | undefined; beatsReplayed: number; seconds: number }
  | { kind: 'TasksAssigned'; tasks: string[] }
  | { kind: 'TaskLost'; task: string; code: ErrorCode; message: string }
  | { kind: 'TaskReleased'; task: string }
  | { kind: 'GroupJoined'; tasks: number }
  | { kind: 'GroupLost'; why: string /** It was in the group; a fresh cluster refuses at first. */; joined: boolean }
  | { kind: 'LogReadFailed'; message: string }
  | { kind: 'BrokerConnection'; open: boolean }
  | { kind: 'ClientSaid'; line: string }
  /** Whether an import is open, told when that changes. */
  | { kind: 'ImportSeen'; open: boolean }
  | { kind: 'ImportSilent'; seconds: number }
  /** A request over HTTP was refused as a whole. */
  | { kind: 'RequestRefused'; code: ErrorCode; request?: string }
  | { kind: 'Serving'; address: string }
  | { kind: 'Stopping'; why: string }

/** The notices by their kinds. */
export type NoticeOf = { [K in Notice['kind']]: Extract<Notice, { kind: K }> }

export type Listener = (notice: Notice) => void

/** What is told before anybody listens waits for the listener: a log speaks before the metrics of the process are there. */
export function relay(): { listener: Listener; to(listener: Listener): void } {
  const waiting: Notice[] = []
  let listener: Listener = (notice) => void waiting.push(notice)
  return {
    listener: (notice) => listener(notice),
    to: (next) => {
      listener = next
      for (const notice of waiting.splice(0)) next(notice)
    },
  }
}
