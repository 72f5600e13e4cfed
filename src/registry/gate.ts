/** What a promotion stands on: an evaluation of this model, under what the log is folded with, that holds every gate (docs/fold.md rule 19). */
import { requiredGates, unjudgedGates } from '../../models/quality/gates.ts'
import type { Activation, Gate, ModelCommand } from '../../streams/commands.ts'
import type { Profile } from '../../streams/profile.ts'
import { featuresHash } from '../featureProfile.ts'
import { foldVersion } from '../fold/version.ts'

export type Promotion = Extract<ModelCommand, { kind: 'model.promote' }>

/** With what a log is folded, as its last activation says. `features`: absent up to foldVersion 4. */
export type ActiveSetting = Pick<Activation, 'foldVersion' | 'profileHash' | 'features'>

/** What this program says of itself with a profile. */
export function settingOf(profile: Profile): ActiveSetting {
  return { foldVersion, profileHash: profile.hash, features: featuresHash(profile) }
}

/** Promotions of logs of earlier versions stand as they were decided: by the gates that they named, if any. */
const evaluationSinceVersion = 5

/** Why a promotion does not stand by itself; empty when it does, but for the champion that its model was compared with, and the profile where `under` is set. */
export function faultsOf({ hash, evaluation, gates = [] }: Promotion, setting: ActiveSetting, under = false): string[] {
  const open = gates.flatMap(gateFault)
  if (evaluation === undefined)
    return setting.foldVersion < evaluationSinceVersion ? open : ['there is no evaluation', ...open]
  const names = new Set(gates.map(({ name }) => name))
  const missing = requiredGates(evaluation.comparedWith !== null).filter((name) => !names.has(name))
  return [
    ...otherThan('model', evaluation.candidate, hash),
    ...(under ? [] : settingFaults(evaluation, setting)),
    ...missing.map((name) => `gate ${name} is missing`),
    ...open,
  ]
}

/** It was made under another setting than the log was folded with. */
export function settingFaults(
  { profile, features }: { profile: string; features: string },
  setting: Pick<ActiveSetting, 'profileHash' | 'features'>,
): string[] {
  return [
    ...otherThan('profile', profile, setting.profileHash),
    ...otherThan('features', features, setting.features ?? features),
  ]
}

/** The model was compared with somebody else than scored when the command came. */
export function rivalFault(comparedWith: string | null, champion: string | null): string {
  const [rival, who] = [comparedWith, champion].map((hash) => (hash === null ? 'no model' : `model ${short(hash)}`))
  return `it compares with ${rival}, and ${who} scores in the log`
}

function gateFault({ name, passed, value, limit }: Gate): string[] {
  if (passed === true || (passed === null && unjudgedGates.some((one) => one === name))) return []
  return [value === undefined ? `${name} could not be computed` : `${name} is ${value}, the limit is ${limit}`]
}

function otherThan(what: string, judged: string, wanted: string): string[] {
  return judged === wanted ? [] : [`it is of ${what} ${short(judged)}, not of ${short(wanted)}`]
}

const short = (hash: string): string => hash.slice(0, 12)
