/** The model that a profile names lies from the profile's folder on; its content is in the profile's hash, and nothing of the place. */
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, test } from 'vitest'
import { activate } from '../../src/activation.ts'
import { modelOf, readModelFolder } from '../../src/settings/models.ts'
import { loadProfile } from '../../src/settings/profiles.ts'
import { recordsIn, tempFolder } from '../ingest/support.ts'
import { append, memoryLog } from '../support/fold.ts'
import { modelFolder } from '../support/models.ts'
import { writeProfile } from './profileFolder.ts'

/** A profile in a new place that names a model, and the model, which lies `at` there; `change` is done to every file. */
async function place(
  named: string,
  { at = 'model', weight = 1, change = (text: string): string => text } = {},
): Promise<string> {
  const folder = path.join(await tempFolder(), 'deep', 'profile')
  await cp(await writeProfile(), folder, { recursive: true })
  const profile = await loadProfile(folder)
  const model = path.resolve(folder, at)
  await mkdir(model, { recursive: true })
  for (const [name, bytes] of modelFolder({ profile, weight }).files) await writeFile(path.join(model, name), bytes)
  const yaml = path.join(folder, 'profile.yaml')
  await writeFile(yaml, (await readFile(yaml, 'utf8')).replace('model: null', `model: ${named}`))
  for (const where of [folder, model])
    for (const name of await filesIn(where))
      await writeFile(path.join(where, name), change(await readFile(path.join(where, name), 'utf8')))
  return folder
}

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true })).flatMap((one) => (one.isFile() ? [one.name] : [])).sort()

const hashIn = async (folder: string): Promise<string> => (await loadProfile(folder)).hash

it('the same profile and model have one hash wherever they lie, however the place is written, and whatever ends their lines', async () => {
  const folder = await place('./model')
  const hash = await hashIn(folder)
  expect(await hashIn(path.relative(process.cwd(), folder))).toBe(hash)
  const elsewhere = path.join(await tempFolder(), 'model')
  const others = [
    await place('./model'),
    await place('model'),
    await place('"./mod\\u0065l"'),
    await place('../../models/mine', { at: '../../models/mine' }),
    await place(elsewhere, { at: elsewhere }),
    await place('./model', { change: (text) => text.replaceAll('\n', '\r\n') }),
  ]
  expect(await Promise.all(others.map(hashIn))).toEqual(others.map(() => hash))
  for (const one of [folder, ...others]) {
    const profile = await loadProfile(one)
    expect((await modelOf(profile))?.hash).toBe((await readModelFolder(path.join(folder, 'model'))).hash)
  }
})

it('another model, or another profile, has another hash', async () => {
  const hash = await hashIn(await place('./model'))
  expect(await hashIn(await place('./model', { weight: 2 }))).not.toBe(hash)
  expect(await hashIn(await place('./model # the first one'))).not.toBe(hash)
  expect(await hashIn(await place('./model', { change: (text) => text.replaceAll('All towns', 'Towns') }))).not.toBe(
    hash,
  )
})

it('a model that is not there is told, with where it was looked for', async () => {
  const folder = await writeProfile((files) =>
    files.set('profile.yaml', files.get('profile.yaml')?.replace('model: null', 'model: ./mine') ?? ''),
  )
  await expect(loadProfile(folder)).rejects.toMatchObject({
    code: 'FW_PROFILE_INVALID',
    message: expect.stringMatching(/model: .*\bmine\b/),
  })
})

/** sha256 over name, length and bytes of the files as they are. */
async function plainHash(folder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const name of await filesIn(folder)) {
    const bytes = await readFile(path.join(folder, name))
    hash.update(`${name}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

test('a profile with a built-in model, or none, has the hash of its files as they are', async () => {
  for (const name of ['us-warn', 'cn', 'chicago-food']) {
    const folder = fileURLToPath(new URL(`../../streams/profiles/${name}`, import.meta.url))
    const { hash, formerHashes } = await loadProfile(name)
    expect(hash).toBe(await plainHash(folder))
    expect(formerHashes).toEqual([])
  }
})

test('a log that an earlier version began under the hash of the bytes opens, and says the hash of now', async () => {
  const profile = await loadProfile(await place('./model'))
  const model = await modelOf(profile)
  const [former] = profile.formerHashes
  expect(former).toMatch(/^[0-9a-f]{64}$/)
  const log = await memoryLog()
  const begun = { profile: 'harbours', profileHash: former, beatMs: 1_000, modelHash: model?.hash, foldVersion: 4 }
  const value = { id: 'first', actor: 'test', kind: 'profile.activate', ...begun }
  await append(log, [{ topic: 'commands', key: null, timeMs: 0, value }])
  await activate({ log, profile, model, beatMs: 1_000, now: () => 0 })
  const [, second] = await recordsIn(log, 'commands')
  expect(JSON.parse(Buffer.from(second.value).toString())).toMatchObject({ profileHash: profile.hash })
  const other = await loadProfile(await place('./model', { weight: 2 }))
  const moved = activate({ log, profile: other, model: await modelOf(other), beatMs: 1_000, now: () => 0 })
  await expect(moved).rejects.toMatchObject({ code: 'FW_CONFIG_CHANGED' })
})
