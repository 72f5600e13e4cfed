/**
 * The same job, side by side: our process and Kafka Streams over the same topics of one broker. The harness of the peers is kept outside
 * of this repository (bench/README.md says what it is). Our answers must be its own, and those of a plain oracle for our rules.
 */
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { loadProfile } from '../src/settings/profiles.ts'
import type { Profile } from '../streams/profile.ts'
import { CellOracle, type CodeParents } from '../test/support/cellOracle.ts'
import { type BenchOptions, printResult, progress } from './options.ts'
import { dataLines, type Harness, knownAt, runPeer, type Size, setUp, stopBroker } from './peers/harness.ts'
import { beatMs, type Cost, type Replay, replay } from './peers/replay.ts'

const size: Size = { enterprises: 200_000, events: 2_000_000 }
const rounds = 3
const Home = z.object({ id: z.string(), region: z.string(), industry: z.string() })

export async function benchPeers(options: BenchOptions): Promise<void> {
  if (options.peers === undefined) {
    progress('skipped: --peers DIR or FOREWARN_PEERS names the folder of the harness')
    return
  }
  const work = path.join(tmpdir(), 'forewarn-peers')
  const harness = { folder: options.peers, work, brokers: '127.0.0.1:19192', prefix: 'peers' }
  const profile = await loadProfile('cn')
  const { counters } = await setUp(harness, size)
  try {
    const oracle = await oracleOf(harness, profile)
    const deviations: string[] = []
    const [ours, theirs]: [Cost[], Cost[]] = [[], []]
    for (let round = 1; round <= rounds; round++) {
      const output = `forewarn-${process.pid}-${round}`
      const said = await replay(harness, { profile, output, events: size.events, cpuProf: options.cpuProf })
      ours.push(said.cost)
      progress(JSON.stringify({ ...said.cost, fates: said.fates, dead: said.dead, days: said.closedDays.size }))
      deviations.push(...deviationsOf(said, oracle, counters).map((what) => `replay ${round}: ${what}`))
      const peer = await runPeer(harness, 'ks-memory-1')
      theirs.push({
        cpuUsPerEvent: peer.cpuUsPerEvent,
        cpuUsPerEventSteady: peer.cpuUsPerEventAfter20pc,
        eventsPerSecond: peer.eventsPerSecond,
        peakRssMiB: peer.peakRssMiB,
      })
    }
    const [forewarn, kafkaStreams] = [mediansOf(ours), mediansOf(theirs)]
    const ratio = kafkaStreams.cpuUsPerEvent / forewarn.cpuUsPerEvent
    const ratioSteady = kafkaStreams.cpuUsPerEventSteady / forewarn.cpuUsPerEventSteady
    for (const what of deviations) progress(what)
    const countsEqual = deviations.length === 0
    printResult({ forewarn, kafkaStreams, ratio, ratioSteady, countsEqual }, options)
    if (!countsEqual) process.exitCode = 1
  } finally {
    await stopBroker(harness)
  }
}

/** Of each figure by itself. */
function mediansOf(costs: readonly Cost[]): Cost {
  const median = (of: (cost: Cost) => number): number => costs.map(of).sort((a, b) => a - b)[costs.length >> 1]
  return {
    cpuUsPerEvent: median((cost) => cost.cpuUsPerEvent),
    cpuUsPerEventSteady: median((cost) => cost.cpuUsPerEventSteady),
    eventsPerSecond: median((cost) => cost.eventsPerSecond),
    peakRssMiB: median((cost) => cost.peakRssMiB),
  }
}

async function oracleOf(harness: Harness, profile: Profile): Promise<CellOracle> {
  const folder = path.resolve(import.meta.dirname, '../streams/profiles/cn')
  const places = new Map<string, { region: string; industry: string }>()
  for await (const line of dataLines(harness, size, 'enterprises.ndjson')) {
    const { id, ...place } = Home.parse(JSON.parse(line))
    places.set(id, place)
  }
  const [regions, industries] = [await rowsOf(folder, 'regions.csv'), await rowsOf(folder, 'industries.csv')]
  const oracle = new CellOracle(
    {
      types: new Set(profile.types.map(({ code }) => code)),
      regions: parentsOf(regions.filter(({ counts_at }) => counts_at === '')),
      industries: parentsOf(industries),
      renamed: new Map(regions.flatMap(({ code, counts_at }) => (counts_at === '' ? [] : [[code, counts_at]]))),
      beatMs,
      utcOffsetMs: 8 * 3_600_000,
    },
    places,
  )
  const timeOf = await knownAt(harness)
  for await (const line of dataLines(harness, size, 'events.ndjson')) oracle.add(line, timeOf(line))
  oracle.end()
  return oracle
}

const CodeRow = z.object({ code: z.string(), parent: z.string(), counts_at: z.string().default('') })

async function rowsOf(folder: string, file: string): Promise<z.infer<typeof CodeRow>[]> {
  return z.array(CodeRow).parse(parse(await readFile(path.join(folder, file)), { columns: true, bom: true }))
}

const parentsOf = (rows: readonly z.infer<typeof CodeRow>[]): CodeParents =>
  new Map(rows.map(({ code, parent }) => [code, parent]))

type Counters = Awaited<ReturnType<typeof setUp>>['counters']

/** In what a replay differs from the harness's own counts, and from the oracle. */
function deviationsOf({ fates, dead, cells, closedDays }: Replay, oracle: CellOracle, counters: Counters): string[] {
  const found: string[] = []
  const same = (what: string, ours: number, wanted: number): void => {
    if (ours !== wanted) found.push(`${what}: ${ours}, not ${wanted}`)
  }
  const { counts } = oracle
  same('dead letters', fates.dead, counters.deadLetters)
  same('retractions', fates.retraction, counters.retractions)
  // Of an event that was taken back the harness says duplicate too.
  same('duplicates', fates.duplicate + fates.conflict + fates.absorbed, counters.duplicates)
  for (const fate of ['duplicate', 'absorbed', 'retraction'] as const)
    same(`${fate} by the oracle`, fates[fate], counts[fate])
  for (const code of new Set([...Object.keys(dead), ...Object.keys(counts.dead)]))
    same(code, dead[code] ?? 0, counts.dead[code] ?? 0)
  const wanted = new Map([...oracle.cells].filter(([cell]) => closedDays.has(cell.slice(0, 10))))
  same('cells with events', cells.size, wanted.size)
  let wrong = 0
  for (const [cell, events] of wanted) if (cells.get(cell) !== events) wrong++
  same('cells with another count', wrong, 0)
  same('events in cells', sum(cells), sum(wanted))
  return found
}

function sum(cells: ReadonlyMap<string, number>): number {
  let events = 0
  for (const count of cells.values()) events += count
  return events
}
