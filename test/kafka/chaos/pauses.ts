/** How long enterprise tasks stood still after a worker was killed, by the times of the commits that all workers told. The watch waits for all of them. */
import type { LogLine } from '../../e2e/forewarn.ts'
import type { Strike } from './fleet.ts'

/** Milliseconds, of kills that nothing else was near to (`troubles`: when the broker was struck, or a worker frozen). `moved`: from the kill to the first commit of another worker for the same task. `stayed`: between commits of tasks elsewhere. */
export type Pauses = { moved: Spread; stayed: Spread }
type Spread = { count: number; p50: number; max: number }
type Commit = { atMs: number; worker: number; task: string }

const windowMs = 5_000 // after a kill, in which a task that stays is looked at
const troubleMs = 20_000 // so long after something else was done, a pause may be due to that

export function pausesOf(
  lines: readonly (readonly LogLine[])[],
  strikes: readonly Strike[],
  troubles: readonly number[],
): Pauses {
  const commits = lines
    .flatMap((said, worker) =>
      said
        .filter(({ kind, task }) => kind === 'EpochCommitted' && task !== 'watch')
        .map((line): Commit => ({ atMs: Date.parse(String(line.time)), worker, task: String(line.task) })),
    )
    .sort((a, b) => a.atMs - b.atMs)
  const byTask = Map.groupBy(commits, ({ task }) => task)
  const moved: number[] = []
  const stayed: number[] = []
  for (const { atMs, worker } of strikes) {
    if (troubles.some((otherMs) => Math.abs(otherMs - atMs) < troubleMs)) continue
    for (const of of byTask.values()) {
      const before = of.findLast((commit) => commit.atMs <= atMs)
      if (before === undefined) continue
      const after = of.filter((commit) => commit.atMs > atMs)
      if (before.worker === worker && atMs - before.atMs < windowMs) {
        const next = after.find((commit) => commit.worker !== worker)
        if (next !== undefined) moved.push(next.atMs - atMs)
      } else if (before.worker !== worker) {
        const near = after.filter((commit) => commit.atMs <= atMs + windowMs && commit.worker === before.worker)
        for (const [at, { atMs: thenMs }] of near.entries()) stayed.push(thenMs - (near[at - 1] ?? before).atMs)
      }
    }
  }
  return { moved: spread(moved), stayed: spread(stayed) }
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { count: sorted.length, p50: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 }
}
