/** `node attacker.ts NAME SECONDS ADDRESS TOKEN`: attacks for so long, and says what it did. */
import { attacks } from './attacks.ts'

const [name, seconds, address, token] = process.argv.slice(2)
const untilMs = performance.now() + Number(seconds) * 1_000
const told = await attacks[name]({ address, token, isOver: () => performance.now() > untilMs })
process.stdout.write(`${JSON.stringify(told)}\n`)
process.exit() // answers that are still to come are nobody's
