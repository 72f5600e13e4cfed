/** `forewarn policy --budget ...`: what another budget of false alarms would have done over the archive of a log, beside what was done. */
import { Command } from 'commander'
import type { Profile } from '../../../streams/profile.ts'
import { TickRecord } from '../../../streams/ticks.ts'
import { statisticNames } from '../../../streams/warnings.ts'
import { profileOf as begunProfile } from '../../activation.ts'
import { ForewarnError } from '../../errors.ts'
import { foldVersion } from '../../fold/version.ts'
import { jsonOf } from '../../json.ts'
import { dayMs } from '../../limits.ts'
import type { Log } from '../../log/port.ts'
import { publishedWarnings } from '../../log/publishedWarnings.ts'
import { recordsOf } from '../../log/recordsOf.ts'
import { profileAt } from '../../registry/modelRegistry.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { readRegistry } from '../../settings/registry/readRegistry.ts'
import { type Budget, noTally, OtherBudget, type Tallies, WarningTally } from '../../watch/otherBudget.ts'
import { aligned } from '../aligned.ts'
import { addLogOptions, type LogOptions, printResult, processScreen, type Screen, withLog } from '../common.ts'

type Options = LogOptions & { budget: string; profile: string; json?: boolean }
type Policy = {
  from: string
  to: string
  ticks: number
  weeks: number
  budget: { inForce: Budget; asked: Budget }
  /** What was published, and what the other budget would have said, by statistic and axis. */
  did: Tallies
  would: Tallies
}

const help = `
A budget is a number of false alarms that are put up with: episodes a week, over all that is judged, by statistic. What is not named is as
in the profile in force. \`did\` is what was published, \`would\` what the archive gives when it is judged again from its first tick on.
Warnings of one place that are no more than a week apart are one episode; each warning counts by its highest level.

To put a budget in force, write it into the profile (\`warnings.budget\`), and activate that: forewarn profile activate HASH --at next

Examples:
  $ forewarn policy --budget counts=.2
  $ forewarn policy --budget counts=1,risk=.3 --log embedded:data --json`

export function policyCommand(screen: Screen = processScreen): Command {
  const command = new Command('policy')
    .description('What another budget of false alarms would have done over the archive of a log, beside what was done.')
    .requiredOption('--budget <list>', 'episodes a week by statistic, such as counts=.5,risk=.3,clusters=.1')
    .option('--profile <name|dir>', 'profile of the log', 'cn')
    .option('--json', 'print one JSON object: {from, to, ticks, weeks, budget: {inForce, asked}, did, would}')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const asked = budgetOf(options.budget)
      const named = await loadProfile(options.profile)
      const found = await withLog(options, 'read', (log) => policyOver(log, named, asked))
      await printResult(screen, options, found, () => linesOf(found))
    })
  return addLogOptions(command)
}

const budgetNames = ['counts', 'risk', 'clusters'] as const
const episodesMax = 100

/** @throws ForewarnError FW_USAGE for what is no budget. */
export function budgetOf(text: string): Partial<Budget> {
  const budget: Partial<Budget> = {}
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^\s*([a-z]+)\s*=\s*(\d*\.?\d+)\s*$/.exec(part) ?? []
    const known = budgetNames.find((one) => one === name)
    const episodes = Number(value)
    if (known === undefined || !(episodes > 0 && episodes <= episodesMax) || budget[known] !== undefined)
      throw new ForewarnError('FW_USAGE', [
        `--budget takes ${budgetNames.join(', ')}, each once with episodes a week above 0 and up to ${episodesMax}, such as counts=.5,risk=.3; not ${text}.`,
      ])
    budget[known] = episodes
  }
  return budget
}

/** @throws ForewarnError FW_NOT_FOLDED where no tick has closed. */
export async function policyOver(log: Log, named: Profile, asked: Partial<Budget>): Promise<Policy> {
  const profile = await begunProfile(log, named)
  const { beatMs, modelRegistry } = await readRegistry(log, profile, null)
  const profileOf = (tick: number): Profile => profileAt(modelRegistry.profiles, tick)
  let [other, first, last, ticks]: [OtherBudget | undefined, number, number, number] = [undefined, 0, 0, 0]
  let pages: TickRecord[] = []
  for await (const { value } of recordsOf(log, 'ticks', 0)) {
    const record = TickRecord.safeParse(jsonOf(value)).data
    if (record === undefined) continue
    pages.push(record)
    if (pages.length < record.pages) continue
    const { tick } = record
    if (other === undefined) {
      first = tick
      const budget = { ...profileOf(tick).file.warnings.budget, ...asked }
      other = new OtherBudget({ profileOf, model: null, foldVersion, beatMs }, tick, budget)
    }
    other.take(pages)
    last = tick
    ticks++
    pages = []
  }
  if (other === undefined) throw new ForewarnError('FW_NOT_FOLDED', [log.name, 'no tick has closed in it'])
  const { calendar, file } = profileOf(last)
  return {
    from: calendar.label(first),
    to: calendar.label(last),
    ticks,
    weeks: (ticks * calendar.tickMs) / (7 * dayMs),
    budget: { inForce: file.warnings.budget, asked: { ...file.warnings.budget, ...asked } },
    did: (await published(log)).sums(calendar.tickMs),
    would: other.tally.sums(calendar.tickMs),
  }
}

async function published(log: Log): Promise<WarningTally> {
  const tally = new WarningTally()
  for await (const warning of publishedWarnings(log)) tally.add(warning)
  return tally
}

const header = ['statistic', 'axis', 'budget', 'raises', 'episodes', 'a week', 'blue', 'yellow', 'orange', 'red']

function* linesOf({ from, to, ticks, weeks, budget, did, would }: Policy): Iterable<string> {
  const say = (of: Budget): string => budgetNames.map((name) => `${name}=${of[name]}`).join(',')
  yield `${from} to ${to}, ${ticks} ticks. Budget in force: ${say(budget.inForce)}; asked: ${say(budget.asked)}`
  const rows: string[][] = []
  for (const statistic of statisticNames)
    for (const axis of ['region', 'industry', 'cell'] as const) {
      const [before, after] = [did[statistic]?.[axis], would[statistic]?.[axis]]
      if (before === undefined && after === undefined) continue
      for (const [name, { raises, episodes, levels }] of [
        ['did', before ?? noTally()],
        ['would', after ?? noTally()],
      ] as const)
        rows.push([
          ...[statistic, axis, name, String(raises), String(episodes), (episodes / weeks).toFixed(2)],
          ...[levels.blue, levels.yellow, levels.orange, levels.red].map(String),
        ])
    }
  yield* rows.length === 0 ? ['Nothing was raised, and nothing would have been.'] : aligned([header, ...rows])
}
