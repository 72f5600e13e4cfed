/** What a promotion stands on: an evaluation of this model, under what the log is folded with, that holds every gate (docs/fold.md rule 19). */
import { requiredGates, unjudgedGates } from '../../models/quality/gates.ts'
import type { Command, Gate, ModelCommand } from '../../streams/commands.ts'
import type { Profile } from '../../streams/profile.ts'
import { featuresHash } from '../enterprise/featureProfile.ts'
import { foldVersion } from '../fold/version.ts'

export type Promotion = Extract<ModelCommand, { kind: 'model.promote' }>
type Activation = Extract<Command, { kind: 'profile.activate' }>

/** With what a log is folded, as its last activation says. `features`: absent up to foldVersion 4. */
export type ActiveSetting = Pick<Activation, 'foldVersion' | 'profileHash' | 'features'>

/** What this program says of itself with a profile. */
export function settingOf(profile: Profile): ActiveSetting {
  return { foldVersion, profileHash: profile.hash, features: featuresHash(profile) }
}

/** Promotions of logs of earlier versions stand as they were decided: by the gates that they named, if any. */
const evaluationSinceVersion = 5

/** Why a promotion does not stand by itself; empty when it does, but for the champion that its model was compared with. */
export function faultsOf({ hash, evaluation, gates = [] }: Promotion, setting: ActiveSetting): string[] {
  const open = gates.flatMap(gateFault)
  if (evaluation === undefined)
    return setting.foldVersion < evaluationSinceVersion ? open : ['there is no evaluation', ...open]
  const names = new Set(gates.map(({ name }) => name))
  const missing = requiredGates(evaluation.comparedWith !== null).filter((name) => !names.has(name))
  return [
    ...otherThan('model', evaluation.candidate, hash),
    ...otherThan('profile', evaluation.profile, setting.profileHash),
    ...otherThan('features', evaluation.features, setting.features ?? evaluation.features),
    ...missing.map((name) => `gate ${name} is missing`),
    ...open,
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
