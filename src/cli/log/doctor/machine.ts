/** Checks of what the machine gives a process. */
import { readFileSync } from 'node:fs'
import { type Check, ok, warn } from './check.ts'

const openFilesMin = 4_096 // 1,000 connections of senders, as many of readers of pages, sorted runs of an import

/** `limits`: text of /proc/self/limits; undefined where the system has none. */
export function checkOpenFiles(limits: string | undefined = limitsOfLinux()): Check {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '')?.[1]
  if (soft === undefined) return ok('open files', 'The system does not say how many a process may have.')
  const says = `A process may have ${soft} open files.`
  if (soft === 'unlimited' || Number(soft) >= openFilesMin) return ok('open files', says)
  return warn('open files', says, `Let it have ${openFilesMin}: ulimit -n, or LimitNOFILE= of its systemd unit.`)
}

function limitsOfLinux(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return undefined
  }
}
