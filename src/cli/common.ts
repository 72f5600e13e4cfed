/** What commands share: where they print, the options that name a log, and how errors become exit codes (0 ok, 1 failed, 2 usage). */
import { once } from 'node:events'
import cliProgress from 'cli-progress'
import { type Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { defaultPrefixes, type TopicPrefixes } from '../../streams/topics.ts'
import { ForewarnError } from '../errors.ts'
import { type Access, isLoopback } from '../http/guard.ts'
import { foundToken, madeToken, tokenOf } from '../http/token.ts'
import type { Holder } from '../ingest/httpTarget.ts'
import { openEmbeddedLog } from '../log/embedded/embeddedLog.ts'
import { readWriter } from '../log/embedded/writerLock.ts'
import type { Log } from '../log/port.ts'
import type { Listener } from '../notices.ts'
import { kafkaConnection } from '../settings/kafkaConnection.ts'
import { openSecrets } from '../settings/secretFiles.ts'
import { codedFault } from './systemFault.ts'

/** Where a command prints: results to `out`, progress and remarks to `err`. */
export type Screen = {
  out: NodeJS.WritableStream & { isTTY?: boolean }
  err: NodeJS.WritableStream & { isTTY?: boolean }
  stdin: AsyncIterable<unknown>
}

export const processScreen: Screen = { out: process.stdout, err: process.stderr, stdin: process.stdin }

/** The command has said itself what failed. */
export class CommandFailed extends Error {
  readonly exitCode: number

  constructor(exitCode = 1) {
    super()
    this.exitCode = exitCode
  }
}

/** Where pages are served. */
export const peoplesAddress = '127.0.0.1:9480'

export const defaultLog = 'embedded:forewarn-data'

export type LogOptions = { log: string; inputPrefix: string; outputPrefix: string }

/** Adds `--log`, `--input-prefix` and `--output-prefix`. */
export function addLogOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--log <log>', 'the log: embedded:DIR or kafka://HOST:PORT,HOST:PORT')
        .default(defaultLog)
        .env('FOREWARN_LOG'),
    )
    .addOption(prefixOption('--input-prefix <prefix>', 'prefix of the input topics', defaultPrefixes.input))
    .addOption(prefixOption('--output-prefix <prefix>', 'prefix of all other topics', defaultPrefixes.output))
}

function prefixOption(flags: string, description: string, value: string): Option {
  return new Option(flags, description).default(value).argParser((text: string) => {
    if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(text)) return text
    throw new InvalidArgumentError('A prefix has letters, digits, ".", "_" and "-".')
  })
}

const portMax = 65_535

/** Where a log is. @throws ForewarnError FW_USAGE when it is neither kind. */
export function logPlace(log: string): { kind: 'embedded'; folder: string } | { kind: 'kafka'; brokers: string[] } {
  const folder = /^embedded:(.+)$/.exec(log)?.[1]
  if (folder !== undefined) return { kind: 'embedded', folder }
  const brokers =
    /^kafka:\/\/((?:[^,:/\s]+|\[[0-9a-fA-F:]+\]):\d{1,5}(?:,(?:[^,:/\s]+|\[[0-9a-fA-F:]+\]):\d{1,5})*)$/.exec(log)?.[1]
  const isPort = (broker: string): boolean => {
    const port = Number(broker.slice(broker.lastIndexOf(':') + 1))
    return port >= 1 && port <= portMax
  }
  if (brokers?.split(',').every(isPort)) return { kind: 'kafka', brokers: brokers.split(',') }
  throw new ForewarnError('FW_USAGE', [
    `--log must be embedded:DIR, such as embedded:./data, or kafka://HOST:PORT,HOST:PORT; not ${log}.`,
  ])
}

/** The brokers of a Kafka log. @throws ForewarnError FW_USAGE for any other. */
export function kafkaBrokers(log: string): string[] {
  const place = logPlace(log)
  if (place.kind === 'kafka') return place.brokers
  throw new ForewarnError('FW_USAGE', [
    `--log must be kafka://HOST:PORT,HOST:PORT here; ${log} has no topics to make or check.`,
  ])
}

export function prefixesOf({ inputPrefix, outputPrefix }: LogOptions): TopicPrefixes {
  return { input: inputPrefix, output: outputPrefix }
}

/** `write` may make the log; `change` writes into one that is there. */
export type LogMode = 'read' | 'write' | 'change'

/** Opens the log that the options name; `listener` hears what a Kafka client says of itself, `aheadMsMax` bounds what is stamped. Errors: FW_USAGE and those of the log. */
export async function openLogOption(
  options: LogOptions,
  mode: LogMode,
  { listener, aheadMsMax }: { listener?: Listener; aheadMsMax?: number } = {},
): Promise<Log> {
  const place = logPlace(options.log)
  const prefixes = prefixesOf(options)
  if (place.kind === 'embedded') {
    const open = (as: 'read' | 'write') => openEmbeddedLog({ path: place.folder, mode: as, prefixes, aheadMsMax })
    if (mode !== 'change') return open(mode)
    await (await open('read')).close() // a name that is mistyped makes no log
    return open('write')
  }
  const { openKafkaLog } = await import('../log/kafka/kafkaLog.ts') // loaded by those alone who have a cluster
  return openKafkaLog({ connection: kafkaConnection(place.brokers, process.env, listener), prefixes, aheadMsMax })
}

/** Opens the log that the options name, and lets go of it when the work is done. Errors: as `openLogOption`. */
export async function withLog<T>(options: LogOptions, mode: LogMode, work: (log: Log) => Promise<T>): Promise<T> {
  const log = await openLogOption(options, mode)
  try {
    return await work(log)
  } finally {
    await log.close()
  }
}

/** What came of a command: as one JSON object, or in the lines that say it. */
export async function printResult(
  screen: Screen,
  { json = false }: { json?: boolean | undefined },
  result: unknown,
  lines: () => Iterable<string>,
): Promise<void> {
  for (const line of json ? [jsonText(result)] : lines()) await print(screen, line)
}

/** The process that writes an embedded log and serves HTTP; undefined when there is none, or it does not serve. */
export function holderOf(log: string): Holder | undefined {
  const place = logPlace(log)
  if (place.kind !== 'embedded') return undefined
  const writer = readWriter(place.folder)
  const address = writer.live ? writer.note?.http : undefined
  return address == null ? undefined : { address, log, token: tokenOf(process.env) ?? foundToken(place.folder) }
}

/** Under which names a run serves, and what it asks for: of an embedded log a token that lies in its folder, unless the environment gives one. */
export function accessOf(log: string, http: { host: string; port: number }): Omit<Access, 'host'> {
  const place = logPlace(log)
  const names = (process.env.FOREWARN_HTTP_NAMES ?? '').split(',').flatMap((name) => name.trim() || [])
  const token = tokenOf(process.env) ?? (place.kind === 'embedded' ? madeToken(place.folder) : undefined)
  if (token === undefined && !isLoopback(http.host))
    throw new ForewarnError('FW_USAGE', [
      `--http ${http.host}:${http.port} is in reach of other machines: set FOREWARN_HTTP_TOKEN or FOREWARN_HTTP_TOKEN_FILE, which they have to show.`,
    ])
  return { names, token }
}

/** A whole number of at least `least`, or FW_USAGE with the option's name. */
export function wholeNumber(option: string, text: string, least = 0): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text)
  throw new ForewarnError('FW_USAGE', [
    `${option} must be a whole number${least > 0 ? ` of at least ${least}` : ''}, not ${text}.`,
  ])
}

/** A number >= 0, such as 0.5 or 1e5, or FW_USAGE with the option's name. */
export function nonNegative(option: string, text: string): number {
  if (/^\d{1,9}(\.\d{1,6})?(e-?\d)?$/i.test(text)) return Number(text)
  throw new ForewarnError('FW_USAGE', [`${option} must be a number from 0 on, such as 0.5, not ${text}.`])
}

/** `127.0.0.1:9464`, `:9464` (this machine only), `[::1]:9464`. @throws ForewarnError FW_USAGE. */
export function hostAndPort(text: string): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]*)):(\d{1,5})$/.exec(text)
  const port = Number(parts?.[3])
  if (parts === null || port > portMax)
    throw new ForewarnError('FW_USAGE', [`--http must be HOST:PORT, such as 127.0.0.1:9464, not ${text}.`])
  return { host: parts[1] ?? (parts[2] || '127.0.0.1'), port }
}

/** A share such as 0.1, or FW_USAGE with the option's name. */
export function shareOf(option: string, text: string): number {
  const share = /^\d{0,3}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN
  if (share > 0 && share < 1) return share
  throw new ForewarnError('FW_USAGE', [`${option} must lie between 0 and 1, such as 0.1; not ${text}.`])
}

/** One line; waits while a reader is slow, so that nothing piles up in memory. */
export async function print({ out }: Screen, line: string): Promise<void> {
  if (!out.write(`${line}\n`)) await once(out, 'drain')
}

export function remark({ err }: Screen, line: string): void {
  err.write(`${line}\n`)
}

export type Progress = { update(done: number, total: number, what: string): void; stop(): void }

/** A bar on a terminal, nothing elsewhere. */
export function progressBar({ err }: Screen): Progress {
  if (err.isTTY !== true) return { update: () => {}, stop: () => {} }
  const bar = new cliProgress.SingleBar({ stream: err, format: '{what} {bar} {percentage} %', clearOnComplete: true })
  bar.start(1, 0, { what: '' })
  return {
    update: (done, total, what) => {
      bar.setTotal(total)
      bar.update(done, { what })
    },
    stop: () => bar.stop(),
  }
}

/** `trainAuc 0.81, validationAuc 0.79`. */
export function metricsText(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

/** Text of others, safe on a terminal: no control characters, one line. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
}

/** JSON safe on a terminal: what moves the cursor or turns the direction of a text is escaped, which says the same to a reader of JSON. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, escapes)
}

function escapes(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

/** Runs a program and gives its exit code. Whatever is thrown is printed, with what to do about it. */
export async function runProgram(
  program: Command,
  argv: readonly string[],
  screen: Screen = processScreen,
): Promise<number> {
  prepare(program, screen)
  program.hook('preAction', () => {
    const open = openSecrets(process.env)
    if (open.length > 0) tellCoded(screen, 'warning', new ForewarnError('FW_OPEN_TO_OTHERS', [open.join(', ')]))
  })
  if (screen === processScreen) endWithReader()
  try {
    await program.parseAsync(argv, { from: 'user' })
    return 0
  } catch (error) {
    return reportError(error, screen)
  }
}

/** What whoever asks has to ask otherwise: nothing was begun. */
const misasked: readonly string[] = ['FW_USAGE', 'FW_HTTP_BUSY', 'FW_PROFILE_NOT_FOUND', 'FW_MODEL_NOT_FOUND']

/** Prints an error, and gives the exit code that belongs to it. */
export function reportError(error: unknown, screen: Screen = processScreen): number {
  if (error instanceof CommandFailed) return error.exitCode
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2 // commander has printed it
  const coded = codedFault(error)
  tellCoded(screen, 'error', coded)
  return misasked.includes(coded.code) ? 2 : 1
}

/** What a coded error or warning says, and what to do about it. */
export function tellCoded(
  screen: Screen,
  kind: 'error' | 'warning',
  { code, message, remedy }: { code: string; message: string; remedy: string },
): void {
  remark(screen, `${kind} ${code}: ${plainText(message)}\n  ${remedy}`)
}

/** Commands throw instead of ending the process, and print on the screen. */
function prepare(command: Command, screen: Screen): void {
  command.exitOverride().showSuggestionAfterError().showHelpAfterError('(--help tells more)')
  command.configureOutput({ writeOut: (text) => screen.out.write(text), writeErr: (text) => screen.err.write(text) })
  for (const child of command.commands) prepare(child, screen)
}

/** `forewarn tail ... | head`: when nobody reads on, there is nothing left to do. */
function endWithReader(): void {
  process.stdout.once('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
