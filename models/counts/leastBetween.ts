/** The least whole number with a property that all above it have too, of those in (below, above]: `below` has it not, `above` has. By bisection. */
export function leastBetween(has: (y: number) => boolean, below: number, above: number): number {
  let [without, having] = [below, above]
  while (having - without > 1) {
    const middle = without + Math.floor((having - without) / 2)
    if (has(middle)) having = middle
    else without = middle
  }
  return having
}
