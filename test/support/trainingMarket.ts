/** A small market of the profile `cn` with rows to train on: its files, its profile, and a champion that anything beats. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadProfile } from '../../src/settings/profiles.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { writeSimulation } from '../../src/simulate/write.ts'

const source = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))

/** `profile` and `champion` are folders; `files` are what `ingest` takes, and `knownAt` is in them; `enterprise` is the id of one. */
export type TrainingMarket = { profile: string; champion: string; files: readonly string[]; enterprise: string }

/** Makes it in a folder that is there: 300 enterprises and 300 days from 2025-01-01 on. */
export async function makeTrainingMarket(folder: string): Promise<TrainingMarket> {
  const [champion, profile, market] = ['champion', 'profile', 'market'].map((name) => path.join(folder, name))
  await makeChampion(champion)
  await makeProfile(profile, champion)
  await mkdir(market)
  const start = Date.parse('2025-01-01T00:00:00+08:00')
  await writeSimulation(simulate(await loadProfile(profile), { enterprises: 300, days: 300, seed: 4, start }), market)
  const files = ['enterprises', 'credit-grades', 'risk-events'].map(
    (name) => `${name}=${path.join(market, `${name}.ndjson`)}`,
  )
  const [first] = (await readFile(path.join(market, 'enterprises.ndjson'), 'utf8')).split('\n')
  return { profile, champion, files, enterprise: JSON.parse(first).id }
}

/** The baseline with all its weights negated. */
async function makeChampion(champion: string): Promise<void> {
  await cp(source('models/baseline'), champion, { recursive: true })
  const json = JSON.parse(await readFile(source('models/baseline/model.json'), 'utf8'))
  const weights = json.scorecard.weights.map((weight: number) => -weight)
  const file = path.join(champion, 'model.json')
  await writeFile(file, JSON.stringify({ ...json, scorecard: { ...json.scorecard, weights } }))
}

/** `cn` with a label that is known early, and features that are steady soon: so short a market has rows to judge by. Small moves of a score are published. */
async function makeProfile(profile: string, champion: string): Promise<void> {
  await cp(source('streams/profiles/cn'), profile, { recursive: true })
  const file = path.join(profile, 'profile.yaml')
  const changed = (await readFile(file, 'utf8'))
    .replace('days: 90, delayDays: 30', 'days: 30, delayDays: 7, gridTicks: 7')
    .replace(/^scoreStepMin: .*$/m, 'scoreStepMin: 0.0001')
    .replace(/^model: .*$/m, `model: ${champion}`)
    .replace(/^bandHysteresis:/m, "training: { features: ['count.CMP.30d', 'grade.*'] }\nbandHysteresis:")
  await writeFile(file, changed)
}
