/** `npm run bench -- NAME [options]`: runs one benchmark; `--help` says which there are. With --json its last line is one JSON object. */
import { parseArgs } from 'node:util'
import { messageOf } from '../src/errors.ts'
import { type BenchOptions, seedsOf, wholeNumber } from './options.ts'

type Bench = { what: string; load: () => Promise<(options: BenchOptions) => Promise<void>> }

const benches: Readonly<Record<string, Bench>> = {
  fold: { what: 'the fold in memory, beside JSON.parse', load: async () => (await import('./fold.ts')).benchFold },
  tick: { what: 'the close of a tick', load: async () => (await import('./tick.ts')).benchTick },
  embedded: {
    what: 'import and fold on disk, and a sparse market',
    load: async () => (await import('./embedded.ts')).benchEmbedded,
  },
  kafka: { what: 'a replay, and latency, over a broker', load: async () => (await import('./kafka.ts')).benchKafka },
  restore: { what: 'a start from a checkpoint', load: async () => (await import('./restore.ts')).benchRestore },
  scale: {
    what: 'two workers, and ten times the enterprises',
    load: async () => (await import('./scale.ts')).benchScale,
  },
  peers: { what: 'the same job by Kafka Streams', load: async () => (await import('./peers.ts')).benchPeers },
  scrape: { what: 'the page of metrics', load: async () => (await import('./scrape.ts')).benchScrape },
  dashboard: { what: 'the pages and their server', load: async () => (await import('./dashboard.ts')).benchDashboard },
  soak: { what: 'a run for hours', load: async () => (await import('./soak.ts')).benchSoak },
  hostile: { what: 'input that means harm', load: async () => (await import('./hostile.ts')).benchHostile },
  warn: { what: 'layoff notices of the USA', load: async () => (await import('./warn.ts')).benchWarn },
  noufaily: {
    what: 'weekly counts on the design of Noufaily et al.',
    load: async () => (await import('./noufaily.ts')).benchNoufaily,
  },
  sparse: { what: 'outbreaks in cells of few events', load: async () => (await import('./sparse.ts')).benchSparse },
  quiet: { what: 'a country in which nothing happens', load: async () => (await import('./quiet.ts')).benchQuiet },
  nab: { what: 'the Numenta Anomaly Benchmark', load: async () => (await import('./nab.ts')).benchNab },
  outbreaks: {
    what: 'outbreaks of the simulator, by three rules',
    load: async () => (await import('./outbreaks.ts')).benchOutbreaks,
  },
  clusters: {
    what: 'outbreaks over neighbouring cells',
    load: async () => (await import('./clusters.ts')).benchClusters,
  },
  link: { what: 'scores that rise before counts do', load: async () => (await import('./link.ts')).benchLink },
  labels: { what: 'labels of training rows', load: async () => (await import('./labels.ts')).benchLabels },
  train: { what: 'extraction and training', load: async () => (await import('./train.ts')).benchTrain },
  hazard: { what: 'the model of the simulator itself', load: async () => (await import('./hazard.ts')).benchHazard },
  chicago: { what: 'food inspections of Chicago', load: async () => (await import('./chicago.ts')).benchChicago },
}

const options = {
  help: { type: 'boolean', short: 'h', of: '', what: 'this text' },
  json: { type: 'boolean', of: '', what: 'the last line of standard output is one JSON object' },
  'cpu-prof': { type: 'string', of: 'kafka, restore, scale, peers', what: 'folder for the CPU profile' },
  peers: { type: 'string', of: 'peers', what: 'folder of the harness; else FOREWARN_PEERS' },
  folds: { type: 'boolean', of: 'chicago', what: 'only the folds inside the training rows' },
  only: { type: 'string', of: 'hostile', what: 'only these attacks, commas between them' },
  seeds: { type: 'string', of: 'those that draw', what: 'the seeds, as 1,3-5' },
  seed: { type: 'string', of: 'noufaily', what: 'the seed' },
  replicates: { type: 'string', of: 'noufaily', what: 'series a scenario' },
  model: { type: 'string', of: 'link', what: "a model by name or folder, in place of the profile's" },
  days: { type: 'string', of: 'embedded', what: 'days of the sparse market' },
  minutes: { type: 'string', of: 'soak', what: 'how long' },
} as const

const rows = (of: readonly (readonly [string, string])[]): string =>
  of.map(([name, what]) => `  ${name.padEnd(16)}${what}\n`).join('')

const help = (): string =>
  `usage: npm run bench -- NAME [options]\n\n${rows(Object.entries(benches).map(([name, { what }]) => [name, what]))}\n${rows(
    Object.entries(options).map(([name, { type, of, what }]) => [
      `--${name}${type === 'string' ? ' X' : ''}`,
      of === '' ? what : `${what} (${of})`,
    ]),
  )}\nbench/README.md says what each measures, its goals, and what was measured.\n`

/** @throws Error for options that there are not, or that do not have the form they need. */
function asked(): { bench: Bench | undefined; wantsHelp: boolean; told: BenchOptions } {
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : wholeNumber(text))
  return {
    bench: positionals.length === 1 && Object.hasOwn(benches, positionals[0]) ? benches[positionals[0]] : undefined,
    wantsHelp: values.help === true,
    told: {
      json: values.json === true,
      cpuProf: values['cpu-prof'],
      peers: values.peers ?? process.env.FOREWARN_PEERS,
      folds: values.folds === true,
      only: values.only,
      seeds: values.seeds === undefined ? undefined : seedsOf(values.seeds),
      seed: number(values.seed),
      replicates: number(values.replicates),
      model: values.model,
      days: number(values.days),
      minutes: number(values.minutes),
    },
  }
}

function refuse(text: string): undefined {
  process.stderr.write(text)
  process.exitCode = 2
}

function askedOrRefused(): ReturnType<typeof asked> | undefined {
  try {
    return asked()
  } catch (error) {
    return refuse(`${messageOf(error)}\nnpm run bench -- --help says what there is\n`)
  }
}

const of = askedOrRefused()
if (of?.wantsHelp === true) process.stdout.write(help())
else if (of !== undefined && of.bench === undefined) refuse(help())
else if (of?.bench !== undefined) await (await of.bench.load())(of.told)
