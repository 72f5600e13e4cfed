/**
 * How much regions weigh around one another: exp(-(distance / scale)^2 / 2), a Gaussian kernel over the distance of their centres, as
 * in kernel smoothing (Nadaraya 1964, Watson 1964). The same bits on every machine.
 */
import type { Centre } from '../streams/tree.ts'
import { cos2pi, exp } from './math.ts'

/** Of a sphere of the earth's mean radius, 6,371.0088 km. */
const kmPerDegree = 111.195
const degreesPerTurn = 360
/** What lies further than so many scales would weigh less than 0.0004, and weighs nothing. */
const scalesMax = 4

/** Index of a region and its weight, above 0 and at most 1. */
export type Near = { index: number; weight: number }

/**
 * For each centre those that lie around it, itself among them, in ascending order; none for a region whose centre is not known.
 * `scaleKm` > 0. Distances on a plane that is true at the middle latitude of two centres: good for those that count, since scales are
 * small against the earth.
 */
export function nearness(centres: readonly (Centre | undefined)[], scaleKm: number): Near[][] {
  return centres.map((from) =>
    centres.flatMap((to, index) => {
      if (from === undefined || to === undefined) return []
      const squares = squareKm(from, to) / (scaleKm * scaleKm)
      return squares > scalesMax * scalesMax ? [] : [{ index, weight: exp(-squares / 2) }]
    }),
  )
}

function squareKm(a: Centre, b: Centre): number {
  const north = (b.lat - a.lat) * kmPerDegree
  const turns = (b.lon - a.lon) / degreesPerTurn
  const degrees = (turns - Math.round(turns)) * degreesPerTurn // the short way round
  const east = degrees * kmPerDegree * cos2pi((a.lat + b.lat) / 2 / degreesPerTurn)
  return north * north + east * east
}
