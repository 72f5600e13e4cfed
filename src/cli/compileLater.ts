/**
 * V8 has a function compiled by its optimizing compiler, on threads of their own, after 3,000 calls. Of a fold of ten seconds of the processor
 * half went to threads that compile and collect; with ten times as many calls it is a third of eight and a half, and what is called all the
 * time comes to the same code a moment later.
 */
import { setFlagsFromString } from 'node:v8'

const callsBefore = 30_000
export const laterFlag = `--invocation-count-for-turbofan=${callsBefore}`

/** Before the program is loaded: what is kept of it from one start to the next goes by these flags too. */
export function compileLater(): void {
  setFlagsFromString(laterFlag)
}
