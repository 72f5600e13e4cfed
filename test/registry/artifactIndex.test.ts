/** Artefacts from their chunks: in any order the same, whole or not at all, within their bounds. */
import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { artifactBytesMax, artifactFilesMax, artifactsBytesMax, artifactsMax, MiB } from '../../src/limits.ts'
import { ArtifactIndex } from '../../src/registry/artifactIndex.ts'
import { chunksOf } from '../../src/settings/registry/chunks.ts'
import type { ArtifactChunk } from '../../streams/artifacts.ts'
import { modelFolder } from '../support/models.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const folder = modelFolder({ weight: 1 })
const chunks = chunksOf('model', folder.hash, folder.files, 300)

function take(index: ArtifactIndex, value: object, timeMs = 0) {
  return index.take({ offset: 0, timeMs, key: null, value: Buffer.from(JSON.stringify(value)), headers: null })
}

it('is whole with its last chunk, in whatever order they come, and known when that was', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(chunks, { minLength: chunks.length }), (order) => {
      const index = new ArtifactIndex(tinyProfile)
      for (const [at, chunk] of order.entries()) {
        expect(typeof index.stateOf('model', folder.hash)).toBe('string')
        expect(take(index, chunk, at)).toEqual({ fate: 'applied', detail: '' })
        expect(take(index, chunk, 1_000)).toEqual({ fate: 'duplicate', detail: '' })
      }
      const state = index.stateOf('model', folder.hash)
      expect(state).toMatchObject({ knownMs: chunks.length - 1, misfit: undefined })
      if (typeof state !== 'string')
        for (const [name, bytes] of folder.files) expect(Buffer.compare(state.files.get(name) ?? bytes, bytes)).toBe(0)
    }),
    { seed: 1, numRuns: 50 },
  )
})

it('is the same after it was saved and loaded, at every chunk', () => {
  let index = new ArtifactIndex(tinyProfile)
  for (const [at, chunk] of chunks.entries()) {
    take(index, chunk, at)
    const loaded = new ArtifactIndex(tinyProfile)
    for (const one of index.save()) loaded.load(JSON.parse(JSON.stringify(one)))
    expect([...loaded.save()]).toEqual([...index.save()])
    index = loaded
  }
  expect(index.stateOf('model', folder.hash)).toMatchObject({ knownMs: chunks.length - 1 })
})

const piece = (more: Partial<ArtifactChunk>): ArtifactChunk => ({
  hash: 'd'.repeat(64),
  kind: 'model',
  file: 'model.json',
  chunk: 0,
  chunks: 1,
  bytes: '',
  ...more,
})
const bytes = (length: number): string => Buffer.alloc(length).toString('base64')

test('what is larger than its bounds is refused with a code, and takes no place', () => {
  const index = new ArtifactIndex(tinyProfile)
  const whole = Math.floor(artifactBytesMax / (MiB / 4))
  for (let chunk = 0; chunk < whole; chunk++)
    expect(take(index, piece({ chunk, chunks: whole + 1, bytes: bytes(MiB / 4) })).fate).toBe('applied')
  const over = take(index, piece({ chunk: whole, chunks: whole + 1, bytes: bytes(1) }))
  expect(over).toMatchObject({ fate: 'dead', code: 'FW_ARTIFACT_LIMIT' })
  expect(take(index, piece({ bytes: bytes(MiB) }))).toMatchObject({ fate: 'dead', code: 'FW_RECORD_TOO_LARGE' })
})

test('whether there is room for a folder is known before it is sent', () => {
  const index = new ArtifactIndex(tinyProfile)
  const other = 'e'.repeat(64)
  const sized = (length: number) => new Map([['model.json', new Uint8Array(length)]])
  expect(index.obstacleTo('model', other, sized(artifactBytesMax))).toBeUndefined()
  expect(index.obstacleTo('model', other, sized(artifactBytesMax + 1))).toMatch(/larger than/)
  for (let nth = 0; nth < artifactsBytesMax / artifactBytesMax; nth++) {
    if (nth === 1) for (const chunk of chunks) take(index, chunk)
    for (let chunk = 0; chunk < 32; chunk++)
      take(index, piece({ hash: `${nth}`.padStart(64, '0'), chunk, chunks: 32, bytes: bytes(artifactBytesMax / 32) }))
  }
  expect(index.obstacleTo('model', folder.hash, folder.files)).toBeUndefined() // it is there
  expect(index.obstacleTo('model', other, sized(MiB))).toMatch(/all together/)
})

test('so many files, and so many artefacts, and no more', () => {
  const index = new ArtifactIndex(tinyProfile)
  const files = Array.from({ length: artifactFilesMax + 1 }, (_, at) => take(index, piece({ file: `f${at}` })).fate)
  expect(files).toEqual([...new Array(artifactFilesMax).fill('applied'), 'dead'])
  const hash = (at: number): string => at.toString(16).padStart(64, '0')
  const many = Array.from({ length: artifactsMax }, (_, at) => take(index, piece({ hash: hash(at) })).fate)
  expect(many).toEqual([...new Array(artifactsMax - 1).fill('applied'), 'dead'])
})
