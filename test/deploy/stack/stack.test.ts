/** What `docker compose up` starts, tried without Docker: the processes of compose.yaml from the shipped files, and a warning that goes through all of them. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { kafkaAvailable } from '../../kafka/jars.ts'
import { run } from '../../kafka/java.ts'
import { describeIfAvailable } from '../../support/available.ts'
import { longTestMsMax } from '../../support/patience.ts'
import { programs } from '../programs.ts'

const Seen = z.object({
  targets: z.int(),
  warnings: z.array(z.enum(['blue', 'yellow', 'orange', 'red'])),
  told: z.object({ path: z.string(), authorization: z.string(), warnings: z.array(z.string()) }),
  missing: z.array(z.string()),
  ends: z.record(z.string(), z.int().nullable()),
})

const isRoot = process.getuid?.() === 0
const needed: (true | string)[] = [
  isRoot ? true : 'only root may give processes a root and a network of their own',
  await kafkaAvailable(),
  programs('prometheus', 'prometheus-alertmanager', 'unshare', 'ip'),
]

describeIfAvailable(needed.find((one) => one !== true) ?? true, 'the stack of compose.yaml', () => {
  test('shows a warning in Prometheus and brings it to the webhook; Grafana cannot be had here', {
    timeout: longTestMsMax,
  }, async () => {
    const up = path.join(import.meta.dirname, 'up.ts')
    const inside = `ip link set lo up && exec "$0" --disable-warning=TimeoutNegativeWarning ${up}`
    const { code, out, err } = await run('unshare', ['-n', 'sh', '-c', inside, process.execPath], {
      timeoutMs: longTestMsMax,
    })
    expect({ code, err }).toMatchObject({ code: 0 })
    const { targets, warnings, told, missing, ends } = Seen.parse(JSON.parse(out))
    expect(targets).toBe(1)
    expect(warnings.length).toBeGreaterThan(0)
    expect(told.path).toMatch(/^\/(supervisors|supervisors-urgent|office-440000)$/)
    expect(told.authorization).toBe('Bearer webhook_token-of-the-stack-that-is-tried')
    expect(missing).toEqual(['grafana'])
    expect(ends).toMatchObject({ forewarn: 0, prometheus: 0, alertmanager: 0 })
  })
})
