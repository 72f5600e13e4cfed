/** What the enterprise task works out from a profile, and makes anew under another. */
import type { RiskModel } from '../../models/risk/riskModel.ts'
import type { Profile } from '../../streams/profile.ts'
import { type CellKeys, cellKeys } from '../cells.ts'
import type { ModelRegistry } from '../registry/modelRegistry.ts'
import { type CellContributions, contributions } from './cellContributions.ts'
import { type Decoder, decoder, type Partition } from './decode/decode.ts'
import { plainEvents } from './decode/plainEvent.ts'
import { EventFold } from './rows/events.ts'
import type { TableFold } from './rows/tables.ts'
import type { TouchedRows } from './rows/touchedRows.ts'
import { ActiveModels } from './score/activeModels.ts'
import { Contradictions } from './score/contradictions.ts'
import { Neighbourhood } from './score/neighbourhood.ts'
import type { Witness } from './score/witness.ts'

export type ProfileParts = {
  profile: Profile
  keys: CellKeys
  decode: Decoder
  contributions: CellContributions
  neighbourhood: Neighbourhood
  events: EventFold
  active: ActiveModels
  contradictions: Contradictions
}

/** What stays as it is whichever profile is in force. */
export type ProfileFree = {
  partition: Partition
  touchedRows: TouchedRows
  tables: TableFold
  registry: ModelRegistry
  /** Models that need not come from the log. */
  given: readonly RiskModel[]
  witness: Witness | undefined
  rowsOnly: boolean
}

/** `before`: those of the profile that was in force until now. */
export function partsUnder(
  profile: Profile,
  { partition, touchedRows, tables, registry, given, witness, rowsOnly }: ProfileFree,
  before?: ProfileParts,
): ProfileParts {
  const { ids, rows } = touchedRows
  const decode = decoder(profile, partition)
  const keys = cellKeys(profile)
  const counted = contributions(profile, keys, rows, tables.places)
  const neighbourhood = new Neighbourhood(profile, keys)
  const plain = plainEvents(profile, partition)
  const events = new EventFold(profile, { plain, checked: decode.event }, touchedRows, counted, witness)
  const source = { profile, rows, around: neighbourhood }
  const active = new ActiveModels({ source, ids, contributions: counted, registry, given, rowsOnly }, before?.active)
  const contradictions = new Contradictions({ profile, rows, ids, contributions: counted }, before?.contradictions)
  return { profile, keys, decode, contributions: counted, neighbourhood, events, active, contradictions }
}
