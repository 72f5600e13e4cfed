/** Weights of regions by the distance of their centres, against the distance on a sphere. */
import { describe, expect, it } from 'vitest'
import { nearness } from '../../models/nearness.ts'
import type { Centre } from '../../streams/tree.ts'
import { seeded } from './random.ts'

const radius = 6371.0088
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Haversine. */
function sphereKm(a: Centre, b: Centre): number {
  const half = (from: number, to: number): number => Math.sin(radians(to - from) / 2) ** 2
  const chord = half(a.lat, b.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(a.lon, b.lon)
  return 2 * radius * Math.asin(Math.sqrt(chord))
}

describe('nearness', () => {
  const random = seeded(7)
  const centres = Array.from({ length: 40 }, () => ({ lat: 41.7 + 0.3 * random(), lon: -87.8 + 0.3 * random() }))

  it('is exp(-(distance / scale)^2 / 2), 1 of itself, and nothing beyond four scales', () => {
    const near = nearness(centres, 3)
    let beyond = 0
    for (const [a, from] of centres.entries()) {
      const weights = new Map(near[a].map(({ index, weight }) => [index, weight]))
      expect(weights.get(a)).toBe(1)
      expect(near[a].map(({ index }) => index)).toEqual([...weights.keys()].sort((x, y) => x - y))
      for (const [b, to] of centres.entries()) {
        const scales = sphereKm(from, to) / 3
        if (Math.abs(scales - 4) < 0.001) continue
        if (scales > 4) beyond++
        expect(weights.get(b) ?? 0).toBeCloseTo(scales > 4 ? 0 : Math.exp(-(scales ** 2) / 2), 4)
      }
    }
    expect(beyond).toBeGreaterThan(100)
  })

  it('goes the short way round, at any latitude', () => {
    for (const lat of [0, 60, -60]) {
      const [[, other]] = nearness(
        [
          { lat, lon: 179.99 },
          { lat, lon: -179.99 },
        ],
        2,
      )
      const km = sphereKm({ lat, lon: 0 }, { lat, lon: 0.02 })
      expect(other.weight).toBeCloseTo(Math.exp(-((km / 2) ** 2) / 2), 4)
    }
  })

  it('knows nothing of a region without a centre', () => {
    const [first, second, third] = nearness([centres[0], undefined, centres[0]], 3)
    expect(first).toEqual([
      { index: 0, weight: 1 },
      { index: 2, weight: 1 },
    ])
    expect(second).toEqual([])
    expect(third).toEqual(first)
  })
})
