/**
 * Swap: of what becomes known in a region a share of the soft events are grave ones of the kind that money is owed by: judgments, arrears,
 * fines. As many events as before become known, at the same times. Whether a record is swapped depends on its number alone,
 * so a copy or a retraction of it goes with it, and nothing else is drawn differently.
 */
import { delayMs } from '../delays.ts'
import type { Market } from '../market.ts'
import { flags, kinds, type Row } from '../queue.ts'
import { Random } from '../random.ts'
import { drawAmount } from '../traits.ts'

const freshShareMax = 0.4

/** The row as it becomes known on this day. */
export function swapped({ plan, region }: Market, row: Row, day: number): Row {
  if (row.kind > kinds.retraction || row.flags & (flags.place | flags.unknownType)) return row
  const { soft, grave } = plan.swapTypes
  const trouble = plan.troubles.find(
    ({ truth, fromDay, toDay, inside }) =>
      truth.kind === 'swap' && day >= fromDay && day < toDay && inside[region[row.enterprise]] === 1,
  )
  if (trouble === undefined || grave.length === 0 || !soft.has(row.type)) return row
  const isRetraction = row.kind === kinds.retraction
  const random = new Random(plan.options.seed, 'swap', isRetraction ? row.target : row.sequence)
  if (!random.chance(trouble.truth.share)) return row
  const type = random.pick(grave)
  if (isRetraction) return { ...row, type }
  const trait = plan.traits[type]
  const { severity, freshMsMax } = plan.profile.types[type]
  const occurredSec = row.occurredSec - Math.floor(Math.min(freshMsMax * freshShareMax, delayMs(trait, random)) / 1000)
  return {
    ...row,
    type,
    occurredSec,
    severity: row.kind === kinds.conflict ? (severity % 5) + 1 : severity,
    flags: trait.amount === undefined ? row.flags & ~flags.amount : row.flags | flags.amount,
    amount: drawAmount(trait, random),
  }
}
