/** The hash over a profile's features changes with what they are, and with nothing else. */
import { expect, it } from 'vitest'
import { featuresHash } from '../../src/featureProfile.ts'
import { compileProfile, type ProfileFile, type ProfileSource } from '../../streams/profile.ts'
import { tinySource } from '../support/tinyProfile.ts'

const { file } = tinySource
const hashOf = (changed: Partial<ProfileFile>, source: Partial<ProfileSource> = {}): string =>
  featuresHash(compileProfile({ ...tinySource, ...source, file: { ...file, ...changed } }))
const same = hashOf({})

it.each<[string, Partial<ProfileFile>]>([
  ['another version and model', { version: '2', model: 'other' }],
  ['other levels that warnings judge', { warnings: { ...file.warnings, regionLevels: ['province'] } }],
  ['other bands', { bands: [{ code: 'low' }, { code: 'high' }] }],
])('%s: the same features', (_, changed) => expect(hashOf(changed)).toBe(same))

it.each<[string, Partial<ProfileFile>, Partial<ProfileSource>]>([
  ['another half-life', { halfLivesDays: [1, 7, 30, 90, 366] }, {}],
  ['another severity', { eventTypes: file.eventTypes.map((type) => ({ ...type, severity: 5 })) }, {}],
  ['a feature of its own', { features: [{ kind: 'recency', name: 'own', of: ['PEN.FINE'] }] }, {}],
  ['a region more', {}, { regions: [...tinySource.regions, { code: 'R', parent: '', names: {} }] }],
])('%s: other features', (_, changed, source) => expect(hashOf(changed, source)).not.toBe(same))
