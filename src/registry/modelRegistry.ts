/**
 * The registry of models: which model scores in which tick, and which profile is in force, decided by the commands and artefacts of the log
 * alone. The watch and every enterprise task have one each, and come to the same answers (docs/fold.md rules 18 and 19).
 *
 *   asked ──► open ──► accepted ──► in force from the first beat of its tick
 *     │        │ (the artefact is still to come; a rollback has nothing to go back to yet)
 *     └► refused ◄┘ (at once, or when its tick begins)
 */
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { ArtifactKind } from '../../streams/artifacts.ts'
import { type Command, isActivation } from '../../streams/commands.ts'
import type { CommandResult } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { WordReader, WordWriter } from '../fold/pages.ts'
import type { StatePart } from '../fold/state.ts'
import { changesAheadMax, unmetKept } from '../limits.ts'
import type { LogRecord } from '../log/port.ts'
import { atOnce } from '../slices.ts'
import { ArtifactIndex, type ChunkOutcome, SavedArtifact } from './artifactIndex.ts'
import { championHashAt, championsAfter, previousOf, type Reign } from './champions.ts'
import { CommandFold, type CommandOutcome } from './commands.ts'
import { type ActiveSetting, faultsOf, settingOf } from './gate.ts'
import { isChange, type ModelChange, modelChangeOf, winner } from './modelChange.ts'
import { type FolderFiles, modelIn } from './modelFolder.ts'
import { profileIn } from './profileFolder.ts'
import { SavedRegistry } from './registryState.ts'
import { acceptance, late, refusal, verdictOn } from './verdict.ts'

export type RegistryOptions = {
  profile: Profile
  beatMs: number
  /** The baseline, which scores until another is promoted; null: nothing scores. */
  champion: string | null
  challenger: string | null
  /** With what the log was begun; absent: with this profile and program. */
  begunWith?: ActiveSetting | undefined
}

/** What a beat changed in the registry. Results are in the order in which the commands were decided. */
export type Turn = {
  chunks: readonly ChunkOutcome[]
  commands: readonly CommandOutcome[]
  results: readonly CommandResult[]
  /** What is in force has changed with this beat. `rules`: a program of another foldVersion decides from here on. */
  switched: { champion: boolean; challenger: boolean; profile: boolean; rules: boolean }
}

/** Of a beat that can change nothing. */
export const stillTurn: Turn = {
  chunks: [],
  commands: [],
  results: [],
  switched: { champion: false, challenger: false, profile: false, rules: false },
}

/** A profile and the first tick in which it is in force. */
export type Edition = { profile: Profile; fromTick: number }

/** Of profiles in order, the one of a tick. */
export function profileAt(profiles: readonly Edition[], tick: number): Profile {
  return (profiles.findLast(({ fromTick }) => fromTick <= tick) ?? profiles[0]).profile
}

export class ModelRegistry {
  challenger: string | null
  /** Champions in order, one at most for each tick; the baseline is the first. */
  champions: readonly Reign[]
  /** Profiles in force, in order; the one that the log was begun with is the first. */
  profiles: readonly Edition[]
  readonly artifacts: ArtifactIndex
  readonly calendar: Profile['calendar']
  readonly #beatMs: number
  readonly baseline: string | null
  readonly #commands = new CommandFold()
  #changes: ModelChange[] = []
  /** Ticks for which a change was taken and which had not begun by the log time of the last command. */
  #ahead: number[] = []
  /** Refused at the beginning of their tick because the artefact was not there. */
  #unmet: ModelChange[] = []
  #challengerChosen = false
  #setting: ActiveSetting
  /** Another profile was asked for: which of them a promotion was evaluated under is looked at when that is decided. */
  #editionAsked = false
  /** The last tick of which it is decided who scores in it. */
  #decidedTick = Number.NEGATIVE_INFINITY
  readonly state: StatePart = {
    name: 'registry',
    version: 2,
    save: (out) => this.#save(out),
    load: (from) => this.#load(from),
    refold: {
      inputs: ['commands', 'artifacts'],
      fold: (beat, { commands, artifacts }) => void this.fold(beat, commands, artifacts),
    },
  }

  constructor({ profile, beatMs, champion, challenger, begunWith }: RegistryOptions) {
    this.calendar = profile.calendar
    this.#beatMs = beatMs
    this.baseline = champion
    this.champions = [{ hash: champion, fromTick: Number.NEGATIVE_INFINITY }]
    this.challenger = challenger
    this.#setting = begunWith ?? settingOf(profile)
    this.profiles = [{ profile, fromTick: Number.NEGATIVE_INFINITY }]
    this.artifacts = new ArtifactIndex(profile)
  }

  get champion(): string | null {
    return this.champions[this.champions.length - 1].hash
  }

  /** The champion before, to which a rollback goes. */
  get previous(): string | null {
    return previousOf(this.champions)
  }

  /** To whom a rollback for a tick goes, if what is pending is all that comes before it. */
  previousBy(tick: number): string | null {
    const before = this.#changes.filter(
      (change) => change.tick < tick && (change.accepted || change.kind === 'model.rollback'),
    )
    const byTick = [...Map.groupBy(before, (change) => change.tick)].sort(([one], [other]) => one - other)
    return previousOf(byTick.reduce((reigns, [, changes]) => championsAfter(reigns, changes), this.champions))
  }

  /** Who scores in a tick; undefined while that is not decided. */
  readonly championOf = (tick: number): string | null | undefined =>
    tick > this.#decidedTick ? undefined : championHashAt(this.champions, tick)

  /** The profile in force. */
  get profile(): Profile {
    return this.profiles[this.profiles.length - 1].profile
  }

  get begunWith(): string {
    return this.profiles[0].profile.hash
  }

  /** The profile in force in a tick; undefined while that is not decided. */
  readonly profileOf = (tick: number): Profile | undefined =>
    tick > this.#decidedTick ? undefined : profileAt(this.profiles, tick)

  /** What evaluations of a tick name; the log may have been begun under a name of an earlier version. */
  readonly settingOf = (tick: number): ActiveSetting | undefined => {
    const profile = this.profileOf(tick)
    if (profile === undefined) return undefined
    return profile.hash === this.begunWith ? this.#setting : settingOf(profile)
  }

  /** A profile that the log was begun with, or holds. @throws Error when it is neither: nothing else is ever in force. */
  readonly profileBy = (hash: string): Profile =>
    this.profiles.find(({ profile }) => profile.hash === hash)?.profile ?? profileIn(this.#filesOf('profile', hash))

  /** Changes that were accepted, or can still be. */
  get pending(): readonly Readonly<ModelChange>[] {
    return this.#changes
  }

  /** The commands and chunks of one beat. @throws ForewarnError FW_COMMAND_LATE. */
  fold(beat: number, commands: readonly LogRecord[], chunks: readonly LogRecord[]): Turn {
    return atOnce(this.foldInSlices(beat, commands, chunks))
  }

  /** Whether a beat of these can change nothing. */
  isStill(commands: readonly LogRecord[], chunks: readonly LogRecord[]): boolean {
    return commands.length === 0 && chunks.length === 0 && this.#changes.length === 0
  }

  /** The same in slices: a chunk that makes a model whole costs as much as that model allows. */
  *foldInSlices(beat: number, commands: readonly LogRecord[], chunks: readonly LogRecord[]): Generator<void, Turn> {
    if (this.isStill(commands, chunks)) return stillTurn
    const results: CommandResult[] = []
    const tick = this.calendar.tickOf(beat * this.#beatMs)
    this.#decidedTick = tick - 1
    const setting = this.#setting
    const taken: ChunkOutcome[] = []
    for (const record of chunks) {
      taken.push(this.artifacts.take(record))
      yield
    }
    const turn = {
      chunks: taken,
      commands: commands.map((record) => {
        const outcome = this.#commands.fold(record)
        if (outcome.command !== undefined) this.#take(outcome.command, record.timeMs, beat, results)
        return outcome
      }),
    }
    if (chunks.length > 0) this.#checkUnmet()
    this.#settle(beat, results)
    const switched = { ...this.#open(beat), rules: this.#setting !== setting }
    this.#decidedTick = tick
    this.#settle(beat, results) // what had to know who scores now, or who scored before
    return { ...turn, results, switched }
  }

  /** The first beat after `beat` in which a change is due; it must be folded even when it is empty. */
  boundaryAfter(beat: number): number | undefined {
    if (this.#changes.length === 0) return undefined
    const due = this.#changes.map(({ tick }) => this.#firstBeat(tick)).filter((first) => first > beat)
    return due.length === 0 ? undefined : Math.min(...due)
  }

  /** Files of an artefact that is in the log as a whole. @throws Error when it is not: nothing else is ever in force. */
  #filesOf(kind: ArtifactKind, hash: string): FolderFiles {
    const state = this.artifacts.stateOf(kind, hash)
    if (typeof state === 'string') throw new Error(`${kind} ${hash} is in force, and ${state}`)
    return state.files
  }

  /** A model in force: one that the process was given, or the log's. @throws Error when it is neither. */
  modelOf(hash: string, given: readonly RiskModel[]): RiskModel {
    return given.find((model) => model.hash === hash) ?? modelIn(this.#filesOf('model', hash), hash).model
  }

  *#save(out: WordWriter): Iterable<void> {
    out.putJson({
      setting: this.#setting,
      champions: this.champions.slice(1),
      profiles: this.profiles.slice(1).map(({ profile, fromTick }) => ({ hash: profile.hash, fromTick })),
      editionAsked: this.#editionAsked,
      ...(this.#challengerChosen ? { challenger: this.challenger } : {}),
      changes: this.#changes,
      ahead: this.#ahead,
      unmet: this.#unmet,
      seen: [...this.#commands.seen],
      artifacts: this.artifacts.count,
    } satisfies SavedRegistry)
    yield
    for (const artifact of this.artifacts.save()) {
      out.putJson(artifact)
      yield
    }
  }

  *#load(from: WordReader): Iterable<void> {
    const saved = SavedRegistry.parse(from.takeJson())
    this.#setting = saved.setting
    this.champions = [this.champions[0], ...saved.champions]
    this.#challengerChosen = saved.challenger !== undefined
    if (saved.challenger !== undefined) this.challenger = saved.challenger
    this.#changes = [...saved.changes]
    this.#ahead = [...saved.ahead]
    this.#unmet = [...saved.unmet]
    for (const id of saved.seen) this.#commands.seen.add(id)
    for (let left = saved.artifacts; left > 0; left--) {
      this.artifacts.load(SavedArtifact.parse(from.takeJson()))
      yield
    }
    this.#editionAsked = saved.editionAsked
    for (const { hash, fromTick } of saved.profiles)
      this.profiles = [...this.profiles, { profile: this.profileBy(hash), fromTick }]
  }

  #take(command: Command, timeMs: number, beat: number, results: CommandResult[]): void {
    if (!isChange(command)) {
      if (isActivation(command) && command.activeFromTick !== undefined) this.#setting = command
      results.push({ id: command.id, kind: command.kind, accepted: true, beat })
      return
    }
    if (command.kind === 'profile.activate') this.#editionAsked = true
    const under = this.#editionAsked
    const faults = command.kind === 'model.promote' ? faultsOf(command, this.#setting, under) : []
    const change = modelChangeOf(command, timeMs, { faulty: faults.length > 0, under })
    if (faults.length > 0 && change.override === undefined)
      results.push(refusal(change, { code: 'FW_MODEL_GATE', detail: faults.join('; ') }, beat))
    else if (!this.#hasRoomFor(change))
      results.push(refusal(change, { code: 'FW_COMMAND_LIMIT', detail: String(changesAheadMax) }, beat))
    else this.#changes.push(change)
  }

  /** By the commands and their log times alone: how many changes are left of those taken depends on when a task met the artefacts. */
  #hasRoomFor({ tick, timeMs }: ModelChange): boolean {
    this.#ahead = this.#ahead.filter((one) => this.calendar.startMs(one) > timeMs)
    if (this.#ahead.length >= changesAheadMax) return false
    this.#ahead.push(tick)
    return true
  }

  /** Decides what can be decided; when a tick begins, all of it is. */
  #settle(beat: number, results: CommandResult[]): void {
    this.#changes = this.#changes.filter((change) => {
      if (change.accepted) return true
      const verdict = verdictOn(change, this)
      if (verdict.kind === 'accepted') {
        change.accepted = true
        results.push(acceptance(change, verdict.override, beat))
        return true
      }
      if (verdict.kind === 'open') {
        if (this.#firstBeat(change.tick) > beat) return true
        if (change.hash !== null) this.#unmet = [...this.#unmet, change].slice(-unmetKept)
      }
      results.push(refusal(change, verdict, beat))
      return false
    })
  }

  /** Puts in force what is due. Of several for one tick the last by (log time, id) holds. */
  #open(beat: number): Turn['switched'] {
    const due = this.#changes.filter(({ tick }) => this.#firstBeat(tick) <= beat)
    if (due.length === 0) return stillTurn.switched
    for (const change of due) if (this.#firstBeat(change.tick) < beat) throw late(change, this.calendar)
    this.#changes = this.#changes.filter((change) => !due.includes(change))
    const { champion, challenger } = this
    this.champions = championsAfter(this.champions, due)
    const edition = winner(due.filter(({ kind }) => kind === 'profile.activate'))
    const { profile } = this
    if (edition?.hash != null && edition.hash !== profile.hash)
      this.profiles = [...this.profiles, { profile: this.profileBy(edition.hash), fromTick: edition.tick }]
    const shadow = winner(due.filter(({ kind }) => kind === 'model.challenge'))
    if (shadow !== undefined) this.#choose(shadow.hash)
    if (this.challenger !== null && this.challenger === this.champion) this.#choose(null) // it has left the shadow
    return {
      champion: this.champion !== champion,
      challenger: this.challenger !== challenger,
      profile: this.profile !== profile,
      rules: false,
    }
  }

  #choose(challenger: string | null): void {
    this.challenger = challenger
    this.#challengerChosen = true
  }

  /** An artefact that was in the log in time, and that this task met too late: others may have accepted it. */
  #checkUnmet(): void {
    for (const change of this.#unmet) if (verdictOn(change, this).kind === 'accepted') throw late(change, this.calendar)
  }

  #firstBeat(tick: number): number {
    return this.calendar.startMs(tick) / this.#beatMs
  }
}
