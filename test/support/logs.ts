/** Logs that behave as another one, but for some of what they do. */
import type { Log, TaskLog } from '../../src/log/port.ts'

export function logOver(log: Log, changes: Partial<Log>): Log {
  return {
    name: log.name,
    partitions: (topic) => log.partitions(topic),
    range: (topic, partition) => log.range(topic, partition),
    read: (topic, partition, from, bytesMax) => log.read(topic, partition, from, bytesMax),
    append: (topic, partition, records) => log.append(topic, partition, records),
    keepsTimes: (topic) => log.keepsTimes(topic),
    openTask: (task) => log.openTask(task),
    readTask: (task) => log.readTask(task),
    forget: (cuts, told) => log.forget(cuts, told),
    changed: (timeoutMs) => log.changed(timeoutMs),
    close: () => log.close(),
    ...changes,
  }
}

export function taskLogOver(task: TaskLog, changes: Partial<TaskLog>): TaskLog {
  return {
    commit: (epoch) => task.commit(epoch),
    journal: (from) => task.journal(from),
    journalEnd: () => task.journalEnd(),
    writeCheckpoint: (slot, pages, manifest) => task.writeCheckpoint(slot, pages, manifest),
    readManifest: (slot) => task.readManifest(slot),
    readPage: (slot, page) => task.readPage(slot, page),
    close: () => task.close(),
    ...changes,
  }
}
