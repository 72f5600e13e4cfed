/** Who has scored since when, and who follows whom; profiles are in force likewise. */
import { type Wish, winner } from './wish.ts'

/** Who scores from a tick on; null: nobody. */
export type Seat = { hash: string | null; fromTick: number }

/** Of seats in order, the one of a tick. */
export function seatAt(seats: readonly Seat[], tick: number): string | null {
  return seats.findLast(({ fromTick }) => fromTick <= tick)?.hash ?? null
}

/** To whom a rollback goes: the champion before the last. */
export function previousOf(champions: readonly Seat[]): string | null {
  return champions.at(-2)?.hash ?? null
}

/** The champions after the wishes of one tick, of which the last by (log time, id) holds. */
export function championsAfter(champions: readonly Seat[], wishes: readonly Wish[]): readonly Seat[] {
  const wish = winner(wishes.filter(({ kind }) => kind === 'model.promote' || kind === 'model.rollback'))
  const hash = wish?.kind === 'model.rollback' ? previousOf(champions) : wish?.hash
  const isNew = hash != null && hash !== champions[champions.length - 1].hash
  return wish !== undefined && isNew ? [...champions, { hash, fromTick: wish.tick }] : champions
}
