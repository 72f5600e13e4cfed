/** `forewarn contradictions`: the enterprises whose scores contradict their grade, as they stand at the end of the log. */
import { Command, Option } from 'commander'
import { Contradiction } from '../../../streams/riskLevels.ts'
import { jsonOf } from '../../json.ts'
import type { Log } from '../../log/port.ts'
import { recordsOf } from '../../log/recordsOf.ts'
import {
  addLogOptions,
  type LogOptions,
  plainText,
  printResult,
  processScreen,
  type Screen,
  withLog,
} from '../common.ts'
import { contradictionSays } from '../show.ts'

type Options = LogOptions & { region?: string; kind?: string; json?: boolean }
type Standing = { contradictions: Contradiction[]; byRegion: Record<string, { riskier: number; safer: number }> }

const help = `
\`riskier\`: of the best grade, and for seven ticks at least as likely to come to harm as the mean of the worst; look at them.
\`safer\`: of the worst grade, and for seven ticks no likelier than the mean of the best; their grade may be out of date.
At most 1,000 of a region are listed, by chance; the metric forewarn_contradictions counts all.

Examples:
  $ forewarn contradictions --kind riskier
  $ forewarn contradictions --region 330000 --json`

export function contradictionsCommand(screen: Screen = processScreen): Command {
  const command = new Command('contradictions')
    .description('Enterprises whose scores contradict their credit grade.')
    .option('--region <code>', 'only enterprises registered at codes that begin so')
    .addOption(new Option('--kind <kind>', 'only those of a kind').choices(Contradiction.shape.kind.options))
    .option('--json', 'print one JSON object: {contradictions: [...], byRegion: {code: {riskier, safer}}}')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const found = await withLog(options, 'read', (log) => standingIn(log, options))
      await printResult(screen, options, found, () => linesOf(found))
    })
  return addLogOptions(command)
}

/** Who entered and did not leave, in order of id. */
async function standingIn(log: Log, { region = '', kind }: Options): Promise<Standing> {
  const standing = new Map<string, Contradiction>()
  for (let partition = 0; partition < log.partitions('contradictions'); partition++) {
    for await (const { value } of recordsOf(log, 'contradictions', partition)) {
      const one = Contradiction.parse(jsonOf(value))
      if (one.change === 'entered') standing.set(one.enterpriseId, one)
      else standing.delete(one.enterpriseId)
    }
  }
  const contradictions = [...standing.values()]
    .filter((one) => one.region.startsWith(region) && (kind === undefined || one.kind === kind))
    .sort((a, b) => (a.enterpriseId < b.enterpriseId ? -1 : 1))
  const byRegion: Standing['byRegion'] = {}
  for (const one of contradictions) {
    byRegion[one.region] ??= { riskier: 0, safer: 0 }
    byRegion[one.region][one.kind]++
  }
  return { contradictions, byRegion }
}

function* linesOf({ contradictions, byRegion }: Standing): Iterable<string> {
  for (const one of contradictions) yield plainText(contradictionSays(one))
  yield `${contradictions.length} enterprises in ${Object.keys(byRegion).length} regions`
}
