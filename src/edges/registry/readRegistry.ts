/** What a log says of its models: the desk as the tasks have it, and who has scored in which ticks. Read anew from the inputs, by the same code. */
import type { Command } from '../../../streams/commands.ts'
import type { CommandResult } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import { decodeEntry } from '../../fold/journal.ts'
import { greatestBeat } from '../../fold/progress.ts'
import { beatMsDefault } from '../../limits.ts'
import { lastRecord } from '../../log/lastRecord.ts'
import type { Log, LogRecord } from '../../log/port.ts'
import { recordsOf } from '../../log/recordsOf.ts'
import { journalPartition } from '../../log/topology.ts'
import { ModelDesk } from '../../registry/desk.ts'
import { checkProfile, readCommands } from '../ingest/importState.ts'

/** Who has scored, from a tick on; null: nobody. */
export type Seat = { hash: string | null; fromTick: number }

export type Registry = {
  desk: ModelDesk
  beatMs: number
  /** Hash of the baseline. */
  baseline: string | null
  /** The last beat that counts as reached: folded, or with a record in it. */
  throughBeat: number
  /** Champions in order, each with the first tick in which it scored. */
  champions: Seat[]
  /** The same of the challengers. */
  challengers: Seat[]
  /** Folds a beat, and before it those in which a change of model is due. */
  turn(beat: number, commands: readonly LogRecord[], chunks: readonly LogRecord[]): readonly CommandResult[]
}

/** @throws ForewarnError FW_CONFIG_CHANGED when the log was started with another profile. `baseline`: of a log that nobody has run. */
export async function readRegistry(log: Log, profile: Profile, baseline: string | null): Promise<Registry> {
  const state = await readCommands(log)
  checkProfile(state, profile)
  const beatMs = state.activation?.beatMs ?? beatMsDefault
  const first = state.activation === undefined ? baseline : state.activation.modelHash
  const throughBeat = await reached(log, beatMs)
  const registry = newRegistry({ profile, beatMs, baseline: first, throughBeat })
  const commands = await byBeat(log, 'commands', beatMs)
  const chunks = await byBeat(log, 'artifacts', beatMs)
  for (const beat of [...new Set([...commands.keys(), ...chunks.keys(), throughBeat])].sort((a, b) => a - b))
    registry.turn(beat, commands.get(beat) ?? [], chunks.get(beat) ?? [])
  return registry
}

function newRegistry(of: { profile: Profile } & Pick<Registry, 'beatMs' | 'baseline' | 'throughBeat'>): Registry {
  const { profile, ...rest } = of
  const desk = new ModelDesk({ profile, beatMs: of.beatMs, champion: of.baseline, challenger: null })
  const champions: Seat[] = [{ hash: of.baseline, fromTick: Number.NEGATIVE_INFINITY }]
  const challengers: Seat[] = [{ hash: null, fromTick: Number.NEGATIVE_INFINITY }]
  let last = Number.NEGATIVE_INFINITY
  const step = (
    beat: number,
    commands: readonly LogRecord[],
    chunks: readonly LogRecord[],
  ): readonly CommandResult[] => {
    last = beat
    const { switched, results } = desk.fold(beat, commands, chunks)
    const fromTick = profile.calendar.tickOf(beat * of.beatMs)
    if (switched.champion) champions.push({ hash: desk.champion, fromTick })
    if (switched.challenger) challengers.push({ hash: desk.challenger, fromTick })
    return results
  }
  const turn: Registry['turn'] = (beat, commands, chunks) => {
    for (let due = desk.boundaryAfter(last); due !== undefined && due < beat; due = desk.boundaryAfter(last))
      step(due, [], [])
    return step(beat, commands, chunks)
  }
  return { ...rest, desk, champions, challengers, turn }
}

/** The model that scored in a tick. */
export function championAt({ champions }: Registry, tick: number): string | null {
  return champions.findLast(({ fromTick }) => fromTick <= tick)?.hash ?? null
}

/** What the desk would answer to a command that came now; the registry has then read it. */
export function answerTo(
  { desk, beatMs, throughBeat, turn }: Registry,
  command: Command,
  nowMs: number,
): { accepted: boolean; code?: string | undefined; detail?: string | undefined } {
  const timeMs = Math.max(nowMs, throughBeat * beatMs) // no log goes back in time
  const value = Buffer.from(JSON.stringify(command))
  const record: LogRecord = { offset: 0, timeMs, key: null, value, headers: null }
  const result = turn(Math.floor(timeMs / beatMs), [record], []).find(({ id }) => id === command.id)
  return result ?? { accepted: false, ...desk.obstacle(command.id) }
}

async function byBeat(
  log: Log,
  topic: 'commands' | 'artifacts',
  beatMs: number,
): Promise<ReadonlyMap<number, LogRecord[]>> {
  const found = new Map<number, LogRecord[]>()
  let maxMs = Number.NEGATIVE_INFINITY
  for await (const record of recordsOf(log, topic, 0)) {
    maxMs = Math.max(maxMs, record.timeMs)
    const beat = Math.floor(maxMs / beatMs)
    const records = found.get(beat)
    if (records === undefined) found.set(beat, [record])
    else records.push(record)
  }
  return found
}

async function reached(log: Log, beatMs: number): Promise<number> {
  const partition = journalPartition({ kind: 'watch' }, log.partitions('risk-events'))
  const entry = await lastRecord(log, 'journal', partition)
  const folded = entry === undefined ? undefined : decodeEntry(entry.value).at(-1)?.beat
  return Math.max(folded ?? 0, (await greatestBeat(log, beatMs)) ?? 0)
}
