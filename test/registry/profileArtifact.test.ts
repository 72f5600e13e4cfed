/** A profile as an artefact: whole or not at all, the same as on disk, and told what is wrong with it. */
import { symlink } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { MiB } from '../../src/limits.ts'
import { ArtifactIndex } from '../../src/registry/artifactIndex.ts'
import { profileHash, profileIn } from '../../src/registry/profileFolder.ts'
import { readProfileFolder } from '../../src/settings/profiles.ts'
import { chunksOf } from '../../src/settings/registry/chunks.ts'
import type { ArtifactChunk } from '../../streams/artifacts.ts'
import { writeProfile } from '../streams/profileFolder.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const { profile, files } = await readProfileFolder(await writeProfile())
const yaml = Buffer.from(files.get('profile.yaml') ?? '').toString()

function stateAfter(chunks: readonly ArtifactChunk[], hash: string) {
  const index = new ArtifactIndex(tinyProfile)
  for (const [at, chunk] of chunks.entries())
    index.take({ offset: at, timeMs: at, key: null, value: Buffer.from(JSON.stringify(chunk)), headers: null })
  return index.stateOf('profile', hash)
}

/** The state of a folder that is sent under its own hash. */
function sent(changed: Record<string, string>) {
  const folder = new Map([
    ...files,
    ...Object.entries(changed).map(([name, text]) => [name, Buffer.from(text)] as const),
  ])
  const hash = profileHash(folder)
  return stateAfter(chunksOf('profile', hash, folder), hash)
}

test.each(['cn', 'us-warn', 'chicago-food'])('%s comes out of a log as it is on disk', async (name) => {
  const read = await readProfileFolder(name)
  const state = stateAfter(chunksOf('profile', read.profile.hash, read.files), read.profile.hash)
  if (typeof state === 'string') throw new Error(state)
  expect(state.misfit).toBeUndefined()
  const found = profileIn(state.files)
  expect(found).toMatchObject({ hash: read.profile.hash, model: read.profile.model, types: read.profile.types })
  expect(found.regions.nodes).toEqual(read.profile.regions.nodes)
})

it('names a model in a folder by its hash, wherever it lies', async () => {
  const model = path.resolve('models/baseline')
  const read = await readProfileFolder(
    await writeProfile((all) =>
      all.set(
        'profile.yaml',
        (all.get('profile.yaml') ?? '').replace('model: null', `model: ${JSON.stringify(model)}`),
      ),
    ),
  )
  expect(profileIn(read.files)).toMatchObject({ hash: read.profile.hash, model: read.profile.model })
  expect(read.profile.model).toMatch(/^[0-9a-f]{64}$/)
})

describe('what is no profile', () => {
  test('a chunk is missing, or a byte is another', () => {
    const chunks = chunksOf('profile', profile.hash, files, 500)
    expect(stateAfter(chunks.slice(1), profile.hash)).toBe('incomplete')
    const spoilt = new Map(files).set('en.yaml', Buffer.from('level.calm: clam\n'))
    expect(stateAfter(chunksOf('profile', profile.hash, spoilt), profile.hash)).toBe('mismatch')
  })

  test('a model of the same hash is another artefact', () => {
    expect(stateAfter(chunksOf('model', profile.hash, files), profile.hash)).toBe('unknown')
  })

  test.each<[what: string, changed: Record<string, string>, misfit: RegExp | string]>([
    ['text that is no YAML', { 'profile.yaml': 'name: [' }, /^profile\.yaml: /],
    ['a list', { 'profile.yaml': '[]' }, /expected object/],
    ['aliases without end', { 'profile.yaml': bomb() }, /^profile\.yaml: .*alias/i],
    ['what is nested without end', { 'profile.yaml': '['.repeat(100_000) }, 'profile.yaml: it is nested too deeply'],
    ['too long', { 'profile.yaml': `${yaml}\n#${'x'.repeat(MiB)}` }, /larger than/],
    ['a file that it does not name', { 'more.csv': 'x' }, 'it holds a file that the profile does not name'],
    ['a key of its own', { 'profile.yaml': `${yaml}\nconstructor: 1\n` }, /constructor|Unrecognized/],
    ['a table without columns', { 'regions.csv': 'x\n1\n' }, 'regions.file: the columns code and parent are needed'],
    ['bytes that are no text', { 'profile.yaml': yaml.replace('regions.csv', '../regions.csv') }, /regions\.file/],
  ])('%s', (_, changed, misfit) => {
    const state = sent(changed)
    if (typeof state === 'string') throw new Error(state)
    expect(state.misfit).toMatch(misfit)
    expect(state.misfit?.length).toBeLessThanOrEqual(512)
  })

  test('a device in the place of a file is not read', async () => {
    const folder = await writeProfile((all) => all.delete('regions.csv'))
    await symlink('/dev/zero', path.join(folder, 'regions.csv'))
    await expect(readProfileFolder(folder)).rejects.toMatchObject({
      code: 'FW_PROFILE_INVALID',
      message: expect.stringContaining('regions.csv is no file'),
    })
  })
})

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  for (let at = 1; at < 12; at++)
    lines.push(
      `a${at}: &a${at} [${Array(9)
        .fill(`*a${at - 1}`)
        .join(', ')}]`,
    )
  return lines.join('\n')
}
