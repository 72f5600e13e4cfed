/** What the chaos campaign starts ends with it, however it ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { z } from 'zod'

test('workers, a frozen one too, and the sender do not outlive the process that started them', async () => {
  const module = (name: string): string => JSON.stringify(import.meta.resolve(name))
  const script = `
    const { Fleet } = await import(${module('./chaos/fleet.ts')})
    const { Load } = await import(${module('./chaos/load.ts')})
    const fleet = new Fleet(['demo', '--days', '1', '--no-pages', '--http', '127.0.0.1:0', '--log-level', 'info'])
    fleet.start()
    fleet.start()
    while (!fleet.lines().every((said) => said.length > 0)) await new Promise((resolve) => setTimeout(resolve, 20))
    void fleet.freeze(1, 60_000)
    const load = new Load('127.0.0.1:1', 'nobody', 1, 1)
    console.log(JSON.stringify([...fleet.pids, load.pid]))`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(parent.stdout), 'line')
  const pids = z
    .array(z.int().positive())
    .length(3)
    .parse(JSON.parse(String(line)))
  expect(pids.filter(isAlive)).toEqual(pids)
  parent.kill('SIGKILL')
  await expect.poll(() => pids.filter(isAlive)).toEqual([])
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
