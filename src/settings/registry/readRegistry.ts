/** What a log says of its models: the registry as the tasks have it, and who has scored in which ticks. Read anew from the inputs, by the same code. */
import type { ChangeCommand } from '../../../streams/commands.ts'
import type { CommandResult } from '../../../streams/outputs.ts'
import type { Profile } from '../../../streams/profile.ts'
import { foldedThrough, greatestBeat } from '../../fold/progress.ts'
import { checkProfile, readCommands } from '../../ingest/imports/importState.ts'
import { beatMsDefault } from '../../limits.ts'
import type { Log, LogRecord } from '../../log/port.ts'
import { recordsOf } from '../../log/recordsOf.ts'
import { championHashAt, type Reign } from '../../registry/champions.ts'
import type { ActiveSetting } from '../../registry/gate.ts'
import { ModelRegistry } from '../../registry/modelRegistry.ts'

export type Registry = {
  modelRegistry: ModelRegistry
  beatMs: number
  /** Hash of the baseline. */
  baseline: string | null
  /** The last beat that counts as reached: folded, or with a record in it. */
  throughBeat: number
  /** Challengers in order, each with the first tick in which it scored. */
  challengers: Reign[]
  /** Folds a beat, and before it those in which a change of model is due; the answers of all of them. */
  turn(beat: number, commands: readonly LogRecord[], chunks: readonly LogRecord[]): readonly CommandResult[]
}

/** @throws ForewarnError FW_CONFIG_CHANGED when the log was started with another profile. `baseline`: of a log that nobody has run. */
export async function readRegistry(log: Log, profile: Profile, baseline: string | null): Promise<Registry> {
  const state = await readCommands(log)
  checkProfile(state, profile)
  const beatMs = state.activation?.beatMs ?? beatMsDefault
  const first = state.activation === undefined ? baseline : state.activation.modelHash
  const throughBeat = await reached(log, beatMs)
  const registry = newRegistry({ profile, beatMs, baseline: first, throughBeat }, state.activation)
  const commands = await byBeat(log, 'commands', beatMs)
  const chunks = await byBeat(log, 'artifacts', beatMs)
  for (const beat of [...new Set([...commands.keys(), ...chunks.keys(), throughBeat])].sort((a, b) => a - b))
    registry.turn(beat, commands.get(beat) ?? [], chunks.get(beat) ?? [])
  return registry
}

function newRegistry(
  of: { profile: Profile } & Pick<Registry, 'beatMs' | 'baseline' | 'throughBeat'>,
  begunWith: ActiveSetting | undefined,
): Registry {
  const { profile, ...rest } = of
  const modelRegistry = new ModelRegistry({
    profile,
    beatMs: of.beatMs,
    champion: of.baseline,
    challenger: null,
    begunWith,
  })
  const challengers: Reign[] = [{ hash: null, fromTick: Number.NEGATIVE_INFINITY }]
  let last = Number.NEGATIVE_INFINITY
  const step = (
    beat: number,
    commands: readonly LogRecord[],
    chunks: readonly LogRecord[],
  ): readonly CommandResult[] => {
    last = beat
    const { switched, results } = modelRegistry.fold(beat, commands, chunks)
    const fromTick = profile.calendar.tickOf(beat * of.beatMs)
    if (switched.challenger) challengers.push({ hash: modelRegistry.challenger, fromTick })
    return results
  }
  const turn: Registry['turn'] = (beat, commands, chunks) => {
    const results: CommandResult[] = []
    for (
      let due = modelRegistry.boundaryAfter(last);
      due !== undefined && due < beat;
      due = modelRegistry.boundaryAfter(last)
    )
      results.push(...step(due, [], []))
    return [...results, ...step(beat, commands, chunks)]
  }
  return { ...rest, modelRegistry, challengers, turn }
}

/** The model that scored in a tick; of one to come, the model that scores now. */
export function championAt({ modelRegistry }: Registry, tick: number): string | null {
  return championHashAt(modelRegistry.champions, tick)
}

/**
 * What the registry would answer to a command that came now, if nothing more came before its tick: one that waits for a model, or for a
 * champion before this one, is answered when that begins. The registry is then as far.
 */
export function answerTo(
  { modelRegistry, beatMs, throughBeat, turn }: Registry,
  command: ChangeCommand,
  nowMs: number,
): Pick<CommandResult, 'accepted' | 'code' | 'detail'> {
  const timeMs = Math.max(nowMs, throughBeat * beatMs) // no log goes back in time
  const value = Buffer.from(JSON.stringify(command))
  const record: LogRecord = { offset: 0, timeMs, key: null, value, headers: null }
  const [beat, due] = [timeMs, modelRegistry.calendar.startMs(command.effectiveTick)].map((ms) =>
    Math.floor(ms / beatMs),
  )
  const results = [...turn(beat, [record], []), ...(due > beat ? turn(due, [], []) : [])]
  const answer = results.find(({ id }) => id === command.id)
  if (answer === undefined) throw new Error(`command ${command.id} is not answered when its tick begins`)
  return answer
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
  return Math.max((await foldedThrough(log, { kind: 'watch' })) ?? 0, (await greatestBeat(log, beatMs)) ?? 0)
}
