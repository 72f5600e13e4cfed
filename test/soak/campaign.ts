/**
 * The soak: `forewarn run` for an hour under 300 records a second. Exit code 1 when it grows or falls behind.
 *
 *   node test/soak/campaign.ts [--minutes 60] [--json]
 */
import { parseArgs } from 'node:util'
import { type Soaked, soak } from '../../bench/soak.ts'

/** An hour of records is an hour of facts: 1.1 million at 20 bytes, with what their pages take. A leak grows by more. */
const rssSlopeMiBPerHourMax = 100
const handlesGrownMax = 10
const lagSecondsMax = 10

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' }, json: { type: 'boolean' } } })
const found = await soak(Number(values.minutes), (line) => process.stderr.write(`${line}\n`))
const wrong = faultsOf(found)
const lines = values.json ? [JSON.stringify({ ...found, wrong })] : [JSON.stringify(found), ...wrong]
process.stdout.write(`${lines.join('\n')}\n`)
process.exitCode = wrong.length > 0 ? 1 : 0

function faultsOf({ rssSlopeMiBPerHour, handlesGrown, lagMaxSeconds }: Soaked): string[] {
  return [
    rssSlopeMiBPerHour > rssSlopeMiBPerHourMax ? `memory grows by ${rssSlopeMiBPerHour} MiB an hour` : '',
    handlesGrown > handlesGrownMax ? `${handlesGrown} more file handles are open` : '',
    lagMaxSeconds > lagSecondsMax ? `it was ${lagMaxSeconds} s behind` : '',
  ].filter((text) => text !== '')
}
