/**
 * Topic `artifacts`, key = `<hash>/<file>/<chunk>`: folders of models and of profiles in pieces, kept for ever, so that a log holds
 * whatever it was scored and folded with. The hash is the folder's (src/registry); which files there are, the chunks themselves say.
 */
import { z } from 'zod'
import { sha256 } from './contracts.ts'

export const artifactKinds = ['model', 'profile'] as const
export type ArtifactKind = (typeof artifactKinds)[number]

export const ArtifactChunk = z
  .object({
    hash: sha256,
    kind: z.enum(artifactKinds),
    /** `model.json`, `profile.yaml`, or another file of the folder. */
    file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be the name of a file'),
    /** 0 .. chunks - 1; every chunk but the last may be of any size under that of a record. */
    chunk: z.int().min(0),
    chunks: z.int().min(1).max(64),
    bytes: z.base64(),
  })
  .refine(({ chunk, chunks }) => chunk < chunks, { path: ['chunk'], message: 'must be less than chunks' })
export type ArtifactChunk = z.infer<typeof ArtifactChunk>

export function artifactKey({ hash, file, chunk }: ArtifactChunk): string {
  return `${hash}/${file}/${chunk}`
}
