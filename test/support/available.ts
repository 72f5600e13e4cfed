/** Tests of what is not on every machine: where it is missing they are skipped, and it is said why. */
import { describe } from 'vitest'

/** `available` is true, or why it is not here. */
export function describeIfAvailable(available: true | string, name: string, body: () => void): void {
  if (available === true) {
    describe(name, body)
  } else {
    process.stderr.write(`${name}: skipped, ${available}\n`)
    describe.skip(`${name} (skipped: ${available})`, body)
  }
}
