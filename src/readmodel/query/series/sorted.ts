/** Where a key stands in a column in ascending order; undefined when it does not. */
export function indexIn(keys: Uint32Array, key: number): number | undefined {
  let [low, high] = [0, keys.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle] < key) low = middle + 1
    else high = middle
  }
  return low < keys.length && keys[low] === key ? low : undefined
}
