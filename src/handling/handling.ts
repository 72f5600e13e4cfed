/** What people do about a warning. Actions come with their own topic; until then every warning is new to everybody. */
import { z } from 'zod'

export const handlingStates = ['new', 'acknowledged', 'assigned', 'fed-back', 'judged', 'closed'] as const
export const HandlingState = z.enum(handlingStates)
export type HandlingState = z.infer<typeof HandlingState>

export type Handling = { state: HandlingState; version: number; owner: string | null; dueAt: string | null }

/** Of a warning that nobody has touched. */
export const untouched: Handling = { state: 'new', version: 0, owner: null, dueAt: null }
