/** The peers of a place: the finest row of the model's peer table that lies above it; industry is given up before region. */
import type { Peers } from '../../models/features.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Profile } from '../../streams/profile.ts'
import { type CodeTree, rootIndex } from '../../streams/tree.ts'

export function peerTable(profile: Profile, table: RiskModel['peers']): (place: number) => Peers | undefined {
  const { regions, industries } = profile
  const byNodes = new Map<number, Peers>()
  const [named, namedIndustry] = [new Set<number>(), new Set<number>()]
  for (const [key, [median, spread]] of Object.entries(table)) {
    const [industry, region] = key.split('|')
    if (!industries.has(industry) || !regions.has(region)) continue
    named.add(regions.find(region))
    namedIndustry.add(industries.find(industry))
    byNodes.set(regions.find(region) * industries.nodes.length + industries.find(industry), { median, spread })
  }
  const [regionAbove, industryAbove] = [nearestNamed(regions, named), nearestNamed(industries, namedIndustry)]

  return (place) => {
    for (let region = regionAbove[place >>> 16]; ; region = regionAbove[regions.nodes[region].parent]) {
      for (
        let industry = industryAbove[place & 0xffff];
        ;
        industry = industryAbove[industries.nodes[industry].parent]
      ) {
        const peers = byNodes.get(region * industries.nodes.length + industry)
        if (peers !== undefined) return peers
        if (industry === rootIndex) break
      }
      if (region === rootIndex) return undefined
    }
  }
}

/** For each node itself or its nearest ancestor that the table names; the root where there is none. */
function nearestNamed(tree: CodeTree, named: ReadonlySet<number>): Uint16Array {
  return Uint16Array.from(tree.nodes, (node) => {
    let at = node.index
    while (at !== rootIndex && !named.has(at)) at = tree.nodes[at].parent
    return at
  })
}
