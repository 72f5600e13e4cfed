/** Two judges agree when all that is counted is equal, and all that is computed lies within one part in ten million. */
import { expect } from 'vitest'
import type { Warning } from '../../../streams/warnings.ts'
import { ofCounts } from '../ofCounts.ts'
import type { Said } from './judgeOracle.ts'

const computed = ['expected', 'variance', 'p', 'q', 'rateRatio', 'effectiveEnterprises', 'value', 'limit'] as const
/** Of kinds those alone by which levels go. */
const artefacts: ReadonlySet<string> = new Set(['return-after-silence', 'batch-upload'])
const tolerance = 1e-7

export const isNear = (one: number, other: number): boolean =>
  Math.abs(one - other) <= tolerance * Math.max(Math.abs(one), Math.abs(other))

/** Warnings of one beat; in which order they are said within it no rule says. */
export function expectSame(said: readonly Warning[], wanted: readonly Said[], where: string): void {
  const plain = ofCounts(said).map(({ sentences, profile, model, foldVersion, at, evidence, ...rest }): Said => {
    const { shares, source, kind, ...judged } = evidence
    return { ...rest, evidence: { ...judged, ...(kind !== undefined && artefacts.has(kind) ? { kind } : {}) } }
  })
  expect(plain.map(line).sort(), where).toEqual(wanted.map(line).sort())
  const [found, due] = [inOrder(plain), inOrder(wanted)]
  for (const [index, one] of found.entries()) {
    const other = { ...due[index], evidence: { ...due[index].evidence } }
    for (const name of computed)
      if (isNear(one.evidence[name] ?? Number.NaN, other.evidence[name] ?? Number.NaN))
        other.evidence[name] = one.evidence[name] ?? Number.NaN
    const [all, wantedAll] = [one.evidence.all, other.evidence.all]
    if (all && wantedAll && isNear(all.expected, wantedAll.expected)) other.evidence.all = all
    expect(one, `${where}: ${line(one)}`).toEqual(other)
    const { byType } = one.evidence
    expect(Object.keys(byType), `${where}: types of ${one.id}, the most frequent first`).toEqual(
      Object.keys(byType).sort((a, b) => byType[b] - byType[a] || (a < b ? -1 : 1)),
    )
  }
}

const line = ({ axis, region, industry, change, levelBefore, level, early, evidence }: Said): string =>
  `${axis} ${region}|${industry} ${change} ${levelBefore}>${level}${early ? ' early' : ''} ${evidence.group ?? 'all'} ${evidence.count}`

function inOrder(all: readonly Said[]): Said[] {
  const codes = (one: { region: string; industry: string }): string => `${one.region}|${one.industry}`
  return all
    .map((one) => ({
      ...one,
      children: one.children.toSorted((a, b) => (codes(a) < codes(b) ? -1 : 1)),
      parents: one.parents.toSorted(),
    }))
    .sort((a, b) => (line(a) < line(b) ? -1 : 1))
}
