/** Who has scored since when, and who follows whom; profiles are in force likewise. */
import { type ModelChange, winner } from './modelChange.ts'

/** Who scores from a tick on; null: nobody. */
export type Reign = { hash: string | null; fromTick: number }

/** Of reigns in order, the champion of a tick. */
export function championHashAt(reigns: readonly Reign[], tick: number): string | null {
  return reigns.findLast(({ fromTick }) => fromTick <= tick)?.hash ?? null
}

/** To whom a rollback goes: the champion before the last. */
export function previousOf(champions: readonly Reign[]): string | null {
  return champions.at(-2)?.hash ?? null
}

/** The champions after the changes of one tick, of which the last by (log time, id) holds. */
export function championsAfter(champions: readonly Reign[], changes: readonly ModelChange[]): readonly Reign[] {
  const change = winner(changes.filter(({ kind }) => kind === 'model.promote' || kind === 'model.rollback'))
  const hash = change?.kind === 'model.rollback' ? previousOf(champions) : change?.hash
  const isNew = hash != null && hash !== champions[champions.length - 1].hash
  return change !== undefined && isNew ? [...champions, { hash, fromTick: change.tick }] : champions
}
