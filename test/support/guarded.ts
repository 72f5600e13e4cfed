/** Processes that never outlive the one that started them, however it ends. Knows no test runner, so that scripts can use it too. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { Socket } from 'node:net'

/**
 * The shell becomes the program, so the process id is the program's own. Beside it waits a reader of a pipe whose other end only we
 * hold: when we tell it that the program has ended, it goes; when the pipe just closes, we are gone, however it happened (SIGKILL
 * too), and the program and its folder go as well, also a program that was stopped by SIGSTOP.
 */
const guarded = '(read -r line <&3 || { kill -KILL $$; sleep 1; rm -rf "$0"; }) & exec "$@" 3<&-'

type Stream = 'pipe' | 'ignore' | 'inherit' | number
export type GuardedOptions = Omit<SpawnOptions, 'stdio'> & {
  stdio: readonly [Stream, Stream, Stream]
  /** A folder that goes with the program; none unless given. */
  scratch?: string
}

/** Starts a program that dies with this process. */
export function spawnGuarded(
  command: readonly string[],
  { stdio, scratch = '', ...options }: GuardedOptions,
): ChildProcess {
  const child = spawn('sh', ['-c', guarded, scratch, ...command], { ...options, stdio: [...stdio, 'pipe'] })
  const guard = child.stdio[3]
  if (!(guard instanceof Socket)) throw new Error('no pipe to the guard')
  guard.on('error', () => {}) // the guard may be gone already
  child.once('exit', () => guard.end('ended\n'))
  return child
}
