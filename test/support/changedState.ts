/** Logs whose checkpoints say something else of one part of a task's state. */
import { Manifest } from '../../src/fold/checkpoints.ts'
import type { Log } from '../../src/log/port.ts'
import type { TaskId } from '../../src/log/tasks.ts'
import { logOver, taskLogOver } from './logs.ts'

export type Change = { task?: TaskId['kind']; part: string; how: 'older' | 'damaged' | 'absent'; slot?: number }

/** What a checkpoint says of a part is changed in every slot, or in one. */
export function changed(log: Log, { task, part, how, slot }: Change): Log {
  return logOver(log, {
    openTask: async (id) => {
      const own = await log.openTask(id)
      if (id.kind !== task) return own
      const manifestOf = async (at: number): Promise<Manifest | undefined> => {
        const bytes = await own.readManifest(at)
        return bytes === undefined ? undefined : Manifest.parse(JSON.parse(Buffer.from(bytes).toString()))
      }
      const isHit = (at: number): boolean => slot === undefined || slot === at
      return taskLogOver(own, {
        readManifest: async (at) => {
          const manifest = await manifestOf(at)
          if (manifest === undefined || !isHit(at)) return own.readManifest(at)
          const parts = manifest.parts.map((one) =>
            one.name !== part
              ? one
              : {
                  ...one,
                  ...(how === 'older' ? { version: 0 } : {}),
                  ...(how === 'absent' ? { name: 'another' } : {}),
                },
          )
          return Buffer.from(JSON.stringify({ ...manifest, parts }))
        },
        readPage: async (at, page) => {
          const pages = (await manifestOf(at))?.parts.flatMap(({ name, pages }) => pages.map(() => name)) ?? []
          const bytes = await own.readPage(at, page)
          if (how !== 'damaged' || !isHit(at) || pages[page] !== part) return bytes
          return bytes?.map((byte, index) => (index === 5 ? byte ^ 1 : byte))
        },
      })
    },
  })
}
