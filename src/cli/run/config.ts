/** `forewarn config`: what holds for `run`, option by option, and whence; of secrets only whether they are there. */
import { Command } from 'commander'
import { kafkaVariables } from '../../settings/kafkaConnection.ts'
import { printResult, processScreen, type Screen } from '../common.ts'
import { type Setting, settingsOf, variablesOf } from '../configuration.ts'
import { addRunOptions } from './run.ts'
import type { RunOptions } from './runSetting.ts'

const help = `
Examples:
  $ forewarn config                                 what \`forewarn run\` would do here
  $ FOREWARN_HTTP=:9000 forewarn config --config forewarn.yaml --slack-ms 800

Flags win over the environment, that over the file, that over the defaults. Secrets come from the environment or from files alone.`

/** Read where they are needed. */
const ownVariables = ['FOREWARN_HTTP_TOKEN', 'FOREWARN_HTTP_TOKEN_FILE', 'FOREWARN_HTTP_NAMES', 'FOREWARN_ASSERT']
const secret = /PASSWORD$|TOKEN$/

export function configCommand(screen: Screen = processScreen): Command {
  const command = new Command('config')
    .description('Say what holds for `run` - flags, environment, file, defaults - and whence.')
    .addHelpText('after', help)
    .action(async (options: RunOptions) => {
      const variables = variablesSet(command, process.env)
      const settings = [...settingsOf(command), ...variables.known]
      const width = Math.max(...settings.map(({ option }) => option.length))
      await printResult(screen, options, { settings, unknown: variables.unknown }, () => [
        ...settings.map(({ option, value, from }) => `${option.padEnd(width)}  ${value}  (${from})`),
        ...variables.unknown.map((name) => `${name} is set, and nothing reads it.`),
      ])
    })
  return addRunOptions(command)
}

/** Variables that name no option, and those that nothing reads. */
function variablesSet(command: Command, env: NodeJS.ProcessEnv): { known: Setting[]; unknown: string[] } {
  const others = [...ownVariables, ...Object.keys(kafkaVariables)]
  const options = variablesOf(command)
  const known = others.flatMap((name) => {
    const value = env[name]
    if (value === undefined) return []
    return { option: name, value: secret.test(name) ? 'set' : value, from: 'environment' }
  })
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('FOREWARN_') && !others.includes(name) && !options.includes(name),
  )
  return { known, unknown: unknown.toSorted() }
}
