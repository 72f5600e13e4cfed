/** How a network is trained: the contract of its settings. */
import { z } from 'zod'

export const NetworkSettings = z.object({
  /** Of initial weights, of the order of rows and of dropout. */
  seed: z.int(),
  /** Units of each hidden layer; none: a linear model. */
  hidden: z.array(z.int().min(1).max(1024)).max(8).default([32]),
  /** Penalty on the squares of all weights, biases not. */
  l2: z.number().min(0).default(1e-4),
  /** Share of the units of each hidden layer that a training step leaves out. */
  dropout: z.number().min(0).max(0.9).default(0),
  /** How much a row of each label counts. With other than equal weights, probabilities need calibration. */
  classWeights: z
    .object({ negative: z.number().positive(), positive: z.number().positive() })
    .default({ negative: 1, positive: 1 }),
  learningRate: z.number().positive().max(1).default(1e-3),
  batchRows: z.int().min(1).max(65_536).default(512),
  epochsMax: z.int().min(1).max(10_000).default(100),
  /** Epochs without a better validation loss after which training stops. */
  patience: z.int().min(1).default(5),
  /** Share of the ticks, the last ones, that only judge; 0: none, and all epochs are run. */
  validationShare: z.number().min(0).max(0.5).default(0.15),
})
export type NetworkSettings = z.infer<typeof NetworkSettings>

/** @throws Error that names every setting out of its range. */
export function networkSettings(given: z.input<typeof NetworkSettings>): NetworkSettings {
  const parsed = NetworkSettings.safeParse(given)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(({ path, message }) => `setting ${path.join('.')}: ${message}`).join('; '))
}
