/** A real program that serves HTTP, for one test file: started on a free port, ended with the tests. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { until } from '../support/patience.ts'

export type Service = { url: string; stop(): Promise<void> }

/** Resolves when `path` answers 200. @throws Error with what it said when it ends before. */
export async function startProgram(
  name: string,
  { args, port, path, env = {} }: { args: readonly string[]; port: number; path: string; env?: NodeJS.ProcessEnv },
): Promise<Service> {
  const child = spawn(name, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000)
    })
  const over = once(child, 'close')
  const url = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await over
  }
  const state = await until(`${name} answers`, async () => {
    if (child.exitCode !== null) return 'ended'
    return (await answers(`${url}${path}`)) ? 'answers' : undefined
  })
  if (state === 'ended') throw new Error(`${name} ended: ${said}`)
  return { url, stop }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}
