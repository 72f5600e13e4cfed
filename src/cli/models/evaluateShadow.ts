/** `forewarn evaluate --shadow`: the challenger of a log beside its champion, on what came since both have scored in it. */
import { ForewarnError } from '../../errors.ts'
import type { Reign } from '../../registry/champions.ts'
import type { JudgedModel } from '../../training/asOf.ts'
import { evaluateModels, type ModelEvaluation } from '../../training/evaluateModels.ts'
import { pastOf } from '../../training/extract/pastTasks.ts'
import { rawPeers } from '../../training/extract/peerTable.ts'
import { rowsInMemory } from '../../training/rowsInMemory.ts'
import type { LogOptions, Screen } from '../common.ts'
import { tickOf } from '../log/ticks.ts'
import { withRowsOf } from './extract.ts'
import { modelFileOf, type OpenRegistry, withRegistry } from './registry.ts'

type Options = LogOptions & { profile: string; from?: string; to?: string }

/**
 * Both are scored at the end of each tick of the window, to the bit as the stream scored them: `--from` may begin earlier, when one of them
 * did not score yet. @throws ForewarnError FW_USAGE when no challenger scores, or rows are asked for that one was trained on;
 * FW_NO_ROWS when no outcome is known yet.
 */
export function evaluateShadow(options: Options, share: number, screen: Screen): Promise<ModelEvaluation> {
  return withRegistry({ ...options }, 'read', async (open) => {
    const { profile, registry } = open
    const { modelRegistry, challengers } = registry
    const champion = inRole(open, 'champion', modelRegistry.champions)
    const challenger = inRole(open, 'challenger', challengers)
    if (champion === undefined)
      throw new ForewarnError('FW_USAGE', ['No champion scores in the log; `forewarn promote` lets one score.'])
    if (challenger === undefined)
      throw new ForewarnError('FW_USAGE', [
        'No challenger scores in the log yet; `forewarn challenge` lets one score from a tick on.',
      ])
    const both = [champion, challenger]
    const features = [...new Set(both.flatMap(({ file }) => file.features.map(({ name }) => name)))]
    const window = {
      features,
      fromTick: firstTick(options, open, both),
      toTick: tickOf(profile, '--to', options.to),
      peers: rawPeers,
    }
    return withRowsOf(pastOf(open.log, profile, registry.beatMs), open.log, window, screen, async (found) =>
      evaluateModels({
        profile,
        profileHash: profile.hash,
        data: await rowsInMemory(found, features),
        peers: found.peers,
        candidate: challenger,
        others: [champion],
        champion: champion.name,
        share,
      }),
    )
  })
}

type InRole = JudgedModel & { fromTick: number }

function inRole({ models }: OpenRegistry, role: string, reigns: readonly Reign[]): InRole | undefined {
  const last = reigns.at(-1)
  if (last === undefined || last.hash === null) return undefined
  const { hash, fromTick } = last
  const file = modelFileOf(models, hash)
  return { name: `${role} (${hash.slice(0, 8)})`, hash, file, judged: { hash, file }, fromTick }
}

/** The tick asked for, else the first in which both have scored; in any case after the training of both. */
function firstTick({ from }: Options, { profile }: OpenRegistry, both: readonly InRole[]): number | undefined {
  const asked = tickOf(profile, '--from', from)
  const untrained = both.map(({ file }) => (profile.calendar.parse(file.training.to) ?? Number.NEGATIVE_INFINITY) + 1)
  const first = Math.max(...untrained)
  if (asked !== undefined && asked < first)
    throw new ForewarnError('FW_USAGE', [
      `--from ${from}: one of the two was trained on rows up to ${profile.calendar.label(first - 1)}; judge them on later ones.`,
    ])
  const tick = asked ?? Math.max(first, ...both.map(({ fromTick }) => fromTick))
  return Number.isFinite(tick) ? tick : undefined
}
