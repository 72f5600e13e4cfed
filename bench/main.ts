/** `npm run bench -- NAME [--json] [--cpu-prof DIR] [--peers DIR] [--folds] [--only NAMES] [--seeds A-B] [--seed N] [--replicates N] [--model NAME] [--days N] [--minutes N]`: runs one benchmark; with --json its last line is one JSON object. */
import { parseArgs } from 'node:util'
import { type BenchOptions, seedsOf, wholeNumber } from './options.ts'

const benches: Readonly<Record<string, () => Promise<(options: BenchOptions) => Promise<void>>>> = {
  fold: async () => (await import('./fold.ts')).benchFold,
  warn: async () => (await import('./warn.ts')).benchWarn,
  embedded: async () => (await import('./embedded.ts')).benchEmbedded,
  kafka: async () => (await import('./kafka.ts')).benchKafka,
  scale: async () => (await import('./scale.ts')).benchScale,
  peers: async () => (await import('./peers.ts')).benchPeers,
  restore: async () => (await import('./restore.ts')).benchRestore,
  train: async () => (await import('./train.ts')).benchTrain,
  chicago: async () => (await import('./chicago.ts')).benchChicago,
  hazard: async () => (await import('./hazard.ts')).benchHazard,
  hostile: async () => (await import('./hostile.ts')).benchHostile,
  clusters: async () => (await import('./clusters.ts')).benchClusters,
  outbreaks: async () => (await import('./outbreaks.ts')).benchOutbreaks,
  dashboard: async () => (await import('./dashboard.ts')).benchDashboard,
  labels: async () => (await import('./labels.ts')).benchLabels,
  link: async () => (await import('./link.ts')).benchLink,
  nab: async () => (await import('./nab.ts')).benchNab,
  noufaily: async () => (await import('./noufaily.ts')).benchNoufaily,
  quiet: async () => (await import('./quiet.ts')).benchQuiet,
  sparse: async () => (await import('./sparse.ts')).benchSparse,
  tick: async () => (await import('./tick.ts')).benchTick,
  soak: async () => (await import('./soak.ts')).benchSoak,
  scrape: async () => (await import('./scrape.ts')).benchScrape,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    'cpu-prof': { type: 'string' },
    peers: { type: 'string' },
    folds: { type: 'boolean' },
    only: { type: 'string' },
    seeds: { type: 'string' },
    seed: { type: 'string' },
    replicates: { type: 'string' },
    model: { type: 'string' },
    days: { type: 'string' },
    minutes: { type: 'string' },
  },
})
const bench = positionals.length === 1 ? benches[positionals[0]] : undefined
if (bench === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--json]\n`)
  process.exitCode = 2
} else {
  const run = await bench()
  await run({
    json: values.json === true,
    cpuProf: values['cpu-prof'],
    peers: values.peers ?? process.env.FOREWARN_PEERS,
    folds: values.folds === true,
    only: values.only,
    seeds: values.seeds === undefined ? undefined : seedsOf(values.seeds),
    seed: values.seed === undefined ? undefined : wholeNumber(values.seed),
    replicates: values.replicates === undefined ? undefined : wholeNumber(values.replicates),
    model: values.model,
    minutes: values.minutes === undefined ? undefined : wholeNumber(values.minutes),
    days: values.days === undefined ? undefined : wholeNumber(values.days),
  })
}
