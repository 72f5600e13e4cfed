/** `npm run demo:kafka` to its end: a broker and processes of its own, and totals that add up. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { projectFolder } from '../e2e/forewarn.ts'
import { sumOf } from '../e2e/support.ts'
import { run } from './java.ts'
import { freePorts } from './ports.ts'
import { describeWithKafka } from './support.ts'

describeWithKafka('the demo on Kafka', () => {
  test('every record has one fate, and every warning raised was seen', async () => {
    const [port] = await freePorts(1)
    const args = ['--days', '28', '--enterprises', '600', '--exit', '--json', '--http', `127.0.0.1:${port}`]
    const { code, out, err } = await run(process.execPath, [path.join(projectFolder, 'scripts/demoKafka.ts'), ...args])
    expect({ code, err }).toMatchObject({ code: 0 })
    const said: Record<string, unknown> = JSON.parse(out)
    expect(said.written).toBeGreaterThan(600) // each enterprise is registered once
    expect(said).toMatchObject({ fated: said.written, events: said.written })
    expect(sumOf(said.fates)).toBe(said.written)
    expect(Object.values(Object(said.warnings)).reduce((sum: number, byLevel) => sum + sumOf(byLevel), 0)).toBe(
      said.raised,
    )
  })
})
