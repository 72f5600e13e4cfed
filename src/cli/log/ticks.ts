/** Ticks as people write them: by their labels. */
import type { Profile } from '../../../streams/profile.ts'
import { ForewarnError } from '../../errors.ts'

const exampleMs = Date.UTC(2026, 0, 5) // a Monday, which begins a week

/** The tick of a label; undefined where none is given. `or`: what the option takes besides. @throws ForewarnError FW_USAGE for a label that is none. */
export function tickOf(profile: Profile, option: string, label: string, or?: string): number
export function tickOf(profile: Profile, option: string, label: string | undefined, or?: string): number | undefined
export function tickOf({ calendar }: Profile, option: string, label: string | undefined, or = ''): number | undefined {
  if (label === undefined) return undefined
  const tick = calendar.parse(label)
  if (tick !== undefined && tick >= 0) return tick
  const example = calendar.label(calendar.tickOf(exampleMs))
  throw new ForewarnError('FW_USAGE', [`${option} must be a ${calendar.unit} such as ${example}${or}; not ${label}.`])
}
