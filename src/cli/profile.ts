/** `forewarn profile`: editions of the profile of a log that runs: what one would change, and how it gets into the log. */
import { Command } from 'commander'
import { type ProfileChange, profileChanges } from '../../streams/profileChange.ts'
import { ForewarnError } from '../errors.ts'
import type { ModelRegistry } from '../registry/modelRegistry.ts'
import { loadProfile, readProfileFolder } from '../settings/profiles.ts'
import { addLogOptions, CommandFailed, plainText, printResult, processScreen, remark, type Screen } from './common.ts'
import { addChangeOptions, type ChangeOptions, change } from './models/promote.ts'
import { onlyOneBy, publish, type RegistryOptions, withRegistry } from './models/registry.ts'

type DiffOptions = RegistryOptions & { from?: string }

const diffHelp = `
Each line begins with "may", or with "kept": what a log keeps for its whole life, since facts, rows or what was learnt from them would mean
something else. The exit code is 1 when a line is kept: such an edition needs a log of its own.

Examples:
  $ forewarn profile diff ./my-profile --log embedded:./data      against the profile that is in force in the log
  $ forewarn profile diff ./my-profile --from ./as-it-was         against another folder`

const publishHelp = `
A profile is its folder: profile.yaml with its tables and words. Its hash is its version. What was published stays in the log for ever;
publishing the same again does no harm.

Example:
  $ forewarn profile publish ./my-profile --log embedded:./data`

const activateHelp = `
TICK is a tick of the profile's calendar (a day: 2026-11-26; an hour: 2026-11-26T14), or next. The command and the whole profile must be
in the log 60 seconds before it begins; whether it may follow the profile in force is decided when it begins.

Examples:
  $ forewarn profile activate 3f9ac2 --at next
  $ forewarn tail command-results --last 1           the answer of the running process`

export function profileCommand(screen: Screen = processScreen): Command {
  const diff = new Command('diff')
    .description('What another edition of the profile would change, and what of it may change in a log that runs.')
    .argument('<profile>', 'the other edition: a folder, or the name of a built-in profile')
    .option('--from <name|dir>', 'compare with this profile, instead of the one in force in the log')
    .addHelpText('after', diffHelp)
    .action(async (name: string, options: DiffOptions) => {
      const to = await loadProfile(name)
      const from =
        options.from === undefined
          ? await withRegistry(options, 'read', async ({ profile }) => profile)
          : await loadProfile(options.from)
      await printChanges(screen, profileChanges(from, to), options)
    })
  const publishing = new Command('publish')
    .description('Put another edition of the profile into the log, so that it can be activated.')
    .argument('<profile>', 'its folder, or the name of a built-in profile')
    .addHelpText('after', publishHelp)
    .action(async (name: string, options: RegistryOptions) => {
      const [begun, edition] = [await readProfileFolder(options.profile), await readProfileFolder(name)]
      await withRegistry(options, 'change', async (open) => {
        const { begunWith } = open.registry.modelRegistry
        // A log that holds what it was begun with goes on wherever its folder is.
        const isBegun = begun.profile.hash === begunWith && begunWith !== edition.profile.hash
        for (const { profile, files } of isBegun ? [begun, edition] : [edition])
          await publish(screen, open, { kind: 'profile', hash: profile.hash, files }, options)
      })
    })
  const activating = addChangeOptions(new Command('activate'))
    .description('Let another edition of the profile be in force from a tick on.')
    .argument('<hash>', 'its hash, or the beginning of it; `forewarn profile list` shows them')
    .addHelpText('after', activateHelp)
    .action((text: string, options: ChangeOptions) =>
      change(screen, options, async ({ registry: { modelRegistry } }, head) => ({
        ...head,
        kind: 'profile.activate',
        hash: hashBy(text, modelRegistry),
      })),
    )
  const list = new Command('list')
    .description('The editions of a log: which was in force since when, which are asked for, which are there.')
    .action((options: RegistryOptions) =>
      withRegistry(options, 'read', async ({ registry: { modelRegistry } }) => {
        const editions = editionsOf(modelRegistry)
        await printResult(screen, options, editions, () => editions.map((one) => plainText(editionLine(one))))
      }),
    )
  const parent = new Command('profile').description('Editions of the profile of a log.')
  for (const child of [list, diff, publishing])
    parent.addCommand(
      addLogOptions(
        child.option('--profile <name|dir>', 'profile of the log', 'cn').option('--json', 'print JSON for programs'),
      ),
    )
  parent.addCommand(activating)
  return parent
}

/** `at`: label of the first tick of it; `why`: what is wrong with its files. */
type ListedEdition = {
  hash: string
  name?: string
  version?: string
  state: 'in force' | 'was in force' | 'asked for' | 'there' | 'no profile' | 'incomplete' | 'mismatch'
  at?: string
  why?: string
}

function editionsOf(modelRegistry: ModelRegistry): ListedEdition[] {
  const { profiles, pending, calendar, artifacts } = modelRegistry
  const held = profiles.map(({ profile: { hash, file }, fromTick }, at): ListedEdition => {
    const state = at === profiles.length - 1 ? 'in force' : 'was in force'
    const since = Number.isFinite(fromTick) ? { at: calendar.label(fromTick) } : {}
    return { hash, name: file.name, version: file.version, state, ...since }
  })
  const known = new Set(held.map(({ hash }) => hash))
  const others = artifacts.hashesOf('profile').flatMap((hash): ListedEdition[] => {
    const state = artifacts.stateOf('profile', hash)
    if (known.has(hash) || state === 'unknown') return []
    if (typeof state === 'string') return [{ hash, state }]
    if (state.misfit !== undefined) return [{ hash, state: 'no profile', why: state.misfit }]
    const { name, version } = modelRegistry.profileBy(hash).file
    const asked = pending.find((change) => change.kind === 'profile.activate' && change.hash === hash)
    if (asked === undefined) return [{ hash, name, version, state: 'there' }]
    return [{ hash, name, version, state: 'asked for', at: calendar.label(asked.tick) }]
  })
  return [...held, ...others]
}

function editionLine({ hash, name, version, state, at, why }: ListedEdition): string {
  const what = name === undefined ? '-' : `${name} ${version}`
  return `${hash.slice(0, 12)}  ${state}${at === undefined ? '' : ` from ${at}`}${why === undefined ? '' : `: ${why}`}  ${what}`
}

/** @throws ForewarnError FW_PROFILE_UNKNOWN; FW_USAGE when it begins several. */
function hashBy(text: string, { begunWith, artifacts }: ModelRegistry): string {
  const editions = [...new Set([begunWith, ...artifacts.hashesOf('profile')])].map((hash) => ({ hash }))
  const found = onlyOneBy(text, editions, 'profiles')
  if (found === undefined) throw new ForewarnError('FW_PROFILE_UNKNOWN', [text])
  return found.hash
}

/** @throws CommandFailed when something may not change. */
async function printChanges(
  screen: Screen,
  changes: readonly ProfileChange[],
  options: RegistryOptions,
): Promise<void> {
  await printResult(screen, options, changes, () => changes.map((change) => plainText(lineOf(change))))
  if (changes.length === 0) remark(screen, 'They say the same.')
  if (changes.some(({ refused }) => refused !== undefined)) throw new CommandFailed()
}

function lineOf({ path, before, after, refused }: ProfileChange): string {
  const said = (value: unknown): string => (value === undefined ? '-' : JSON.stringify(value))
  const change = `${path}: ${said(before)} -> ${said(after)}`
  return refused === undefined ? `may   ${change}` : `kept  ${change}  (${refused})`
}
