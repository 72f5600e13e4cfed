/** What the commands about models share: the log and its registry, hashes and ticks as people write them. */
import type { ModelFile } from '../../../models/risk/modelFile.ts'
import type { ArtifactKind } from '../../../streams/artifacts.ts'
import type { Profile } from '../../../streams/profile.ts'
import { profileOf } from '../../activation.ts'
import { ForewarnError } from '../../errors.ts'
import { promotionLeadMs, secondMs } from '../../limits.ts'
import type { Log } from '../../log/port.ts'
import type { FolderFiles } from '../../registry/modelFolder.ts'
import { readModelFolder } from '../../settings/models.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { chunksOf } from '../../settings/registry/chunks.ts'
import { type ListedModel, listModels } from '../../settings/registry/listModels.ts'
import { championAt, type Registry, readRegistry } from '../../settings/registry/readRegistry.ts'
import { httpRegistry, logRegistry, type RegistryTarget } from '../../settings/registry/target.ts'
import { holderOf, type LogOptions, printResult, progressBar, type Screen, withLog } from '../common.ts'
import { tickOf } from '../log/ticks.ts'

export type RegistryOptions = LogOptions & { profile: string; json?: boolean }

export type OpenRegistry = {
  log: Log
  /** The one in force. */
  profile: Profile
  registry: Registry
  models: readonly ListedModel[]
  target: RegistryTarget
}

/** Opens the log that the options name, reads its registry, and lets go of it afterwards. A process that holds the log is written to over HTTP. */
export async function withRegistry<T>(
  options: RegistryOptions,
  mode: 'read' | 'change',
  work: (open: OpenRegistry) => Promise<T>,
): Promise<T> {
  const named = await loadProfile(options.profile)
  const baseline = named.file.model === null ? undefined : await readModelFolder(named.file.model)
  const holder = holderOf(options.log)
  return withLog(options, holder === undefined ? mode : 'read', async (log) => {
    const begun = await profileOf(log, named)
    const registry = await readRegistry(log, begun, baseline?.hash ?? null)
    const { profile } = registry.modelRegistry
    const target = holder === undefined ? logRegistry(log) : httpRegistry(holder)
    return work({ log, profile, registry, models: listModels(registry, profile, baseline), target })
  })
}

/** A folder as it goes into a log. */
export type Artifact = { kind: ArtifactKind; hash: string; files: FolderFiles }

/** Puts a folder into the log, unless it is there, and says so. @throws ForewarnError FW_ARTIFACT_LIMIT, and nothing is sent. */
export async function publish(
  screen: Screen,
  { registry: { modelRegistry }, target }: OpenRegistry,
  { kind, hash, files }: Artifact,
  options: RegistryOptions,
): Promise<void> {
  const obstacle = modelRegistry.artifacts.obstacleTo(kind, hash, files)
  if (obstacle !== undefined) throw new ForewarnError('FW_ARTIFACT_LIMIT', [obstacle])
  const isThere = typeof modelRegistry.artifacts.stateOf(kind, hash) !== 'string'
  const chunks = isThere ? [] : chunksOf(kind, hash, files)
  const bar = progressBar(screen)
  try {
    for (const [at, chunk] of chunks.entries()) {
      await target.send('artifacts', chunk)
      bar.update(at + 1, chunks.length, chunk.file)
    }
  } finally {
    bar.stop()
  }
  await printResult(screen, options, { hash, chunks: chunks.length, isThere }, () => [
    isThere ? `The log holds it already: ${hash}` : `Published ${hash}`,
  ])
}

/** A model by its hash or the beginning of it. @throws ForewarnError FW_MODEL_UNKNOWN; FW_USAGE when it begins several. */
export function modelBy(text: string, models: readonly ListedModel[]): ListedModel {
  const found = onlyOneBy(text, models, 'models')
  if (found === undefined) throw new ForewarnError('FW_MODEL_UNKNOWN', [text])
  return found
}

/** The one whose hash begins with a text; undefined when none does. @throws ForewarnError FW_USAGE when several do. */
export function onlyOneBy<T extends { hash: string }>(text: string, all: readonly T[], what: string): T | undefined {
  const found = /^[0-9a-f]{4,64}$/.test(text) ? all.filter(({ hash }) => hash.startsWith(text)) : []
  if (found.length > 1)
    throw new ForewarnError('FW_USAGE', [`${text} begins the hashes of ${found.length} ${what}; give more of it.`])
  return found[0]
}

/**
 * The model that scored in a tick; undefined when none did. @throws ForewarnError FW_MODEL_UNKNOWN when one did whose files are not here:
 * the profile's own model is not in the log, and its folder may have changed since the log was begun.
 */
export function championIn(
  { registry, models }: Pick<OpenRegistry, 'registry' | 'models'>,
  tick: number,
): { hash: string; file: ModelFile } | undefined {
  const hash = championAt(registry, tick)
  return hash === null ? undefined : { hash, file: modelFileOf(models, hash) }
}

/** The file of a model that scores. @throws ForewarnError FW_MODEL_UNKNOWN when its files are not here. */
export function modelFileOf(models: readonly ListedModel[], hash: string): ModelFile {
  const file = models.find((one) => one.hash === hash)?.file
  if (file === undefined) throw new ForewarnError('FW_MODEL_UNKNOWN', [hash])
  return file
}

const sendingMs = 10 * secondMs // between the look at the clock and the record in the log

/** `2026-11-26`, as the profile labels its ticks, or `next`: the first tick for which there is time. @throws ForewarnError FW_USAGE. */
export function tickBy(text: string, profile: Profile, nowMs: number): number {
  if (text === 'next') return profile.calendar.tickOf(nowMs + promotionLeadMs + sendingMs) + 1
  return tickOf(profile, '--at', text, ', or next')
}
