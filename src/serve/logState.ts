/** What the log says of itself: with which profiles it is folded, how far, and whether an import is open. Looked up anew each round. */
import type { Profile } from '../../streams/profile.ts'
import { profileOf } from '../activation.ts'
import { ImportState } from '../fold/imports.ts'
import { foldedThrough } from '../fold/progress.ts'
import type { Log } from '../log/port.ts'
import type { LogSetting } from '../readmodel/editions.ts'
import { championAt, readRegistry } from '../settings/registry/readRegistry.ts'

export type LogState = LogSetting & {
  throughBeat: number | undefined
  importOpen: boolean
  importThroughMs: number | undefined
  /** Hash of the model in force. */
  model: string | null
}

/** `named`: the profile by which a log is read that knows no other. Undefined for a log that nobody has begun to fold. */
export function logStates(log: Log, named: Profile): () => Promise<LogState | undefined> {
  const commands = new ImportState(log)
  let known: Pick<LogState, 'editions' | 'beatMs' | 'model'> | undefined
  let knownTick: number | undefined
  return async () => {
    await commands.read()
    const { activation, open } = commands
    if (activation === undefined) return undefined
    const throughBeat = await foldedThrough(log, { kind: 'watch' })
    const tick = throughBeat === undefined ? undefined : named.calendar.tickOf((throughBeat + 1) * activation.beatMs)
    // Models and profiles change from a tick on, and only in a log that holds artefacts.
    if (known === undefined || (tick !== knownTick && (await log.range('artifacts', 0)).end > 0)) {
      const read = await readRegistry(log, await profileOf(log, named), null)
      const { modelRegistry, beatMs } = read
      known = { editions: modelRegistry.profiles, beatMs, model: championAt(read, Number.MAX_SAFE_INTEGER) }
    }
    knownTick = tick
    return { ...known, throughBeat, importOpen: open !== undefined, importThroughMs: open?.markedMs }
  }
}
