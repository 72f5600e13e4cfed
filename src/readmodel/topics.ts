/** Which topics the read model follows, in the order in which they are folded: a tick comes after every change of a warning up to it. */
import type { TopicName } from '../../streams/topics.ts'
import type { LogRecord } from '../log/port.ts'
import type { Editions } from './editions.ts'
import { foldContradiction } from './fold/contradictions.ts'
import { foldContributions } from './fold/contributions.ts'
import { foldEnterprise, foldGrade, foldScore } from './fold/enterprises.ts'
import { foldNotice } from './fold/notices.ts'
import { foldCommandResult, foldDeadLetter } from './fold/small.ts'
import { foldArchive } from './fold/ticks.ts'
import { foldWarning } from './fold/warnings.ts'
import type { Store } from './store.ts'

type Fold = (store: Store, editions: Editions, record: LogRecord) => void

const alone =
  (fold: (store: Store, record: LogRecord) => void): Fold =>
  (store, _editions, record) =>
    fold(store, record)

export const followed: ReadonlyMap<TopicName, Fold> = new Map<TopicName, Fold>([
  ['industry-warnings', foldWarning],
  ['region-warnings', foldWarning],
  ['cell-warnings', foldWarning],
  ['cluster-warnings', foldWarning],
  ['notices', alone(foldNotice)],
  ['ticks', foldArchive],
  ['command-results', alone(foldCommandResult)],
  ['dead-letters', alone(foldDeadLetter)],
  ['enterprises', foldEnterprise],
  ['credit-grades', foldGrade],
  ['scores', alone(foldScore)],
  ['contributions', foldContributions],
  ['contradictions', alone(foldContradiction)],
])

/** Inputs hold whatever was sent: what breaks its contract there is a dead letter, and no fault of the log. */
export const inputs: ReadonlySet<TopicName> = new Set<TopicName>(['enterprises', 'credit-grades'])
