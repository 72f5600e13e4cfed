/** `deploy/compose.yaml`, as far as its tests ask. Knows no test runner, so that scripts can use it too. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

export const deployFolder = path.resolve(import.meta.dirname, '../../deploy')
export const composeFile = path.join(deployFolder, 'compose.yaml')

const ComposeService = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  /** `place:target` or `place:target:ro`, a place being a folder beside the file or a volume. */
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  depends_on: z
    .union([
      z
        .array(z.string())
        .transform((names) => Object.fromEntries(names.map((name) => [name, { condition: 'service_started' }]))),
      z.record(z.string(), z.object({ condition: z.string() })),
    ])
    .default({}),
})
export type ComposeService = z.infer<typeof ComposeService>

const Compose = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), ComposeService),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
})
export type Compose = z.infer<typeof Compose>

export function readCompose(): Compose {
  return Compose.parse(parse(readFileSync(composeFile, 'utf8')))
}
