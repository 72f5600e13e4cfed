/** Which member of the group runs which tasks: each keeps what it runs, up to its share; the rest goes to those with fewest. Pure, and the same in every order of members. */

export type Member = { id: string /** Numbers of the tasks it runs now. */; runs: readonly number[] }

/** Tasks are numbered from 0; every one has exactly one member, and no member has two more than another. */
export function assignTasks(members: readonly Member[], tasks: number): Map<string, number[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
  const share = Math.floor(tasks / sorted.length)
  let larger = tasks % sorted.length // so many members may have one more
  const assigned = new Map<string, number[]>(sorted.map(({ id }) => [id, []]))
  const free = new Set(Array.from({ length: tasks }, (_, task) => task))
  // Whoever runs most keeps one of the larger shares, so that fewest tasks move.
  for (const { id, runs } of [...sorted].sort((a, b) => b.runs.length - a.runs.length)) {
    const mine = [...new Set(runs)].filter((task) => free.has(task))
    const most = mine.length > share && larger > 0 ? share + 1 : share
    const kept = mine.slice(0, most)
    if (kept.length > share) larger--
    for (const task of kept) free.delete(task)
    assigned.set(id, kept)
  }
  for (const task of free) leastLoaded(assigned).push(task)
  for (const mine of assigned.values()) mine.sort((a, b) => a - b)
  return assigned
}

function leastLoaded(assigned: ReadonlyMap<string, number[]>): number[] {
  let least: number[] = []
  let fewest = Number.POSITIVE_INFINITY
  for (const mine of assigned.values()) if (mine.length < fewest) [least, fewest] = [mine, mine.length]
  return least
}
