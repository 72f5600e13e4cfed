/**
 * The model desk: which model scores in which tick, and which profile is in force, decided by the commands and artefacts of the log
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
import { jsonPart, type StatePart } from '../fold/state.ts'
import { changesAheadMax, unmetKept } from '../limits.ts'
import type { LogRecord } from '../log/port.ts'
import { atOnce } from '../slices.ts'
import { ArtifactIndex, type ChunkOutcome } from './artifactIndex.ts'
import { championsAfter, previousOf, type Seat, seatAt } from './champions.ts'
import { CommandFold, type CommandOutcome } from './commands.ts'
import { SavedDesk } from './deskState.ts'
import { type ActiveSetting, faultsOf, settingOf } from './gate.ts'
import { type FolderFiles, modelIn } from './modelFolder.ts'
import { profileIn } from './profileFolder.ts'
import { acceptance, late, refusal, verdictOn } from './verdict.ts'
import { isChange, type Wish, winner, wishOf } from './wish.ts'

export type DeskOptions = {
  profile: Profile
  beatMs: number
  /** The baseline, which scores until another is promoted; null: nothing scores. */
  champion: string | null
  challenger: string | null
  /** With what the log was begun; absent: with this profile and program. */
  begunWith?: ActiveSetting | undefined
}

/** What a beat did at the desk. Results are in the order in which the commands were decided. */
export type Turn = {
  chunks: readonly ChunkOutcome[]
  commands: readonly CommandOutcome[]
  results: readonly CommandResult[]
  /** What is in force has changed with this beat. */
  switched: { champion: boolean; challenger: boolean; profile: boolean }
}

const nothing: Turn = {
  chunks: [],
  commands: [],
  results: [],
  switched: { champion: false, challenger: false, profile: false },
}

/** A profile and the first tick in which it is in force. */
export type Edition = { profile: Profile; fromTick: number }

/** Of profiles in order, the one of a tick. */
export function profileAt(profiles: readonly Edition[], tick: number): Profile {
  return (profiles.findLast(({ fromTick }) => fromTick <= tick) ?? profiles[0]).profile
}

export class ModelDesk {
  challenger: string | null
  /** Champions in order, one at most for each tick; the baseline is the first. */
  champions: readonly Seat[]
  /** Profiles in force, in order; the one that the log was begun with is the first. */
  profiles: readonly Edition[]
  readonly artifacts: ArtifactIndex
  readonly calendar: Profile['calendar']
  private readonly beatMs: number
  readonly baseline: string | null
  private readonly commands = new CommandFold()
  private wishes: Wish[] = []
  /** Ticks for which a wish was taken and which had not begun by the log time of the last command. */
  private ahead: number[] = []
  /** Refused at the beginning of their tick because the artefact was not there. */
  private unmet: Wish[] = []
  private challengerChosen = false
  private setting: ActiveSetting
  /** Another profile was asked for: which of them a promotion was evaluated under is looked at when that is decided. */
  private editionAsked = false
  /** The last tick of which it is decided who scores in it. */
  private decidedTick = Number.NEGATIVE_INFINITY
  readonly state: StatePart = jsonPart(
    {
      name: 'desk',
      version: 1,
      contract: SavedDesk,
      refold: {
        inputs: ['commands', 'artifacts'],
        fold: (beat, { commands, artifacts }) => void this.fold(beat, commands, artifacts),
      },
    },
    () => this.save(),
    (saved) => this.load(saved),
  )

  constructor({ profile, beatMs, champion, challenger, begunWith }: DeskOptions) {
    this.calendar = profile.calendar
    this.beatMs = beatMs
    this.baseline = champion
    this.champions = [{ hash: champion, fromTick: Number.NEGATIVE_INFINITY }]
    this.challenger = challenger
    this.setting = begunWith ?? settingOf(profile)
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
    const before = this.wishes.filter((wish) => wish.tick < tick && (wish.accepted || wish.kind === 'model.rollback'))
    const byTick = [...Map.groupBy(before, (wish) => wish.tick)].sort(([one], [other]) => one - other)
    return previousOf(byTick.reduce((seats, [, wishes]) => championsAfter(seats, wishes), this.champions))
  }

  /** Who scores in a tick; undefined while that is not decided. */
  readonly championOf = (tick: number): string | null | undefined =>
    tick > this.decidedTick ? undefined : seatAt(this.champions, tick)

  /** The profile in force. */
  get profile(): Profile {
    return this.profiles[this.profiles.length - 1].profile
  }

  get begunWith(): string {
    return this.profiles[0].profile.hash
  }

  /** The profile in force in a tick; undefined while that is not decided. */
  readonly profileOf = (tick: number): Profile | undefined =>
    tick > this.decidedTick ? undefined : profileAt(this.profiles, tick)

  /** What evaluations of a tick name; the log may have been begun under a name of an earlier version. */
  readonly settingOf = (tick: number): ActiveSetting | undefined => {
    const profile = this.profileOf(tick)
    if (profile === undefined) return undefined
    return profile.hash === this.begunWith ? this.setting : settingOf(profile)
  }

  /** A profile that the log was begun with, or holds. @throws Error when it is neither: nothing else is ever in force. */
  readonly profileBy = (hash: string): Profile =>
    this.profiles.find(({ profile }) => profile.hash === hash)?.profile ?? profileIn(this.filesOf('profile', hash))

  /** Wishes that were accepted, or can still be. */
  get pending(): readonly Readonly<Wish>[] {
    return this.wishes
  }

  /** The commands and chunks of one beat. @throws ForewarnError FW_COMMAND_LATE. */
  fold(beat: number, commands: readonly LogRecord[], chunks: readonly LogRecord[]): Turn {
    return atOnce(this.foldInSlices(beat, commands, chunks))
  }

  /** The same in slices: a chunk that makes a model whole costs as much as that model allows. */
  *foldInSlices(beat: number, commands: readonly LogRecord[], chunks: readonly LogRecord[]): Generator<void, Turn> {
    if (commands.length === 0 && chunks.length === 0 && this.wishes.length === 0) return nothing
    const results: CommandResult[] = []
    const tick = this.calendar.tickOf(beat * this.beatMs)
    this.decidedTick = tick - 1
    const taken: ChunkOutcome[] = []
    for (const record of chunks) {
      taken.push(this.artifacts.take(record))
      yield
    }
    const turn = {
      chunks: taken,
      commands: commands.map((record) => {
        const outcome = this.commands.fold(record)
        if (outcome.command !== undefined) this.take(outcome.command, record.timeMs, beat, results)
        return outcome
      }),
    }
    if (chunks.length > 0) this.checkUnmet()
    this.settle(beat, results)
    const switched = this.open(beat)
    this.decidedTick = tick
    this.settle(beat, results) // what had to know who scores now, or who scored before
    return { ...turn, results, switched }
  }

  /** The first beat after `beat` in which a change is due; it must be folded even when it is empty. */
  boundaryAfter(beat: number): number | undefined {
    const due = this.wishes.map(({ tick }) => this.firstBeat(tick)).filter((first) => first > beat)
    return due.length === 0 ? undefined : Math.min(...due)
  }

  /** Files of an artefact that is in the log as a whole. @throws Error when it is not: nothing else is ever in force. */
  private filesOf(kind: ArtifactKind, hash: string): FolderFiles {
    const state = this.artifacts.stateOf(kind, hash)
    if (typeof state === 'string') throw new Error(`${kind} ${hash} is in force, and ${state}`)
    return state.files
  }

  /** A model in force: one that the process was given, or the log's. @throws Error when it is neither. */
  modelOf(hash: string, given: readonly RiskModel[]): RiskModel {
    return given.find((model) => model.hash === hash) ?? modelIn(this.filesOf('model', hash), hash).model
  }

  save(): SavedDesk {
    return {
      setting: this.setting,
      champions: this.champions.slice(1),
      profiles: this.profiles.slice(1).map(({ profile, fromTick }) => ({ hash: profile.hash, fromTick })),
      editionAsked: this.editionAsked,
      ...(this.challengerChosen ? { challenger: this.challenger } : {}),
      wishes: this.wishes,
      ahead: this.ahead,
      unmet: this.unmet,
      seen: [...this.commands.seen],
      artifacts: this.artifacts.save(),
    }
  }

  load(saved: SavedDesk): void {
    this.setting = saved.setting
    this.champions = [this.champions[0], ...saved.champions]
    this.challengerChosen = saved.challenger !== undefined
    if (saved.challenger !== undefined) this.challenger = saved.challenger
    this.wishes = [...saved.wishes]
    this.ahead = [...saved.ahead]
    this.unmet = [...saved.unmet]
    for (const id of saved.seen) this.commands.seen.add(id)
    this.artifacts.load(saved.artifacts)
    this.editionAsked = saved.editionAsked
    for (const { hash, fromTick } of saved.profiles)
      this.profiles = [...this.profiles, { profile: this.profileBy(hash), fromTick }]
  }

  private take(command: Command, timeMs: number, beat: number, results: CommandResult[]): void {
    if (!isChange(command)) {
      if (isActivation(command) && command.activeFromTick !== undefined) this.setting = command
      results.push({ id: command.id, kind: command.kind, accepted: true, beat })
      return
    }
    if (command.kind === 'profile.activate') this.editionAsked = true
    const under = this.editionAsked
    const faults = command.kind === 'model.promote' ? faultsOf(command, this.setting, under) : []
    const wish = wishOf(command, timeMs, { faulty: faults.length > 0, under })
    if (faults.length > 0 && wish.override === undefined)
      results.push(refusal(wish, { code: 'FW_MODEL_GATE', detail: faults.join('; ') }, beat))
    else if (!this.hasRoomFor(wish))
      results.push(refusal(wish, { code: 'FW_COMMAND_LIMIT', detail: String(changesAheadMax) }, beat))
    else this.wishes.push(wish)
  }

  /** By the commands and their log times alone: how many wishes are left of those taken depends on when a task met the artefacts. */
  private hasRoomFor({ tick, timeMs }: Wish): boolean {
    this.ahead = this.ahead.filter((one) => this.calendar.startMs(one) > timeMs)
    if (this.ahead.length >= changesAheadMax) return false
    this.ahead.push(tick)
    return true
  }

  /** Decides what can be decided; when a tick begins, all of it is. */
  private settle(beat: number, results: CommandResult[]): void {
    this.wishes = this.wishes.filter((wish) => {
      if (wish.accepted) return true
      const verdict = verdictOn(wish, this)
      if (verdict.kind === 'accepted') {
        wish.accepted = true
        results.push(acceptance(wish, verdict.override, beat))
        return true
      }
      if (verdict.kind === 'open') {
        if (this.firstBeat(wish.tick) > beat) return true
        if (wish.hash !== null) this.unmet = [...this.unmet, wish].slice(-unmetKept)
      }
      results.push(refusal(wish, verdict, beat))
      return false
    })
  }

  /** Puts in force what is due. Of several for one tick the last by (log time, id) holds. */
  private open(beat: number): Turn['switched'] {
    const due = this.wishes.filter(({ tick }) => this.firstBeat(tick) <= beat)
    if (due.length === 0) return nothing.switched
    for (const wish of due) if (this.firstBeat(wish.tick) < beat) throw late(wish, this.calendar)
    this.wishes = this.wishes.filter((wish) => !due.includes(wish))
    const { champion, challenger } = this
    this.champions = championsAfter(this.champions, due)
    const edition = winner(due.filter(({ kind }) => kind === 'profile.activate'))
    const { profile } = this
    if (edition?.hash != null && edition.hash !== profile.hash)
      this.profiles = [...this.profiles, { profile: this.profileBy(edition.hash), fromTick: edition.tick }]
    const shadow = winner(due.filter(({ kind }) => kind === 'model.challenge'))
    if (shadow !== undefined) this.choose(shadow.hash)
    if (this.challenger !== null && this.challenger === this.champion) this.choose(null) // it has left the shadow
    return {
      champion: this.champion !== champion,
      challenger: this.challenger !== challenger,
      profile: this.profile !== profile,
    }
  }

  private choose(challenger: string | null): void {
    this.challenger = challenger
    this.challengerChosen = true
  }

  /** An artefact that was in the log in time, and that this task met too late: others may have accepted it. */
  private checkUnmet(): void {
    for (const wish of this.unmet) if (verdictOn(wish, this).kind === 'accepted') throw late(wish, this.calendar)
  }

  private firstBeat(tick: number): number {
    return this.calendar.startMs(tick) / this.beatMs
  }
}
