/** How a network is trained: what a profile says, and a seed. */
import { z } from 'zod'
import { NetworkSetting } from '../../streams/training.ts'

export const NetworkSettings = NetworkSetting.extend({
  /** Of initial weights, of the order of rows and of dropout. */
  seed: z.int(),
})
export type NetworkSettings = z.infer<typeof NetworkSettings>

/** @throws Error that names every setting out of its range. */
export function networkSettings(given: z.input<typeof NetworkSettings>): NetworkSettings {
  const parsed = NetworkSettings.safeParse(given)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(({ path, message }) => `setting ${path.join('.')}: ${message}`).join('; '))
}
