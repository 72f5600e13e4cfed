/** Peers of the enterprises at one date: median and spread of ln(1 + decayed count) by section and province, section, and all. */
import { quantile } from '../../../models/quality/ranking.ts'

export type PeerRows = Record<string, [median: number, spread: number]>

/** Against these `peer` is what it is by itself, to the bit: other peers can be put in their place. */
export const rawPeers = { '|': [0, 1] } satisfies PeerRows

export const peersMin = 30
/** Narrower spreads would turn one more event into many standard deviations. */
const spreadMin = 0.1
/** IQR of a normal distribution of deviation 1. */
const iqrOfNormal = 1.349

/** `raw`: the feature `peer` against `rawPeers`. Groups of fewer than `peersMin` are left out. */
export function peerRows(some: Iterable<{ industry: string; region: string; raw: number }>): PeerRows {
  const groups = new Map<string, number[]>()
  for (const { industry, region, raw } of some) {
    for (const key of [`${industry}|${region}`, `${industry}|`, '|']) {
      const group = groups.get(key)
      if (group) group.push(raw)
      else groups.set(key, [raw])
    }
  }
  const peers: PeerRows = {}
  for (const [key, values] of [...groups].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    if (values.length < peersMin) continue
    const sorted = Float64Array.from(values).sort()
    const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / iqrOfNormal
    peers[key] = [rounded(quantile(sorted, 0.5)), Math.max(spreadMin, rounded(spread))]
  }
  return peers
}

export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
