/** The newest checkpoint of a task, by its manifest alone; its pages are not read. */
import { z } from 'zod'
import { jsonOf } from '../../../json.ts'

const Head = z.object({ beat: z.int(), journal: z.int() })
export type CheckpointHead = z.infer<typeof Head>

export interface Manifests {
  manifest(slot: number): Uint8Array | undefined
}

/** Undefined when neither slot has one that can be read. */
export function newestCheckpoint(manifests: Manifests): CheckpointHead | undefined {
  const heads = [0, 1].flatMap((slot) => headOf(manifests.manifest(slot)) ?? [])
  return heads.sort((a, b) => b.beat - a.beat)[0]
}

function headOf(bytes: Uint8Array | undefined): CheckpointHead | undefined {
  if (bytes === undefined) return undefined
  try {
    return Head.safeParse(jsonOf(bytes)).data
  } catch {
    return undefined
  }
}
