/** Options of a process that runs for long, from four places: a flag wins over the environment, that over a file, that over the default. */
import { readFileSync } from 'node:fs'
import type { Command, Option } from 'commander'
import { parse } from 'yaml'
import { z } from 'zod'
import { ForewarnError, messageOf, mistakeIn } from '../errors.ts'

const prefix = 'FOREWARN_'
const fileVariable = 'FOREWARN_CONFIG'

const FileValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))

/** `--slack-ms` may come as FOREWARN_SLACK_MS, and from the file of `--config` as `slack-ms`. Call it when the command has all its options. */
export function configurable(command: Command): Command {
  for (const option of optionsOf(command)) option.env(variableOf(option)) // help shows it
  return command
    .option('--config <file>', `a YAML file with values of these options by their names (env: ${fileVariable})`)
    .hook('preAction', (_program, asked) => fill(asked, process.env))
}

/** Names of the variables that name options. */
export function variablesOf(command: Command): string[] {
  return [...optionsOf(command).map(variableOf), fileVariable]
}

/** An option, what holds, and whence, in words. */
export type Setting = { option: string; value: string; from: string }

export function settingsOf(command: Command): Setting[] {
  return optionsOf(command).flatMap((option) => {
    const value: unknown = command.getOptionValue(option.attributeName())
    if (value === undefined) return []
    return { option: option.name(), value: String(value), from: whence(command, option) }
  })
}

function whence(command: Command, option: Option): string {
  const source = command.getOptionValueSource(option.attributeName())
  if (source === 'env') return variableOf(option)
  if (source === 'config') return String(command.getOptionValue('config'))
  return source === 'cli' ? 'the command line' : 'default'
}

/** @throws ForewarnError FW_USAGE for a value that makes no sense, and for a file that cannot be read or says what is no option. */
function fill(command: Command, env: NodeJS.ProcessEnv): void {
  const options = optionsOf(command)
  for (const option of options) take(command, option, { text: env[variableOf(option)], from: 'env' })
  const file: unknown = command.getOptionValue('config') ?? env[fileVariable]
  if (typeof file !== 'string') return
  command.setOptionValue('config', file)
  for (const [name, text] of Object.entries(readValues(file))) {
    const option = options.find((one) => one.name() === name)
    if (option === undefined) throw unknownOption(file, name, options)
    take(command, option, { text, from: 'config' })
  }
}

/** As if the text stood on the command line; what has a value from a better place keeps it. */
function take(command: Command, option: Option, { text, from }: { text: string | undefined; from: 'env' | 'config' }) {
  const source = command.getOptionValueSource(option.attributeName()) ?? 'default'
  if (text === undefined || source !== 'default') return
  command.setOptionValueWithSource(option.attributeName(), taken(option, text), from)
}

function taken(option: Option, text: string): unknown {
  try {
    return option.parseArg === undefined ? text : option.parseArg(text, undefined)
  } catch (error) {
    throw new ForewarnError('FW_USAGE', [`${option.name()} cannot be ${text}: ${messageOf(error)}`], { cause: error })
  }
}

function unknownOption(file: string, name: string, options: readonly Option[]): ForewarnError {
  const names = options.map((one) => one.name()).join(', ')
  return new ForewarnError('FW_USAGE', [`The file ${file} has ${name}, which is none of ${names}.`])
}

function readValues(file: string): Record<string, string> {
  try {
    return FileValues.parse(parse(readFileSync(file, 'utf8')) ?? {})
  } catch (error) {
    throw new ForewarnError('FW_USAGE', [`The file ${file} cannot be used: ${mistakeIn(error)}.`], { cause: error })
  }
}

/** Those that take a value, but for the file itself. */
function optionsOf(command: Command): Option[] {
  return command.options.filter((option) => option.required && option.name() !== 'config')
}

function variableOf(option: Option): string {
  return prefix + option.name().replaceAll('-', '_').toUpperCase()
}
