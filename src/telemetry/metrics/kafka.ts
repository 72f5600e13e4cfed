/** What tells of tasks that processes share, and of the log that they share: all but the connections and the group is there on any log. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Listener } from '../../notices.ts'
import { beginLosses } from './codes.ts'

const commitSeconds = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]

export function kafkaMetricsOf(registry: Registry): { take: Listener } {
  const registers = [registry]
  const lag = new Gauge({
    name: 'forewarn_lag_records',
    help: 'Records in the inputs that are not folded yet, by task and topic.',
    labelNames: ['task', 'topic'],
    registers,
  })
  const commits = new Histogram({
    name: 'forewarn_commit_seconds',
    help: 'How long the log took to commit an epoch.',
    buckets: commitSeconds,
    registers,
  })
  const connections = new Gauge({
    name: 'forewarn_broker_connections',
    help: 'Connections to brokers that are open.',
    registers,
  })
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers })
  const rebalances = counter('forewarn_group_rebalances_total', 'Times that the group gave this process its tasks.')
  const takeovers = counter('forewarn_task_takeovers_total', 'Tasks that this process took over.')
  const fenced = counter('forewarn_task_fenced_total', 'Tasks lost because another process had taken them over.')
  const readErrors = counter('forewarn_log_fetch_errors_total', 'Reads that failed and are tried again.')
  const lost = new Counter({
    name: 'forewarn_tasks_lost_total',
    help: 'Tasks that lost their log or were fenced, and begin anew, by error code.',
    labelNames: ['code'],
    registers,
  })
  beginLosses(lost)
  /** Series of the tasks that run here: they go when a task does. */
  const topicsOf = new Map<string, Set<string>>()

  const take: Listener = (notice) => {
    switch (notice.kind) {
      case 'InputsWaiting':
        for (const [topic, records] of Object.entries(notice.records)) lag.set({ task: notice.task, topic }, records)
        topicsOf.set(notice.task, new Set(Object.keys(notice.records)))
        break
      case 'TaskReleased':
        for (const topic of topicsOf.get(notice.task) ?? []) lag.remove({ task: notice.task, topic })
        topicsOf.delete(notice.task)
        break
      case 'EpochCommitted':
        commits.observe(notice.seconds)
        break
      case 'Restoring':
        takeovers.inc()
        break
      case 'TaskLost':
        lost.inc({ code: notice.code })
        if (notice.code === 'FW_TASK_FENCED') fenced.inc()
        break
      case 'GroupJoined':
        rebalances.inc()
        break
      case 'LogReadFailed':
        readErrors.inc()
        break
      case 'BrokerConnection':
        connections.inc(notice.open ? 1 : -1)
        break
      default:
        break // nothing of it is shown here
    }
  }
  return { take }
}
