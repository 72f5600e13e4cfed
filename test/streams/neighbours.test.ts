/** Regions that touch: read from a table beside the profile, part of its hash, refused by row. */
import { expect, test } from 'vitest'
import { loadProfile } from '../../src/settings/profiles.ts'
import { writeProfile } from './profileFolder.ts'

/** A small profile with a table of regions that touch; the pairs of codes are of its own tree. */
async function withPairs(text: (one: string, other: string, below: string) => string): Promise<string> {
  const { regions } = await loadProfile(await writeProfile())
  const ofDepth = (depth: number): string[] =>
    regions.nodes
      .filter((node) => node.depth === depth && node.index > 1 && !node.code.includes('/'))
      .map(({ code }) => code)
  const level = [1, 2, 3].map(ofDepth).find((codes) => codes.length > 1) ?? []
  const deeper = regions.nodes.filter(
    (node) => node.index > 1 && !level.includes(node.code) && !node.code.includes('/'),
  )
  const rows = text(level[0], level[1], deeper[0]?.code ?? '')
  return writeProfile((files) => {
    const yaml = files.get('profile.yaml') ?? ''
    files.set(
      'profile.yaml',
      yaml.replace(/^regions:\n/m, 'regions:\n  neighbours: { file: touching.csv, source: a map }\n'),
    )
    files.set('touching.csv', rows)
  })
}

test('both of a pair touch each other; a pair said twice is one', async () => {
  const { regions, neighbours } = await loadProfile(
    await withPairs((one, other) => `one,other\n${one},${other}\n${other},${one}\n`),
  )
  expect(neighbours.size).toBe(2)
  for (const [node, others] of neighbours) {
    expect(others).toHaveLength(1)
    expect(neighbours.get(others[0])).toEqual([node])
    expect(regions.nodes[node].depth).toBe(regions.nodes[others[0]].depth)
  }
})

test('a profile without the table says nothing of it', async () => {
  expect((await loadProfile(await writeProfile())).neighbours.size).toBe(0)
})

test.each<[string, (one: string, other: string, below: string) => string, RegExp]>([
  ['an unknown code', (one) => `one,other\n${one},NOWHERE\n`, /regions\.neighbours\.file: row 1: NOWHERE is no region/],
  ['one region twice', (one) => `one,other\n${one},${one}\n`, /row 1: .* are not two regions of one level/],
  ['no such column', (one, other) => `a,b\n${one},${other}\n`, /regions\.neighbours\.file/],
])('refuses %s', async (_, rows, says) => {
  await expect(withPairs(rows).then(loadProfile)).rejects.toThrow(says)
})

test('cn: provinces touch as on a map, the islands by their strait', async () => {
  const { regions, neighbours } = await loadProfile('cn')
  const of = (code: string): string[] =>
    (neighbours.get(regions.find(code)) ?? []).map((one) => regions.nodes[one].code)
  expect(of('460000')).toEqual(['440000'])
  expect(of('110000')).toEqual(['120000', '130000'])
  expect(of('610000')).toEqual(['140000', '150000', '410000', '420000', '500000', '510000', '620000', '640000'])
})
