/** `forewarn promote`, `challenge`, `rollback`: another model from a tick on. The registry is asked first what it would answer; only what it accepts is sent. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { Command } from 'commander'
import { z } from 'zod'
import { type ChangeCommand, Gate } from '../../../streams/commands.ts'
import { EvaluationIdentity } from '../../../streams/evaluationIdentity.ts'
import { errorRegistry, ForewarnError, knownCode, mistakeIn } from '../../errors.ts'
import { answerTo, championAt } from '../../settings/registry/readRegistry.ts'
import { addLogOptions, CommandFailed, jsonText, print, processScreen, type Screen, tellCoded } from '../common.ts'
import { modelBy, type OpenRegistry, type RegistryOptions, tickBy, withRegistry } from './registry.ts'

export type ChangeOptions = RegistryOptions & { at: string; actor: string }
type PromoteOptions = ChangeOptions & { evaluation?: string; override?: string }

/** What an evaluation must say for a promotion to stand on it; whatever else it says is its own. */
const Evaluation = z.object({ gates: z.array(Gate).min(1), about: EvaluationIdentity })

const promoteHelp = `
TICK is a tick of the profile's calendar (a day: 2026-11-26; an hour: 2026-11-26T14), or next. The command and the whole model must be
in the log 60 seconds before it begins. At its first beat every enterprise is scored again, with cause "model".

The evaluation must be of this model, under the profile of the log, and compare it with the champion that scores in the log now; every
gate in it counts.

Examples:
  $ forewarn promote 3f9ac2 --at next --evaluation evaluation.json
  $ forewarn promote 3f9ac2 --at 2026-11-26 --override "the old one reads a dead source"
  $ forewarn tail command-results --last 1           the answer of the running process`

export function promoteCommand(screen: Screen = processScreen): Command {
  const command = new Command('promote')
    .description('Let another model score from a tick on.')
    .argument('<hash>', 'hash of the model, or the beginning of it; `forewarn models list` shows them')
    .option('--evaluation <file>', 'what `forewarn evaluate --out` or `retrain` has written of it')
    .option('--override <reason>', 'promote it without an evaluation that carries it; the reason is recorded')
    .addHelpText('after', promoteHelp)
    .action((hash: string, options: PromoteOptions) =>
      change(screen, options, async ({ models }, head) => {
        const { evaluation, override } = options
        return {
          ...head,
          kind: 'model.promote',
          hash: modelBy(hash, models).hash,
          ...(evaluation === undefined ? {} : await evaluationIn(evaluation)),
          ...(override === undefined ? {} : { override }),
        }
      }),
    )
  return addChangeOptions(command)
}

export function challengeCommand(screen: Screen = processScreen): Command {
  const command = new Command('challenge')
    .description('Let a second model score in shadow from a tick on, beside the one that counts.')
    .argument('<hash>', 'hash of the model, or the beginning of it; none: no challenger any more')
    .addHelpText('after', '\nIts scores stand in the topic shadow-scores; nothing follows from them.')
    .action((hash: string, options: ChangeOptions) =>
      change(screen, options, async ({ models }, head) => ({
        ...head,
        kind: 'model.challenge',
        hash: hash === 'none' ? null : modelBy(hash, models).hash,
      })),
    )
  return addChangeOptions(command)
}

export function rollbackCommand(screen: Screen = processScreen): Command {
  const command = new Command('rollback')
    .description('Go back to the model that scored before, from a tick on.')
    .addHelpText('after', '\nThe two change places: a second rollback takes the first one back.')
    .action((options: ChangeOptions) =>
      change(screen, options, async (_, head) => ({ ...head, kind: 'model.rollback' })),
    )
  return addChangeOptions(command)
}

export function addChangeOptions(command: Command): Command {
  return addLogOptions(
    command
      .requiredOption('--at <tick>', 'the first tick of it: a label such as 2026-11-26, or next')
      .option('--actor <who>', 'who does it', userName())
      .option('--profile <name|dir>', 'profile of the log', 'cn')
      .option('--json', 'print one JSON object: {id, accepted, kind, tick, hash?, code?, detail?}'),
  )
}

/** The user of the operating system; a container may know none. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'forewarn'
  }
}

type Head = { id: string; actor: string; effectiveTick: number }

/** Sends a change of model or profile that the registry would accept, and says so. @throws CommandFailed when it would not. */
export async function change(
  screen: Screen,
  options: ChangeOptions,
  commandOf: (open: OpenRegistry, head: Head) => Promise<ChangeCommand>,
): Promise<void> {
  await withRegistry(options, 'change', async (open) => {
    const { profile, registry, target } = open
    const { throughBeat, beatMs } = registry
    const nowMs = Date.now()
    const effectiveTick = tickBy(options.at, profile, Math.max(nowMs, throughBeat * beatMs))
    const command = await commandOf(open, { id: randomUUID(), actor: options.actor, effectiveTick })
    const { accepted, code, detail } = answerTo(registry, command, nowMs)
    if (accepted) await target.send('commands', command)
    const { id, kind } = command
    const tick = profile.calendar.label(effectiveTick)
    const hash = command.kind === 'model.rollback' ? championAt(registry, effectiveTick) : command.hash
    if (options.json === true) await print(screen, jsonText({ id, accepted, kind, tick, hash, code, detail }))
    else if (accepted) await print(screen, sentence(kind, hash, tick))
    if (accepted) return
    const known = knownCode(code)
    const remedy = known === undefined ? '' : errorRegistry[known].remedy
    tellCoded(screen, 'error', { code: code ?? '', message: detail ?? '', remedy })
    throw new CommandFailed()
  })
}

function sentence(kind: ChangeCommand['kind'], hash: string | null, tick: string): string {
  if (kind === 'profile.activate') return `Sent: from ${tick} on profile ${hash?.slice(0, 12)} is in force.`
  const name = hash === null ? 'the champion before' : `model ${hash.slice(0, 12)}`
  if (kind !== 'model.challenge') return `Sent: from ${tick} on ${name} scores.`
  return hash === null
    ? `Sent: from ${tick} on no model scores in shadow.`
    : `Sent: from ${tick} on ${name} scores in shadow.`
}

/** What a command carries of an evaluation. @throws ForewarnError FW_USAGE. */
async function evaluationIn(file: string): Promise<{ gates: Gate[]; evaluation: EvaluationIdentity }> {
  try {
    const { gates, about } = Evaluation.parse(JSON.parse(await readFile(file, 'utf8')))
    return { gates, evaluation: about }
  } catch (error) {
    const why = mistakeIn(error)
    throw new ForewarnError('FW_USAGE', [`--evaluation ${file} cannot be used: ${why}.`])
  }
}
