/** The commands, as their help says them. */
import type { Argument, Command, Option } from 'commander'
import { forewarnProgram } from '../../src/cli/program.ts'
import { code, plain, table } from './markdown.ts'

/** More choices than a reader wants to see in a cell. */
const choicesMax = 20

/** Commands that do something, with their whole names, in the order of help. */
async function commands(): Promise<{ name: string; command: Command }[]> {
  const leaves = (command: Command, name: string): { name: string; command: Command }[] =>
    command.commands.length === 0
      ? [{ name, command }]
      : command.commands.flatMap((inner) => leaves(inner, `${name} ${inner.name()}`))
  return leaves(await forewarnProgram(undefined), 'forewarn')
}

export async function commandList(): Promise<string> {
  const rows = (await commands()).map(({ name, command }) => [
    `[${code(name)}](#${name.replaceAll(' ', '-')})`,
    plain(command.description()),
  ])
  return table(['command', 'what it does'], rows)
}

export async function commandPages(): Promise<string> {
  return (await commands()).map(({ name, command }) => commandPage(name, command)).join('\n\n')
}

function commandPage(name: string, command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const word = argument.variadic ? `${argument.name()}...` : argument.name()
    return argument.required ? `<${word}>` : `[${word}]`
  })
  const rows = [
    ...command.registeredArguments.map((argument, at) => [code(words[at]), ...meaning(argument)]),
    ...command.options.filter(({ hidden }) => !hidden).map((option) => [code(option.flags), ...meaning(option)]),
  ]
  return [
    `## ${name}`,
    plain(command.description()),
    table([code([name, ...words].join(' ')), 'what it says', 'by default'], rows),
    ...textAfter(command),
  ].join('\n\n')
}

function meaning({ description, argChoices, defaultValue }: Argument | Option): string[] {
  const choices = argChoices === undefined || argChoices.length > choicesMax ? '' : ` (${argChoices.join(', ')})`
  const byDefault = typeof defaultValue === 'string' && defaultValue !== '' ? code(defaultValue) : ''
  return [plain(description + choices), byDefault]
}

/** Examples and remarks, which help prints below the options. */
function textAfter(command: Command): string[] {
  let text = ''
  const writeOut = (more: string): void => {
    text += more
  }
  command.configureOutput({ writeOut }).outputHelp()
  const after = text.slice(command.helpInformation().length).trim()
  return after === '' ? [] : [`\`\`\`text\n${after}\n\`\`\``]
}
