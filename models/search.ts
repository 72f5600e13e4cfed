/** Index of the first of the ascending numbers that is above x; their length when none is. */
export function firstAbove(ascending: ArrayLike<number>, x: number): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle] <= x) low = middle + 1
    else high = middle
  }
  return low
}
