/** Pages of checkpoints whose hashes fit: they load as what was saved, or not at all. */
import { EnterpriseTask } from '../../../src/enterprise/task.ts'
import type { FoldTask } from '../../../src/fold/task.ts'
import { foldVersion } from '../../../src/fold/version.ts'
import { WatchTask } from '../../../src/watch/task.ts'
import { loadState, savedState } from '../../support/state.ts'
import { corpus, setting } from '../corpus.ts'
import { type Fuzzer, ownJson } from '../fuzzer.ts'

const listener = (): void => {}
const makes: readonly (() => FoldTask)[] = [
  () => new EnterpriseTask({ ...setting, model: null, partition: 0, partitions: 1, hashSeed: [0, 0], listener }),
  () => new WatchTask({ ...setting, foldVersion, partitions: 1, listener }),
]
/** As they come out of a load: the order of names in their JSON is that of the contract. */
const states = [corpus.states.enterprise, reloaded(1, corpus.states.watch)]

/** The byte before the pages says whose they are. */
export const pagesFuzzer: Fuzzer = {
  name: 'pages',
  few: 300,
  sample(random) {
    const whose = random.int(makes.length)
    return { bytes: Buffer.concat([Buffer.from([whose]), states[whose]]), means: states[whose].toString('latin1') }
  },
  read: (bytes) => ownJson(() => reloaded((bytes[0] ?? 0) % makes.length, bytes.subarray(1)).toString('latin1')),
}

function reloaded(whose: number, state: Buffer): Buffer {
  const task = makes[whose]()
  loadState(task, state)
  return savedState(task)
}
