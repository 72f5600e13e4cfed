/** A profile says where its outermost regions stand on a grid. */
import { expect, it } from 'vitest'
import { loadProfile } from '../../src/settings/profiles.ts'
import { compileProfile } from '../../streams/profile.ts'
import { tinySource } from '../support/tinyProfile.ts'

const withTiles = (tiles: Record<string, [number, number]>) => {
  const { file } = tinySource
  return compileProfile({ ...tinySource, file: { ...file, regions: { ...file.regions, tiles } } })
}

it('each province of cn has a tile of its own, in the north what lies in the north', async () => {
  const { regions, file } = await loadProfile('cn')
  const tiles = file.regions.tiles ?? {}
  const provinces = regions.nodes.filter(({ depth, code }) => depth === 1 && code !== 'UNKNOWN')
  expect(Object.keys(tiles).sort()).toEqual(provinces.map(({ code }) => code).sort())
  const [heilongjiang, hainan, xinjiang, shanghai] = ['230000', '460000', '650000', '310000'].map((code) => tiles[code])
  expect(heilongjiang[1]).toBeLessThan(hainan[1])
  expect(xinjiang[0]).toBeLessThan(shanghai[0])
})

it.each<[string, Record<string, [number, number]>, RegExp]>([
  ['a region within', { P1: [0, 0] }, /P1 is no region of the outermost level/],
  ['an unknown code', { Z: [0, 0] }, /Z is no region of the outermost level/],
  ['two on one tile', { P: [1, 2], Q: [1, 2] }, /P and Q lie on one tile/],
])('%s is refused', (_, tiles, says) => {
  expect(() => withTiles(tiles)).toThrow(says)
})

it('a profile need not have any', () => {
  expect(withTiles({ P: [0, 0] }).file.regions.tiles).toEqual({ P: [0, 0] })
  expect(tinySource.file.regions.tiles).toBeUndefined()
})
