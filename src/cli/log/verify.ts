/** `forewarn verify ID`: judges a warning again from the tick archive, by the code that raised it. */
import { Command } from 'commander'
import type { Profile } from '../../../streams/profile.ts'
import { ArchiveRecord } from '../../../streams/ticks.ts'
import { idOfCount, type Warning } from '../../../streams/warnings.ts'
import { profileOf as begunProfile } from '../../activation.ts'
import { ForewarnError } from '../../errors.ts'
import { readCommands } from '../../ingest/imports/importState.ts'
import { jsonOf } from '../../json.ts'
import { archiveFullEveryTicks } from '../../limits.ts'
import { offsetAt } from '../../log/lastRecord.ts'
import type { Log } from '../../log/port.ts'
import { publishedWarnings } from '../../log/publishedWarnings.ts'
import { recordsOf } from '../../log/recordsOf.ts'
import { profileAt } from '../../registry/modelRegistry.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { championAt, readRegistry } from '../../settings/registry/readRegistry.ts'
import { archiveReach } from '../../space/archiveReach.ts'
import { type Archive, ArchiveBefore, type Verification, verifyWarnings } from '../../watch/verify.ts'
import {
  addLogOptions,
  CommandFailed,
  type LogOptions,
  printResult,
  processScreen,
  type Screen,
  withLog,
} from '../common.ts'

type Options = LogOptions & { profile: string; json?: boolean }

const help = `
Read are the published warnings, commands and artefacts, and of the tick archive the last full state before a change and the ticks after it, at most
24: changes that follow the same full state are judged in one go, by the statistic of the warning alone. No event and no score is read.

Example:
  $ forewarn verify count.region.530800.2026-11-10`

export function verifyCommand(screen: Screen = processScreen): Command {
  const command = new Command('verify')
    .description(
      'Judge a warning again from the tick archive: every change of it that was published must come out the same.',
    )
    .argument('<id>', 'id of the warning, as `forewarn tail region-warnings` shows it')
    .option('--profile <name|dir>', 'profile of the log', 'cn')
    .option(
      '--json',
      'print one JSON object: {id, agrees, changes: [...]}, each with the archived ticks that were judged',
    )
    .addHelpText('after', help)
    .action(async (id: string, options: Options) => {
      const named = await loadProfile(options.profile)
      await printVerifications(screen, id, await withLog(options, 'read', (log) => verify(log, named, id)), options)
    })
  return addLogOptions(command)
}

/** Every change of a warning that was published, judged again. */
async function verify(log: Log, named: Profile, id: string): Promise<Verification[]> {
  const profile = await begunProfile(log, named)
  const published = await changesOf(log, id)
  if (published.length === 0) throw new ForewarnError('FW_WARNING_NOT_FOUND', [id])
  if (!(await wasRun(log))) throw new ForewarnError('FW_NOT_FOLDED', [log.name, 'nothing was folded from it'])
  const registry = await readRegistry(log, profile, null)
  const { beatMs, modelRegistry } = registry
  const profileOf = (at: number): Profile => profileAt(modelRegistry.profiles, at)
  const found: Verification[] = []
  for (let rest = published; rest.length > 0; ) {
    const { tick, foldVersion } = rest[rest.length - 1]
    const setting = { profileOf, model: championAt(registry, tick), foldVersion, beatMs }
    const archive = await archiveFor(log, profile, tick)
    // Up to there one pass leads to all that was said by the same program and model since the full state.
    const {
      state: [full],
    } = archive
    const isReached = (one: Warning): boolean =>
      (full === undefined || one.tick > full.tick) &&
      one.foldVersion === foldVersion &&
      championAt(registry, one.tick) === setting.model
    const first = rest.findLastIndex((one) => !isReached(one)) + 1
    found.unshift(...verifyWarnings(rest.slice(first), archive, setting))
    rest = rest.slice(0, first)
  }
  return found
}

async function printVerifications(
  screen: Screen,
  id: string,
  found: readonly Verification[],
  options: Options,
): Promise<void> {
  const agrees = found.every((one) => one.agrees)
  const changes = found.map(({ published: { tickLabel: tick, profile, change, level }, ...one }) => {
    const { agrees: same, differences, ticksJudged } = one
    return { tick, profile, change, level, agrees: same, differences, ticksJudged }
  })
  await printResult(screen, options, { id, agrees, changes }, () =>
    found.flatMap(
      ({ published: { tickLabel, profile, change, levelBefore, level }, agrees: same, differences, ticksJudged }) => [
        `${same ? 'agrees' : 'DIFFERS'}  ${tickLabel} ${change} ${levelBefore} -> ${level}, judged again from ${ticksJudged} archived ticks under profile ${profile.slice(0, 12)}`,
        ...differences.map((difference) => `    ${difference}`),
      ],
    ),
  )
  if (!agrees) throw new CommandFailed()
}

async function changesOf(log: Log, id: string): Promise<Warning[]> {
  const found: Warning[] = []
  for await (const warning of publishedWarnings(log))
    if (warning.id === id || warning.id === idOfCount(id)) found.push(warning)
  return found
}

async function wasRun(log: Log): Promise<boolean> {
  return (await readCommands(log)).activation !== undefined
}

/** The last full state before a tick, and the ticks after it up to that tick. */
async function archiveFor(log: Log, { calendar }: Profile, tick: number): Promise<Archive> {
  const full = archiveFullEveryTicks * Math.floor((tick - 1) / archiveFullEveryTicks)
  const from = await offsetAt(log, 'ticks', 0, calendar.startMs(full))
  const found = await archiveFrom(log, from, tick)
  if (found.state.length > 0) return found
  const reach = await archiveReach(log)
  if (reach !== undefined && tick < reach)
    throw new ForewarnError('FW_OUT_OF_REACH', ['forewarn verify', calendar.label(reach)])
  return archiveFrom(log, 0, tick)
}

async function archiveFrom(log: Log, from: number, tick: number): Promise<ArchiveBefore> {
  const found = new ArchiveBefore(tick)
  for await (const { value } of recordsOf(log, 'ticks', 0, from)) {
    const record = ArchiveRecord.parse(jsonOf(value))
    if (record.tick > tick) break
    found.take(record)
  }
  return found
}
