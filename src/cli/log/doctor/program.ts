/** Checks of what the program stands on: Node, the profile, its model. */
import type { Profile } from '../../../../streams/profile.ts'
import { ForewarnError, messageOf } from '../../../errors.ts'
import { loadModel } from '../../../settings/models.ts'
import { loadProfile } from '../../../settings/profiles.ts'
import { openSecrets } from '../../../settings/secretFiles.ts'
import { type Check, fail, ok } from './check.ts'

const nodeMajorMin = 24

export function checkNode(version: string = process.versions.node): Check {
  const major = Number(version.split('.')[0])
  if (major >= nodeMajorMin) return ok('node', `Node ${version}.`)
  return fail(
    'node',
    `Node ${version} is too old.`,
    `Use Node ${nodeMajorMin} or later; under npm the project brings its own.`,
  )
}

export async function checkProfileFiles(name: string): Promise<{ check: Check; profile: Profile | undefined }> {
  try {
    const profile = await loadProfile(name)
    return {
      check: ok('profile', `${profile.file.name} ${profile.file.version} (${profile.hash.slice(0, 12)}).`),
      profile,
    }
  } catch (error) {
    return { check: failedWith('profile', error), profile: undefined }
  }
}

export async function checkModel(profile: Profile): Promise<Check> {
  const { model } = profile.file
  if (model === null) return ok('model', 'The profile has none: cells are judged, enterprises are not scored.')
  try {
    const { hash } = await loadModel(model)
    return ok('model', `${model} (${hash.slice(0, 12)}).`)
  } catch (error) {
    return failedWith('model', error)
  }
}

/** Files with secrets that the environment names. */
export const checkSecrets = (): Check => checkRights('secrets', openSecrets(process.env))

/** `open`: what other users may read or write. */
export function checkRights(name: string, open: readonly string[]): Check {
  if (open.length === 0) return ok(name, 'No other user of this machine may read or write them.')
  return { ...failedWith(name, new ForewarnError('FW_OPEN_TO_OTHERS', [open.join(', ')])), verdict: 'warn' }
}

/** An error as a check that failed. */
export function failedWith(name: string, error: unknown): Check {
  if (!(error instanceof ForewarnError))
    return fail(name, messageOf(error), 'Look at the files named; run doctor again.')
  return { ...fail(name, error.message, error.remedy), code: error.code }
}
