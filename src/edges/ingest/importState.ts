/** What a log says before an import goes into it: how far it is in time, with which profile, and which import is under way. */
import { z } from 'zod'
import type { Command } from '../../../streams/commands.ts'
import { isHashOf, type Profile } from '../../../streams/profile.ts'
import { foldedTopics } from '../../../streams/topics.ts'
import { ForewarnError } from '../../errors.ts'
import { type ImportSource, parseCommand, sourceOf } from '../../fold/imports.ts'
import { greatestFolded } from '../../fold/progress.ts'
import { lastRecord } from '../../log/lastRecord.ts'
import type { Log, LogRecord } from '../../log/port.ts'
import { recordsOf } from '../../log/recordsOf.ts'

/** First offsets of an import by `topic/partition`, kept in a header of its first command. */
const Positions = z.record(z.string(), z.int())
export const positionsHeader = 'positions'

export type OpenImport = {
  id: string
  /** What it was begun with; undefined when a version began it that did not say so. */
  source: ImportSource | undefined
  positions: Readonly<Record<string, number>>
  marks: number
  /** Time of the last command, milliseconds since 1970. */
  throughMs: number
}

export type CommandsState = {
  activation: Extract<Command, { kind: 'profile.activate' }> | undefined
  open: OpenImport | undefined
  /** The id of the first command of each import that has ended. */
  ended: ReadonlySet<string>
}

export async function readCommands(log: Log): Promise<CommandsState> {
  const ended = new Set<string>()
  let activation: CommandsState['activation']
  let open: OpenImport | undefined
  for await (const record of recordsOf(log, 'commands', 0)) {
    const command = parseCommand(record.value)
    if (command?.kind === 'profile.activate') activation ??= command
    else if (command?.kind === 'import.begin')
      open = {
        id: command.id,
        source: sourceOf(record),
        positions: positionsOf(record),
        marks: 0,
        throughMs: record.timeMs,
      }
    else if (command?.kind === 'import.mark' && open !== undefined) {
      open = { ...open, marks: open.marks + 1, throughMs: Math.max(open.throughMs, Date.parse(command.through)) }
    } else if (command?.kind === 'import.end' && open !== undefined) {
      ended.add(open.id)
      open = undefined
    } else if (command?.kind === 'import.abandon') open = undefined
  }
  return { activation, open, ended }
}

function positionsOf(record: LogRecord): Readonly<Record<string, number>> {
  const text = record.headers?.[positionsHeader]
  return text === undefined ? {} : Positions.parse(JSON.parse(text))
}

/** @throws ForewarnError FW_CONFIG_CHANGED when the log was started with another profile. */
export function checkProfile({ activation }: CommandsState, profile: Profile): void {
  if (activation === undefined || isHashOf(profile, activation.profileHash)) return
  const said = (name: string, hash: string): string => `profile ${name} (${hash.slice(0, 12)})`
  throw new ForewarnError('FW_CONFIG_CHANGED', [
    said(activation.profile, activation.profileHash),
    said(profile.file.name, profile.hash),
  ])
}

/** @throws ForewarnError FW_IMPORT_NEEDS_CREATETIME when an input stamps its own time, so that a history would become known now. */
export async function checkKeepsTimes(log: Log): Promise<void> {
  for (const topic of foldedTopics)
    if (!(await log.keepsTimes(topic))) throw new ForewarnError('FW_IMPORT_NEEDS_CREATETIME', [topic])
}

/** @throws ForewarnError FW_IMPORT_BEHIND when an input, a command or a folded beat is later than the first record to come. */
export async function checkNotBehind(log: Log, { activation }: CommandsState, firstMs: number): Promise<void> {
  for (const topic of foldedTopics) {
    for (let partition = 0; partition < log.partitions(topic); partition++) {
      const last = await lastRecord(log, topic, partition)
      if (last !== undefined && last.timeMs > firstMs) throw behind(firstMs, last.timeMs)
    }
  }
  if (activation === undefined) return // without one nothing was folded
  const beat = await greatestFolded(log)
  if (beat !== undefined && (beat + 1) * activation.beatMs > firstMs)
    throw behind(firstMs, (beat + 1) * activation.beatMs)
}

function behind(firstMs: number, heldMs: number): ForewarnError {
  return new ForewarnError('FW_IMPORT_BEHIND', [new Date(firstMs).toISOString(), new Date(heldMs).toISOString()])
}
