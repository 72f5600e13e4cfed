/** The one error registry: code, what it says, what to do about it. A test holds it against docs/errors.md, which is written from it. */
import { z } from 'zod'

/** `status`: over HTTP; without one it is told by commands, dead letters or the log alone. */
type Entry = { says: string; remedy: string; status?: number }

const registry = {
  // Records: these go to the dead letters, the stream goes on.
  FW_RECORD_NOT_JSON: { says: 'The record is not a JSON object in UTF-8.', remedy: 'Send one JSON object per record.' },
  FW_RECORD_TOO_LARGE: {
    says: 'The record is larger than %s bytes.',
    remedy: 'Send what the contract asks for; keep documents elsewhere and send their address.',
  },
  FW_RECORD_INVALID: {
    status: 400,
    says: 'The record breaks its contract: %s.',
    remedy: 'Fix the field named; the contracts are in streams/contracts.ts.',
  },
  FW_RECORD_UNREADABLE: {
    says: 'The line of the file cannot be read as a record: %s.',
    remedy: 'Fix the line, or the column mapping of the profile.',
  },
  FW_MISROUTED: {
    says: 'The record key is not its enterprise id, or the record lies in another partition than murmur2(key) mod N.',
    remedy: 'Key by enterprise id and use the murmur2 partitioner (librdkafka: partitioner=murmur2_random).',
  },
  FW_ENTERPRISE_ID: {
    says: 'The enterprise id does not have the form that the profile asks for.',
    remedy: 'Send ids in the form of the profile, trimmed and in upper case where it says so.',
  },
  FW_EVENT_UNKNOWN_TYPE: {
    says: 'The event has type %s, which the profile does not list.',
    remedy: 'Add the type to the profile, or fix the sender.',
  },
  FW_EVENT_TOO_OLD: {
    says: 'The event occurred more than the horizon before it became known.',
    remedy: 'Nothing to do: so old an event says nothing about risk now.',
  },
  FW_EVENT_FUTURE: {
    says: 'The event occurred later than it became known.',
    remedy: 'Check the clock and the time zone of the sender.',
  },
  FW_EVENT_CONFLICT: {
    says: 'An event with the same id and other fields is already kept.',
    remedy: 'To correct an event, retract it and send the corrected one under a new id.',
  },
  FW_ROW_FULL: {
    says: 'The enterprise already has the largest number of facts, all of them newer.',
    remedy: 'Look at the enterprise: so many events point to a broken sender.',
  },
  FW_GRADE_UNKNOWN: {
    says: 'The grade %s is not on the scale of the profile.',
    remedy: 'Add the grade to the profile, or fix the sender.',
  },
  FW_KNOWN_AT: {
    says: 'The line does not say when it became known: %s.',
    remedy: 'Fix the time, let the profile say the form of its dates (`formats`), or leave the line out.',
  },
  FW_ARTIFACT_LIMIT: {
    says: 'The log takes no more of this artefact: %s.',
    remedy: 'Publish smaller models, or go on in a new log; src/limits.ts has the bounds.',
  },
  // Models: a command that is refused for one of these changes nothing, and the stream goes on.
  FW_MODEL_UNKNOWN: {
    says: 'The log holds no model %s.',
    remedy:
      'Look at those that it holds with `forewarn models list`; put it there with `forewarn models publish FOLDER`, in time before the tick.',
  },
  FW_MODEL_INCOMPLETE: {
    says: 'The log holds only a part of model %s.',
    remedy: 'Publish its folder again: chunks that are there already do no harm.',
  },
  FW_MODEL_HASH: {
    says: 'The files of model %s in the log do not have this hash.',
    remedy: 'Publish its folder again: the chunks of that replace those that differ.',
  },
  FW_MODEL_MISFIT: {
    says: 'The model does not fit the profile: %s.',
    remedy: 'Train or import a model for this profile.',
  },
  FW_MODEL_TOO_LARGE: {
    says: 'The model has %s bytes, and a log takes models of at most %s.',
    remedy: 'Train a smaller one: fewer trees or leaves, fewer hidden units or features.',
  },
  FW_MODEL_GATE: {
    says: 'The promotion does not stand on an evaluation: %s.',
    remedy:
      'Evaluate this model beside the champion that scores now; or promote it all the same with --override REASON, which is recorded.',
  },
  FW_MODEL_TOO_LATE: {
    says: 'Command and artefact must be in the log 60 seconds before tick %s begins.',
    remedy: 'Choose a later tick: `--at next` takes the first that is possible.',
  },
  FW_MODEL_NO_PREVIOUS: {
    says: 'There is no champion before this one to go back to.',
    remedy: 'Promote a model by its hash: `forewarn models list` shows them.',
  },
  FW_PROFILE_UNKNOWN: {
    says: 'The log does not hold profile %s as a whole.',
    remedy:
      'Look at those that it holds with `forewarn profile list`; put it there with `forewarn profile publish FOLDER`, in time before the tick.',
  },
  FW_PROFILE_MISFIT: {
    says: 'The profile cannot be activated in this log: %s.',
    remedy: 'Leave as it is what the log keeps (`forewarn profile diff` tells), or begin a new log with it.',
  },
  FW_COMMAND_LIMIT: {
    says: 'The log holds %s changes of model or profile for ticks to come, and takes no more of them now.',
    remedy: 'Wait until the first of their ticks has begun; `forewarn models list` shows what is pending.',
  },
  FW_COMMAND_LATE: {
    says: 'Command %s for tick %s was accepted by its log time, and was met after the tick was folded.',
    remedy: 'Check the clocks of whoever writes commands; fold the log again, into new output topics.',
  },
  // The log.
  FW_LOG_NOT_FOUND: {
    says: 'There is no log at %s.',
    remedy: 'Check --log; `forewarn run` and `forewarn ingest` make a new one.',
  },
  FW_NOT_FOLDED: {
    says: 'The log %s has nothing to tell yet: %s.',
    remedy: 'Bring records into it (`forewarn ingest`), and fold them (`forewarn run`).',
  },
  FW_LOG_ACCESS: {
    says: 'The log at %s cannot be used: %s.',
    remedy:
      'Work as the user whom it belongs to, who alone has rights to it; a log at rest can be read without rights to write. Restore a damaged one from a backup.',
  },
  FW_LOG_HELD: {
    says: 'The log %s is being written by process %s.',
    remedy: 'Stop that process, or send records to it over HTTP.',
  },
  FW_LOG_FULL: {
    status: 507,
    says: 'The log refuses records: %s.',
    remedy: 'Free disk space; nothing acknowledged is lost, and the log goes on by itself.',
  },
  FW_LOG_TRUNCATED: {
    says: 'The log %s no longer holds the records from offset %s on that recovery needs.',
    remedy: 'Restore the log from a backup, or start a new one; keep inputs for as long as checkpoints may need them.',
  },
  FW_OUT_OF_REACH: {
    status: 410,
    says: '%s reaches back to %s in this log: what it needs of earlier times was pruned.',
    remedy: 'Ask for a later tick, or ask a backup from before `forewarn prune`.',
  },
  FW_PRUNE_REFUSED: {
    says: 'Nothing is pruned: %s.',
    remedy:
      'Stop every process of the log and write the missing ones with `forewarn upgrade --yes`, then prune again; a `forewarn run` that goes on writes them too, or says in CheckpointSkipped why not.',
  },
  FW_UPGRADE_NEEDED: {
    says: 'The log %s was folded by an earlier version: %s records of %s would be folded again.',
    remedy: 'Run `forewarn upgrade`, which says how long it takes and shows how far it is; then start again.',
  },
  FW_ENTERPRISE_UNKNOWN: {
    status: 404,
    says: 'Nothing was known of an enterprise %s.',
    remedy: 'Check the id, and the tick (--at).',
  },
  FW_ROWS_NOT_FOUND: {
    says: 'There are no training rows at %s: it has no %s.',
    remedy: 'Check the path; `forewarn extract --out DIR` writes such a folder.',
  },
  FW_ROWS_INVALID: {
    says: 'The training rows in %s cannot be used: %s.',
    remedy: 'Mend what is named, or extract the rows again (forewarn extract).',
  },
  FW_NO_LABEL: {
    says: 'The profile %s has no label: it does not say what a model learns.',
    remedy: 'Set label in profile.yaml (docs/profiles.md).',
  },
  FW_NO_ROWS: {
    says: 'There is no training row in that window: %s.',
    remedy: 'Choose another window, or bring what is missing into the log and fold it (forewarn ingest, forewarn run).',
  },
  FW_LOG_FORMAT: {
    says: 'The log at %s has format %s, this program reads format %s.',
    remedy: 'Use the version of forewarn that wrote it.',
  },
  FW_PACKED_RECORD: {
    says: 'What %s said at offset %s of the log cannot be read: %s.',
    remedy:
      'Only the tasks of Forewarn write cell parts: look who else may write that topic. Else use the version of Forewarn that wrote the log, or bring back a copy of it.',
  },
  FW_LOG_UNAVAILABLE: {
    says: 'The log %s cannot be reached: %s.',
    remedy:
      'Check the address and the brokers. A process that follows the log tries again by itself, and nothing is lost.',
  },
  FW_KAFKA_TOPICS: {
    says: 'The topics of %s are not as they must be: %s.',
    remedy: 'Look at them with `forewarn topics check`; make those that are missing with `forewarn topics create`.',
  },
  FW_KAFKA_REFUSED: {
    says: 'The brokers of %s refuse: %s.',
    remedy: 'Check user, password and TLS settings, and the rights that docs/kafka.md lists for the role.',
  },
  FW_TASK_FENCED: {
    says: 'Another process has taken over task %s.',
    remedy: 'Nothing to do: the other process goes on with it.',
  },
  FW_TASK_ELSEWHERE: {
    status: 421,
    says: 'The enterprise belongs to task %s, which does not run in this process.',
    remedy: 'Ask the other processes of the group, or the log itself: `forewarn explain ID --log kafka://HOST:PORT`.',
  },
  FW_TASK_BUSY: {
    status: 503,
    says: 'The task of the enterprise cannot be asked now: %s.',
    remedy: 'Ask again in a second; /readyz says whether something is amiss.',
  },
  // Imports.
  FW_IMPORT_BEHIND: {
    says: 'The import begins at %s, but the log already holds a record of %s.',
    remedy: 'Import history into a new log, before live records.',
  },
  FW_IMPORT_OPEN: {
    status: 409,
    says: 'An import into this log is open: %s.',
    remedy:
      'Wait for it to end. If it was cut, finish it: its command again with --resume; or end it: `forewarn ingest --abandon`.',
  },
  FW_IMPORT_OTHER: {
    says: 'This is not the import that is open: %s.',
    remedy:
      'Give its files again as they were (where they lie, how they are called and packed does not matter), or end it with `forewarn ingest --abandon`.',
  },
  FW_IMPORT_NEEDS_CREATETIME: {
    says: 'The topic %s stamps its own time on every record.',
    remedy: 'Import into topics with message.timestamp.type=CreateTime: `forewarn topics create --times create`.',
  },
  FW_IMPORT_DENSE: {
    says: 'More than %s records became known in one beat.',
    remedy: 'Give records the time at which the source really published them, or use a longer --beat-ms.',
  },
  // Configuration.
  FW_PROFILE_INVALID: {
    says: 'The profile %s is not valid: %s.',
    remedy: 'Fix the place named; docs/profiles.md walks through a whole profile.',
  },
  FW_PROFILE_NOT_FOUND: {
    says: 'There is no profile %s.',
    remedy: 'Give the name of a built-in profile (cn, us-warn, chicago-food) or a folder that holds profile.yaml.',
  },
  FW_MODEL_NOT_FOUND: {
    says: 'There is no model %s.',
    remedy:
      'Give the name of a built-in model (baseline), or a folder that `forewarn train` or `forewarn import` has written.',
  },
  FW_MODEL_INVALID: {
    says: 'The model %s is not valid: %s.',
    remedy: 'Train or import the model again; a model is never edited by hand.',
  },
  FW_CONFIG_CHANGED: {
    says: 'The log was started with %s, and now %s is asked for.',
    remedy: 'Start with the same profile (--profile), beat (--beat-ms) and model, or begin a new log.',
  },
  FW_FILE_ACCESS: {
    says: 'The file or folder %s cannot be used: %s.',
    remedy:
      'Check that it is there, that this user has rights to it, and that the disk has space; TMPDIR names the folder for temporary files.',
  },
  FW_OPEN_TO_OTHERS: {
    says: 'Other users of this machine may read or write %s.',
    remedy: 'Take these rights from them: `chmod go= PLACE`; change a secret that somebody may have read.',
  },
  FW_NODE_VERSION: {
    says: 'forewarn needs Node %s or later, and this is Node %s.',
    remedy: 'Call it through npm (npm ci, then npm run -s forewarn -- COMMAND): npm brings the right Node with it.',
  },
  FW_SERIES_INVALID: {
    says: 'Row %s, column %s: %s.',
    remedy: 'Mend the file; docs/warnings.md says what each column holds, and what becomes of gaps.',
  },
  FW_SERIES_SHORT: {
    says: 'The counts span %s ticks, and nothing can be judged below %s.',
    remedy: 'Take a longer history: the first 14 ticks of a cell teach and are not judged.',
  },
  FW_USAGE: { says: '%s', remedy: 'See `forewarn --help`.' },
  FW_HTTP_BUSY: { says: 'The address %s is in use.', remedy: 'Choose another one with --http HOST:PORT.' },
  FW_BODY_TOO_LARGE: {
    status: 413,
    says: 'The body is larger than %s bytes.',
    remedy: 'Send the records in several requests.',
  },
  FW_HTTP_ROUTE: {
    status: 404,
    says: 'There is nothing at %s.',
    remedy: 'Records go to POST /api/v1/records/risk-events, credit-grades or enterprises; see docs/ingest.md.',
  },
  FW_HTTP_TYPE: {
    status: 415,
    says: 'The body comes as %s.',
    remedy: 'Send application/x-ndjson, uncompressed: one JSON object a line.',
  },
  FW_HTTP_HOST: {
    status: 421,
    says: 'The server is not known under the name %s.',
    remedy:
      'Ask it as localhost or by its address, or name it in FOREWARN_HTTP_NAMES (names with commas between them) where it is started.',
  },
  FW_HTTP_FOREIGN: {
    status: 403,
    says: 'A web page of another site asks.',
    remedy: 'Send it from a program, or from a page of this server.',
  },
  FW_HTTP_TOKEN: {
    status: 401,
    says: 'The token is missing, or is another one.',
    remedy:
      'Send the header `authorization: Bearer TOKEN` with what lies in http.token in the folder of the log, or with FOREWARN_HTTP_TOKEN of the process.',
  },
  FW_HTTP_REQUEST: {
    status: 400,
    says: 'The request cannot be read: %s.',
    remedy: 'Send an address that can be read, and the whole body with its right length.',
  },
  FW_HTTP_OVERLOADED: {
    status: 503,
    says: 'The server is taking %s bodies of records already.',
    remedy: 'Send this one again in a second.',
  },
  FW_HTTP_TIMEOUT: {
    status: 408,
    says: 'The request did not come to its end; it was waited for %s seconds.',
    remedy:
      'Send the lines that are missing (`taken` says how many are in the log), in smaller bodies over a slow line.',
  },
  FW_HTTP_CLOSING: {
    status: 503,
    says: 'The server is ending.',
    remedy: 'Send what it has not taken when it runs again.',
  },
  FW_HTTP_PAST: {
    status: 400,
    says: 'A task that runs knows what it knows now, and not what it knew before.',
    remedy:
      'Leave `at` out, or use `forewarn explain ID --at TICK`: it folds the log again, also beside the process that writes it.',
  },
  FW_QUESTION: {
    status: 400,
    says: 'The question cannot be answered: %s.',
    remedy: 'Ask with the parameters that /api/v1/openapi.json lists, each at most once.',
  },
  FW_PAGE_UNKNOWN: {
    status: 404,
    says: 'There is nothing at %s.',
    remedy: 'Routes are listed in /api/v1/openapi.json; pages begin at /.',
  },
  FW_CURSOR: {
    status: 400,
    says: 'The cursor belongs to another question.',
    remedy: 'Begin at the first page: leave the cursor out.',
  },
  FW_AS_OF: {
    status: 400,
    says: 'Nothing is known as of %s: the ticks closed so far are %s.',
    remedy: 'Choose a closed tick, or leave `asOf` out for the present.',
  },
  FW_TICK_UNKNOWN: {
    status: 404,
    says: 'There is no closed tick %s.',
    remedy: 'Look at the ticks that /api/v1/status names.',
  },
  FW_STREAMS_FULL: {
    status: 429,
    says: 'So many pages are open that no more streams are served: %s.',
    remedy: 'Close some of them.',
  },
  FW_READMODEL: {
    says: 'The read model %s cannot be made: %s.',
    remedy: 'Name a file in a folder that may be written with --read-model; it is made anew from the log.',
  },
  FW_READMODEL_FULL: {
    status: 503,
    says: 'The disk of the read model is full: pages show what was read before.',
    remedy: 'Make room, or name a file elsewhere with --read-model. Reading goes on by itself.',
  },
  FW_READMODEL_BEHIND: {
    status: 503,
    says: 'There is nothing to show yet: %s.',
    remedy: 'Wait, or look at /api/v1/status: it says what is waited for.',
  },
  FW_QUESTION_TYPE: {
    status: 415,
    says: 'The body comes as %s.',
    remedy: 'Send application/json.',
  },
  FW_PAGES_ELSEWHERE: {
    status: 404,
    says: 'No pages are served at this port.',
    remedy: 'Run `forewarn serve`, or `forewarn run --serve`, and open the address that it prints.',
  },
  FW_PAGES_NOT_BUILT: {
    status: 503,
    says: 'The pages are not built; the API is served.',
    remedy: 'Run `npm run pages`, which builds them.',
  },
  FW_MACHINE: {
    status: 503,
    says: 'The process that folds the log does not answer: %s.',
    remedy: 'Start `forewarn run` over the log; of a log on Kafka name its address with --machine.',
  },
  FW_WARNING_NOT_FOUND: {
    status: 404,
    says: 'There is no warning %s in this log.',
    remedy: 'List warnings with `forewarn tail region-warnings` (or industry-, cell-, cluster-).',
  },
  FW_INTERNAL: {
    says: 'Forewarn met a state that must not be: %s.',
    remedy: 'Please report it with the log; the fold stopped before it wrote anything wrong.',
  },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof registry
export const errorCodes = Object.keys(registry).filter((code): code is ErrorCode => code in registry)
/** The code that a text is; undefined for none of ours. */
export const knownCode = (text: string | undefined): ErrorCode | undefined => errorCodes.find((code) => code === text)
export const errorRegistry: Readonly<Record<ErrorCode, Entry>> = registry

/** An error that a person can act on: a code of the registry, what happened, what to do. */
export class ForewarnError extends Error {
  readonly code: ErrorCode
  readonly remedy: string
  constructor(code: ErrorCode, details: readonly (string | number)[] = [], options?: ErrorOptions) {
    let next = 0
    super(
      registry[code].says.replaceAll('%s', () => String(details[next++] ?? '?')),
      options,
    )
    this.name = 'ForewarnError'
    this.code = code
    this.remedy = registry[code].remedy
  }
}

/** The particulars in a message, as whoever made it put them in; undefined when it does not say what the code says. */
export function detailsIn(code: ErrorCode, message: string): string[] | undefined {
  const pattern = registry[code].says.split('%s').map(RegExp.escape).join('([^]*)')
  return new RegExp(`^${pattern}$`).exec(message)?.slice(1)
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The first mistake that a contract found, with the path to it; of other errors what they say, in one line. */
export function mistakeIn(error: unknown): string {
  return error instanceof z.ZodError ? mistakesIn(error.issues)[0] : messageOf(error).split('\n')[0]
}

/** `path: what is wrong` of each mistake; `whole` stands where a mistake has no path. */
export function mistakesIn(issues: readonly z.core.$ZodIssue[], whole = ''): string[] {
  return issues
    .flatMap(plainIssues)
    .map(({ path, message }) => [path.join('.') || whole, message].filter((one) => one !== '').join(': '))
}

/** Where one of several forms would do, the mistakes of the form that was meant: of those of its kind the one that goes deepest before it fails. */
function plainIssues(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(...issues.map(({ path }) => path.length))
  const ofItsKind = issue.errors.filter(([first]) => first.code !== 'invalid_union' || first.errors.length > 0)
  if (ofItsKind.length === 0) return issue.errors[0]
  const [meant] = ofItsKind.sort((a, b) => depth(b) - depth(a) || a.length - b.length)
  return meant.flatMap(plainIssues).map(({ path, message }) => ({ path: [...issue.path, ...path], message }))
}
