/** The models of a log as people look at them. */
import type { ModelFile } from '../../../models/risk/modelFile.ts'
import type { Profile } from '../../../streams/profile.ts'
import { modelIn } from '../../registry/modelFolder.ts'
import type { ModelFolder } from '../models.ts'
import type { Registry } from './readRegistry.ts'

/** What a model does in the log, or why it does nothing. `at`: label of the first tick of it. */
export type ModelState =
  | { state: 'champion' | 'was champion'; at: string | undefined }
  | { state: 'challenger' }
  | { state: 'pending'; as: 'champion' | 'challenger'; at: string; accepted: boolean }
  | { state: 'incomplete' | 'mismatch' | 'misfit'; why?: string }

export type ListedModel = {
  hash: string
  /** The baseline comes with the profile; no artefact holds it. */
  baseline: boolean
  /** Log time of its last chunk. */
  knownAt: string | undefined
  file: ModelFile | undefined
  card: string | undefined
  states: ModelState[]
}

/** The baseline first, then the artefacts in the order in which they came. */
export function listModels(registry: Registry, profile: Profile, baseline: ModelFolder | undefined): ListedModel[] {
  const { modelRegistry } = registry
  const hashes = new Set([
    ...(registry.baseline === null ? [] : [registry.baseline]),
    ...modelRegistry.artifacts.hashesOf('model'),
  ])
  return [...hashes].map((hash) => listed(hash, registry, profile, baseline))
}

function listed(hash: string, registry: Registry, profile: Profile, baseline: ModelFolder | undefined): ListedModel {
  const { modelRegistry } = registry
  const state = modelRegistry.artifacts.stateOf('model', hash)
  const files = typeof state === 'string' ? (baseline?.hash === hash ? baseline.files : undefined) : state.files
  const card = files?.get('MODEL_CARD.md')
  return {
    hash,
    baseline: hash === registry.baseline,
    knownAt: typeof state === 'string' ? undefined : new Date(state.knownMs).toISOString(),
    file: files === undefined ? undefined : fileIn(files, hash),
    card: card === undefined ? undefined : Buffer.from(card).toString('utf8'),
    states: [...rolesOf(hash, registry, profile), ...faultOf(hash, registry)],
  }
}

function rolesOf(hash: string, { modelRegistry }: Registry, { calendar }: Profile): ModelState[] {
  const found: ModelState[] = []
  const label = (tick: number): string | undefined => (Number.isFinite(tick) ? calendar.label(tick) : undefined)
  const last = modelRegistry.champions.findLast((one) => one.hash === hash)
  if (last !== undefined)
    found.push({ state: modelRegistry.champion === hash ? 'champion' : 'was champion', at: label(last.fromTick) })
  if (modelRegistry.challenger === hash) found.push({ state: 'challenger' })
  for (const { kind, hash: named, tick, accepted } of modelRegistry.pending) {
    if (kind === 'profile.activate') continue
    const of = kind === 'model.rollback' ? modelRegistry.previousBy(tick) : named
    if (of !== hash) continue
    const as = kind === 'model.challenge' ? 'challenger' : 'champion'
    found.push({ state: 'pending', as, at: calendar.label(tick), accepted })
  }
  return found
}

function faultOf(hash: string, { modelRegistry, baseline }: Registry): ModelState[] {
  const state = modelRegistry.artifacts.stateOf('model', hash)
  if (state === 'unknown' || hash === baseline) return []
  if (typeof state === 'string') return [{ state }]
  return state.misfit === undefined ? [] : [{ state: 'misfit', why: state.misfit }]
}

function fileIn(files: ModelFolder['files'], hash: string): ModelFile | undefined {
  try {
    return modelIn(files, hash).file
  } catch {
    return undefined // it is listed as a misfit
  }
}
