/**
 * How much of everything a model may hold. A model comes from a log that others may write: what its bytes would grow to is bounded
 * before anything is built of them. Models that LightGBM trains in earnest (500 trees of 255 leaves) stay far below.
 */
import { z } from 'zod'

export const modelFeaturesMax = 4_096
export const bandEdgesMax = 64
export const calibrationKnotsMax = 100_000
export const peerRowsMax = 100_000
export const interactionsMax = 10_000
export const treesMax = 20_000
/** Levels of all trees together: what one row costs. */
export const treeLevelsMax = 200_000
/** Splits on the ways to all leaves together: what the reasons keep, about 30 bytes each. */
export const pathSplitsMax = 2_000_000
/** Sum over all leaves of the square of the features on their way: what the reasons of one row cost. */
export const shapleyStepsMax = 60_000_000
/** Categories are below this. */
export const categoriesMax = 1_048_576
/** Categories and the answers to splits about them, over all features: bytes and words of the tables that answer. */
export const categoryAnswersMax = 8_000_000

/** A list that is looked into only when it is not too long: the mistakes of a long one would fill the memory. */
export function boundedList<Item extends z.ZodType>(item: Item, max: number, min = 0) {
  return z.array(z.unknown()).min(min).max(max).pipe(z.array(item))
}

/** A list of finite numbers; the first that is none is the one mistake that is told. */
export const numberList = listOf('must be a finite number', Number.isFinite)

/** A list of whole numbers from `min` to `max`; the first that is none is the one mistake that is told. */
export function integerList(min: number, max: number) {
  const isOne = (value: number): boolean => Number.isInteger(value) && value >= min && value <= max
  return listOf(`must be a whole number from ${min} to ${max}`, isOne)
}

function listOf(mistake: string, isOne: (value: number) => boolean) {
  return z.custom<number[]>(Array.isArray, 'must be a list').superRefine((list: readonly unknown[], context) => {
    const at = list.findIndex((one) => typeof one !== 'number' || !isOne(one))
    if (at >= 0) context.addIssue({ code: 'custom', path: [at], message: mistake })
  })
}
