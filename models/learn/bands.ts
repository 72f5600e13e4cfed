/** Lower edges of the bands, from the scores that they shall part. */

/**
 * One edge a share: the share of rows at or above the edge comes as near to it as it can from below, so a band never takes more than
 * its share. Rows with equal scores stay together; where that leaves no rows for a band, it takes the next higher score alone, even
 * if that is more. An edge lies half way between the scores that it parts.
 * @param probabilities calibrated; those that are NaN are left out
 * @param shares of the rows at or above each edge, descending, such as [.1, .03, .005]
 * @throws Error when the shares do not descend, or the scores take fewer values than there are bands
 */
export function bandEdgesFor(probabilities: Float64Array, shares: readonly number[]): number[] {
  if (shares.some((share, at) => !(share > 0 && share < 1) || (at > 0 && share >= shares[at - 1])))
    throw new Error(`shares: ${shares.join(', ')} must descend between 1 and 0`)
  const sorted = probabilities.filter((value) => !Number.isNaN(value)).sort()
  const cuts: number[] = [] // rows below each place where the score rises
  for (let at = 1; at < sorted.length; at++) if (sorted[at] > sorted[at - 1]) cuts.push(at)
  if (cuts.length < shares.length)
    throw new Error(
      `bands: the scores take ${cuts.length + 1} values, too few for ${shares.length + 1} bands; ask for fewer`,
    )
  let next = 0
  return shares.map((share, band) => {
    const last = cuts.length - (shares.length - band) // leaves a cut for each band above
    while (next < last && sorted.length - cuts[next] > share * sorted.length) next++
    const cut = cuts[next++]
    const middle = sorted[cut - 1] / 2 + sorted[cut] / 2
    return middle > sorted[cut - 1] ? middle : sorted[cut]
  })
}
