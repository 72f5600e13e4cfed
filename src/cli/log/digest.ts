/** `forewarn digest`: one hash a topic over what a run said; two runs that say the same have the same digest. */
import { Command } from 'commander'
import { digest, digestTopics } from '../../log/digest.ts'
import { loadProfile } from '../../settings/profiles.ts'
import { addLogOptions, type LogOptions, printResult, processScreen, type Screen, withLog } from '../common.ts'
import { tickOf } from './ticks.ts'

type Options = LogOptions & { through?: string; profile: string; json?: boolean }

const help = `
Every record that tasks have written is read once, topic by topic, and nothing else: no input, no journal and no checkpoint. The log may be in use.

Example:
  $ forewarn digest --through 2026-11-20    two live runs, up to a tick that both have closed`

export function digestCommand(screen: Screen = processScreen): Command {
  const command = new Command('digest')
    .description('Print one hash a topic over everything that a log says, without task, partition, offset or page.')
    .option('--through <tick>', 'only up to this tick: its number, or its date as warnings show it')
    .option('--profile <name|dir>', 'profile of the log, for --through', 'cn')
    .option('--json', 'print one JSON object: {topic: {hash, records}}, with how many things were read of each')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const includes = await upTo(options)
      const found = await withLog(options, 'read', (log) => digest(log, includes))
      await printResult(screen, options, found, () =>
        digestTopics.map((topic) => `${found[topic].hash}  ${topic}  (${found[topic].records})`),
      )
    })
  return addLogOptions(command)
}

async function upTo({ through, profile }: Options): Promise<(timeMs: number) => boolean> {
  if (through === undefined) return () => true
  const named = await loadProfile(profile)
  const tick = /^\d+$/.test(through) ? Number(through) : tickOf(named, '--through', through, ', or its number')
  return (timeMs) => timeMs < named.calendar.endMs(tick)
}
