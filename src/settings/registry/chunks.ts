/** A folder of a model or a profile as the chunks that travel in the topic `artifacts`. */
import type { ArtifactChunk, ArtifactKind } from '../../../streams/artifacts.ts'
import { artifactChunkBytes } from '../../limits.ts'
import type { FolderFiles } from '../../registry/modelFolder.ts'

/** In the order of the files; an empty file is one empty chunk. */
export function chunksOf(
  kind: ArtifactKind,
  hash: string,
  files: FolderFiles,
  chunkBytes = artifactChunkBytes,
): ArtifactChunk[] {
  return [...files].flatMap(([file, content]) => {
    const chunks = Math.max(1, Math.ceil(content.length / chunkBytes))
    return Array.from({ length: chunks }, (_, chunk): ArtifactChunk => {
      const bytes = Buffer.from(content.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes)).toString('base64')
      return { hash, kind, file, chunk, chunks, bytes }
    })
  })
}
