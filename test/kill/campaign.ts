/**
 * The kill campaign: the real process is killed with SIGKILL again and again while it folds a history, most often inside a commit, a
 * checkpoint or a restore, and now and then a checkpoint is damaged between two starts. In the end the log must say what it
 * says after a calm run, and every record must have one fate.
 *
 *   node test/kill/campaign.ts [--kills 200] [--seed 1] [--enterprises 80000] [--days 45] [--json]
 *
 * Epochs are made small and the history large, so that all kills fall into one run; should it be over before, a fresh copy is
 * taken. Exit code 1 on any difference.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { forewarnJson } from '../e2e/forewarn.ts'
import { type Damage, flipCheckpointByte } from '../log/corrupt.ts'
import { type Random, seeded } from '../models/random.ts'
import { aimAfterRestore, drawAim, drawCheckpointEvery } from './aims.ts'
import { copyOf, makeHistory, type Outcome, outcomeOf } from './history.ts'
import { insidePhases, type Phase, phases } from './phases.ts'
import { type Aim, type End, runUntilKilled } from './victim.ts'

export type CampaignOptions = {
  kills: number
  seed: number
  enterprises: number
  days: number
  say?: (line: string) => void
}

export type Campaign = {
  seed: number
  kills: number
  /** Copies of the history that were folded to the end. */
  copies: number
  struck: Record<Phase, number>
  /** Share of kills inside a restore, a commit or a checkpoint. */
  insideShare: number
  /** Beats folded again by restarts that got through their restore. */
  foldedAgain: { restarts: number; beats: number; beatsMax: number }
  damaged: number
  records: number
  fates: Record<string, number>
  differences: string[]
  seconds: number
}

/** Kills so many times, over as many copies of the history as that takes; the last copy is folded to its end. */
export async function campaign({ kills, seed, enterprises, days, say = () => {} }: CampaignOptions): Promise<Campaign> {
  const startedMs = Date.now()
  const folder = await mkdtemp(path.join(tmpdir(), 'forewarn-kill-'))
  try {
    const history = await makeHistory(folder, { enterprises, days, seed })
    const calmFolder = await copyOf(history, path.join(folder, 'calm'))
    await forewarnJson(['run', '--log', `embedded:${calmFolder}`, '--until-end', '--log-level', 'error'])
    const calm = await outcomeOf(calmFolder)
    say(`${calm.records} records, folded calmly after ${secondsSince(startedMs).toFixed(1)} s`)
    const result = emptyResult(seed, calm)
    const random = seeded(seed)
    while (result.kills < kills || result.copies === 0) {
      const copy = await copyOf(history, path.join(folder, `copy-${result.copies}`))
      await foldUnderFire(copy, { kills, random, result, say })
      compare(await outcomeOf(copy), calm, result)
      await rm(copy, { recursive: true })
      say(
        `copy ${result.copies}: ${result.kills} of ${kills} kills, ${secondsSince(startedMs).toFixed(0)} s, ${result.differences.length === 0 ? 'all equal' : result.differences.join('; ')}`,
      )
    }
    const inside = insidePhases.reduce((sum, phase) => sum + result.struck[phase], 0)
    result.insideShare = result.kills === 0 ? 0 : inside / result.kills
    if (result.insideShare < 0.5 && result.kills > 0)
      result.differences.push('fewer than half of the kills struck inside')
    return { ...result, seconds: secondsSince(startedMs) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Fire = { kills: number; random: Random; result: Campaign; say: (line: string) => void }

/** Starts the process on one copy until it ends by itself; once on the way the newest checkpoint of a task is damaged. */
async function foldUnderFire(copy: string, { kills, random, result, say }: Fire): Promise<void> {
  let killsUntilDamage = 2 + Math.floor(random() * 4)
  let damage: Damage | undefined
  for (;;) {
    const aim = nextAim(random, kills - result.kills, damage)
    const end = await runUntilKilled(runOf(copy, random, aim), aim)
    checkDamage(end, damage, result)
    damage = undefined
    record(end, result)
    if (!end.killed) return
    say(`kill ${result.kills}: ${end.phase}`)
    if (--killsUntilDamage <= 0) damage = flipCheckpointByte(copy, (below) => Math.floor(random() * below))
    if (damage !== undefined) {
      killsUntilDamage = Number.POSITIVE_INFINITY
      say(`damaged ${damage.task}, slot ${damage.slot}, page ${damage.page}, byte ${damage.byte}`)
    }
  }
}

function nextAim(random: Random, killsLeft: number, damage: Damage | undefined): Aim | undefined {
  if (killsLeft <= 0) return undefined
  return damage === undefined ? drawAim(random) : aimAfterRestore(random)
}

function runOf(copy: string, random: Random, aim: Aim | undefined): string[] {
  return [
    'run',
    '--log',
    `embedded:${copy}`,
    '--until-end',
    '--checkpoint-every',
    drawCheckpointEvery(random),
    ...(aim === undefined ? [] : ['--epoch-records', '10']), // so many commits that all kills fall into one run
    '--log-level',
    'debug',
  ]
}

/** A damaged checkpoint must be seen, and told. */
function checkDamage(end: End, damage: Damage | undefined, result: Campaign): void {
  if (damage === undefined) return
  result.damaged++
  const told = end.skipped.some(({ task, slot }) => task === damage.task && slot === damage.slot)
  if (!told) result.differences.push(`no CheckpointSkipped after slot ${damage.slot} of ${damage.task} was damaged`)
}

function record(end: End, result: Campaign): void {
  if (end.killed) {
    result.kills++
    result.struck[end.phase]++
  }
  if (end.beatsFoldedAgain === undefined) return
  const { restarts, beats, beatsMax } = result.foldedAgain
  result.foldedAgain = {
    restarts: restarts + 1,
    beats: beats + end.beatsFoldedAgain,
    beatsMax: Math.max(beatsMax, end.beatsFoldedAgain),
  }
}

function compare(found: Outcome, calm: Outcome, result: Campaign): void {
  const copy = ++result.copies
  if (found.digest !== calm.digest) result.differences.push(`the digest of copy ${copy} is another one`)
  if (JSON.stringify(found.fates) !== JSON.stringify(calm.fates))
    result.differences.push(`the fates of copy ${copy} are others`)
  for (const wrong of found.wrong) result.differences.push(`copy ${copy}: ${wrong}`)
}

function emptyResult(seed: number, { records, fates, wrong }: Outcome): Campaign {
  return {
    seed,
    kills: 0,
    copies: 0,
    struck: { start: 0, restore: 0, fold: 0, commit: 0, checkpoint: 0 },
    insideShare: 0,
    foldedAgain: { restarts: 0, beats: 0, beatsMax: 0 },
    damaged: 0,
    records,
    fates,
    differences: wrong.map((one) => `calm run: ${one}`),
    seconds: 0,
  }
}

function secondsSince(startedMs: number): number {
  return (Date.now() - startedMs) / 1_000
}

function table({
  seed,
  kills,
  copies,
  struck,
  insideShare,
  foldedAgain,
  damaged,
  records,
  fates,
  differences,
  seconds,
}: Campaign): string {
  const { restarts, beats, beatsMax } = foldedAgain
  const fatesSum = Object.values(fates).reduce((sum, one) => sum + one, 0)
  return [
    `seed ${seed}`,
    `kills ${kills}, over ${copies} copies of a history of ${records} records`,
    ...phases.map((phase) => `  struck in ${phase.padEnd(11)}${String(struck[phase]).padStart(5)}`),
    `  inside a restore, commit or checkpoint: ${(insideShare * 100).toFixed(0)} %`,
    `beats folded again: ${beats} in ${restarts} restarts, at most ${beatsMax} in one`,
    `damaged checkpoints: ${damaged}`,
    `fates: ${fatesSum} of ${records} records (${Object.entries(fates)
      .map(([fate, count]) => `${count} ${fate}`)
      .join(', ')})`,
    differences.length === 0
      ? 'every digest equals that of the calm run'
      : differences.map((one) => `DIFFERENCE: ${one}`).join('\n'),
    `${seconds.toFixed(0)} s`,
  ].join('\n')
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      enterprises: { type: 'string', default: '80000' },
      days: { type: 'string', default: '45' },
      json: { type: 'boolean', default: false },
    },
  })
  const [kills, seed, enterprises, days] = [values.kills, values.seed, values.enterprises, values.days].map(Number)
  console.error(`seed ${seed}`)
  const result = await campaign({ kills, seed, enterprises, days, say: (line) => console.error(line) })
  console.log(values.json ? JSON.stringify(result) : table(result))
  if (result.differences.length > 0) process.exitCode = 1
}

if (import.meta.main) await main()
