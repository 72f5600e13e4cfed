/** All state of a task as one buffer: of each part the number of its bytes, then its pages. */
import { pagesOf } from '../../src/fold/checkpoints.ts'
import { WordReader } from '../../src/fold/pages.ts'
import type { FoldTask } from '../../src/fold/task.ts'
import { pageBytesMax } from '../../src/limits.ts'

type Stateful = Pick<FoldTask, 'state'>

export function savedState({ state }: Stateful): Buffer {
  return Buffer.concat(
    state.flatMap((part) => {
      const pages = [...pagesOf(part)]
      const head = Buffer.alloc(4)
      head.writeUInt32LE(pages.reduce((sum, page) => sum + page.length, 0))
      return [head, ...pages]
    }),
  )
}

/** @throws Error for what `savedState` does not give. */
export function loadState({ state }: Stateful, saved: Buffer): void {
  let at = 0
  for (const part of state) {
    const bytes = saved.readUInt32LE(at)
    const [from, end] = [at + 4, at + 4 + bytes]
    const pages: Buffer[] = []
    for (let page = from; page < end; page += pageBytesMax)
      pages.push(saved.subarray(page, Math.min(end, page + pageBytesMax)))
    for (const _ of part.load(new WordReader(pages), part.version));
    at = end
  }
}
