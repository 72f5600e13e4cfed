/** The peers of a place: the finest row of the model's peer table that lies above it; industry is given up before region. */
import type { Peers } from '../../../models/features.ts'
import type { RiskModel } from '../../../models/risk/riskModel.ts'
import type { Profile } from '../../../streams/profile.ts'
import { type CodeTree, rootIndex } from '../../../streams/tree.ts'

export function peerTable(profile: Profile, table: RiskModel['peers']): (place: number) => Peers | undefined {
  const { regions, industries } = profile
  const byNodes = new Map<number, Peers>()
  const [named, namedIndustry] = [new Set([rootIndex]), new Set([rootIndex])]
  for (const [key, [median, spread]] of Object.entries(table)) {
    const [industry, region] = key.split('|')
    if (!industries.has(industry) || !regions.has(region)) continue
    named.add(regions.find(region))
    namedIndustry.add(industries.find(industry))
    byNodes.set(regions.find(region) * industries.nodes.length + industries.find(industry), { median, spread })
  }
  // The named ones are few: what lies above each pair of them is found once.
  const [regionNames, industryNames] = [[...named], [...namedIndustry]]
  const [regionOf, industryOf] = [nearestNamed(regions, regionNames), nearestNamed(industries, industryNames)]
  const peers = regionNames.flatMap((region) => industryNames.map((industry) => peersAbove(region, industry)))
  const width = industryNames.length

  return (place) => peers[regionOf[place >>> 16] * width + industryOf[place & 0xffff]]

  function peersAbove(regionFrom: number, industryFrom: number): Peers | undefined {
    for (let region = regionFrom; ; region = regions.nodes[region].parent) {
      for (let industry = industryFrom; ; industry = industries.nodes[industry].parent) {
        const found = byNodes.get(region * industries.nodes.length + industry)
        if (found !== undefined) return found
        if (industry === rootIndex) break
      }
      if (region === rootIndex) return undefined
    }
  }
}

/** For each node itself or its nearest ancestor that the table names, by its position among the names. */
function nearestNamed(tree: CodeTree, names: readonly number[]): Uint16Array {
  return Uint16Array.from(tree.nodes, (node) => {
    let at = node.index
    while (!names.includes(at)) at = tree.nodes[at].parent
    return names.indexOf(at)
  })
}
