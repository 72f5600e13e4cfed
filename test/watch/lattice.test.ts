import { expect, it } from 'vitest'
import { cellKeys } from '../../src/cells.ts'
import { lattice } from '../../src/watch/lattice.ts'
import { compileProfile } from '../../streams/profile.ts'
import { tinyProfile, tinySource } from '../support/tinyProfile.ts'

const keys = cellKeys(tinyProfile)
const lines = lattice(tinyProfile, keys)
const node = (region: string, industry: string): number =>
  keys.cell(tinyProfile.regions.find(region), tinyProfile.industries.find(industry))
const nameOf = (at: number): string => {
  const { region, industry } = lines.codes(at)
  return `${region || '*'}/${industry || '*'}`
}

it('counts a leaf at every judged node above it, and at the whole', () => {
  const table: [leaf: number, nodes: string[]][] = [
    [node('P1', 'X'), ['*/*', 'P1/X', 'P1/*', 'P/X', 'P/*', '*/X']],
    [node('Q', 'Y'), ['*/*', 'Q/Y', 'Q/*', '*/Y']],
    [node('P/UNKNOWN', 'X'), ['*/*', 'P/X', 'P/*', '*/X']],
    [node('UNKNOWN', 'X'), ['*/*', '*/X']],
    [node('P1', 'UNKNOWN'), ['*/*', 'P1/*', 'P/*']],
    [node('UNKNOWN', 'UNKNOWN'), ['*/*']],
  ]
  for (const [leaf, nodes] of table) expect(lines.nodesOf(leaf).map(nameOf).sort(), nameOf(leaf)).toEqual(nodes.sort())
})

it('judges regions, industries and cells; never the whole, nor what is unknown', () => {
  const table: [region: string, industry: string, axis: string | undefined, parents: string[]][] = [
    ['', '', undefined, []],
    ['', 'X', 'industry', []],
    ['P', '', 'region', []],
    ['P1', '', 'region', ['P/*']],
    ['P', 'X', 'cell', ['*/X', 'P/*']],
    ['P1', 'X', 'cell', ['P/X', 'P1/*']],
    ['UNKNOWN', '', undefined, []],
    ['P/UNKNOWN', 'X', undefined, ['P/X']],
    ['', 'UNKNOWN', undefined, []],
  ]
  for (const [region, industry, axis, parents] of table) {
    expect(lines.axisOf(node(region, industry)), `${region}/${industry}`).toBe(axis)
    expect(lines.parentsOf(node(region, industry)).map(nameOf), `${region}/${industry}`).toEqual(parents)
  }
})

it('contains what lies below in both trees', () => {
  expect(lines.contains(node('P', 'X'), node('P1', 'X'))).toBe(true)
  expect(lines.contains(node('P', ''), node('P1', 'X'))).toBe(true)
  expect(lines.contains(node('P', 'Y'), node('P1', 'X'))).toBe(false)
  expect(lines.contains(node('P1', 'X'), node('P', 'X'))).toBe(false)
  expect(lines.contains(lines.whole, node('UNKNOWN', 'UNKNOWN'))).toBe(true)
})

it('two nodes of which one is deeper in region and the other in industry share the deeper of both', () => {
  const table: [one: number, other: number, shared: string | undefined][] = [
    [node('', 'X'), node('P', ''), 'P/X'],
    [node('', 'X'), node('P1', ''), 'P1/X'],
    [node('P', 'X'), node('P1', ''), 'P1/X'],
    [node('P', 'X'), node('Q', ''), undefined],
    [node('P', 'X'), node('', 'Y'), undefined],
    [node('P', ''), node('P1', ''), undefined],
    [node('', 'X'), node('P1', 'X'), undefined],
    [node('P', 'X'), node('P', 'X'), undefined],
  ]
  for (const [one, other, shared] of table) {
    const found = lines.sharedBy(one, other)
    expect(found === undefined ? undefined : nameOf(found), `${nameOf(one)} and ${nameOf(other)}`).toBe(shared)
    expect(lines.sharedBy(other, one)).toBe(found)
  }
})

it('a cell shares its prior with the same industry in the regions beside it; unknown ones are no siblings', () => {
  expect(lines.siblingsOf(node('P1', 'X'))).toEqual({ ...lines.siblingsOf(node('P2', 'X')), size: 2 })
  expect(lines.siblingsOf(node('P1', 'X')).key).not.toBe(lines.siblingsOf(node('P1', 'Y')).key)
  expect(lines.siblingsOf(node('P', ''))).toEqual({ ...lines.siblingsOf(node('Q', '')), size: 2 })
  expect(lines.siblingsOf(node('', 'X'))).toEqual({ ...lines.siblingsOf(node('', 'Y')), size: 2 })
  expect(nameOf(lines.rhythmOf(node('P1', 'X')))).toBe('*/X')
  expect(nameOf(lines.rhythmOf(node('P1', '')))).toBe('*/*')
})

it('beside a node lie those of regions that touch, or of the same parent where nobody says which do', () => {
  const table: [region: string, industry: string, beside: string[]][] = [
    ['', 'X', []],
    ['P', '', ['Q/*']],
    ['P1', 'X', ['P2/X']],
  ]
  for (const [region, industry, beside] of table)
    expect(lines.besideOf(node(region, industry)).map(nameOf), `${region}/${industry}`).toEqual(beside)
  const apart = compileProfile({
    ...tinySource,
    regions: [...tinySource.regions, { ...tinySource.regions[1], code: 'R' }],
    neighbours: [['Q', 'R']],
  })
  const touching = lattice(apart, cellKeys(apart))
  const at = (region: string): number => cellKeys(apart).cell(apart.regions.find(region), 0)
  const besideOf = (region: string): string[] => touching.besideOf(at(region)).map((one) => touching.codes(one).region)
  expect(besideOf('Q')).toEqual(['R'])
  expect(besideOf('P')).toEqual(['Q', 'R']) // nobody says what it touches
})
