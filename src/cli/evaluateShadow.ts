/** `forewarn evaluate --shadow`: the challenger of a log beside its champion, on rows that came after both were trained. */
import { ForewarnError } from '../errors.ts'
import { evaluateModels, type Judged, type JudgedModel } from '../training/evaluateModels.ts'
import { pastOf } from '../training/extract/pastTasks.ts'
import { rowsInMemory } from '../training/rowsInMemory.ts'
import { type LogOptions, openLogOption, type Screen } from './common.ts'
import { tickOf, withRowsOf } from './extract.ts'
import { modelFileOf, type OpenRegistry, withRegistry } from './registry.ts'

type Options = LogOptions & { profile: string; from?: string; to?: string }

/**
 * Both are scored at the end of each tick of the window, as the stream scored them. @throws ForewarnError FW_USAGE when no challenger
 * scores, FW_NO_ROWS when no outcome is known yet.
 */
export function evaluateShadow(options: Options, screen: Screen): Promise<JudgedModel> {
  return withRegistry({ ...options }, 'read', async (open) => {
    const { profile, registry } = open
    const { calendar } = profile
    const { desk } = registry
    const champion = judgedOf(open, desk.champion, 'champion')
    const challenger = judgedOf(open, desk.challenger, 'challenger')
    if (champion === undefined || challenger === undefined)
      throw new ForewarnError('FW_USAGE', ['The log has no challenger; `forewarn challenge` lets one score.'])
    const trainedTo = [champion, challenger].map(
      ({ file }) => calendar.parse(file.training.to) ?? Number.NEGATIVE_INFINITY,
    )
    const after = Math.max(...trainedTo) + 1
    const features = [...new Set([champion, challenger].flatMap(({ file }) => file.features.map(({ name }) => name)))]
    const window = {
      features,
      fromTick: tickOf(profile, '--from', options.from) ?? (Number.isFinite(after) ? after : undefined),
      toTick: tickOf(profile, '--to', options.to),
    }
    const log = await openLogOption(options, 'read')
    return withRowsOf(pastOf(log, profile, registry.beatMs), log, window, screen, async (found) =>
      evaluateModels({
        profile,
        data: await rowsInMemory(found, features),
        peers: found.peers,
        candidate: challenger,
        others: [champion],
        champion: champion.name,
      }),
    ).finally(() => log.close())
  })
}

function judgedOf({ models }: OpenRegistry, hash: string | null, role: string): Judged | undefined {
  return hash === null ? undefined : { name: `${role} (${hash.slice(0, 8)})`, file: modelFileOf(models, hash) }
}
