import { expect, it } from 'vitest'
import { foldRecords, readJson, type TestRecord } from '../support/fold.ts'
import { tinyModel } from '../support/tinyModel.ts'
import { tinyProfile } from '../support/tinyProfile.ts'

const day = 86_400_000
const start = Date.parse('2026-01-01T00:00:00.000Z')

function records(): TestRecord[] {
  const out: TestRecord[] = []
  for (let e = 0; e < 40; e++) {
    out.push({ topic: 'enterprises', key: `E${e}`, timeMs: start, value: { id: `E${e}`, region: e % 3 ? 'P1' : 'Q', industry: e % 2 ? 'X1' : 'Y1' } })
    out.push({ topic: 'credit-grades', key: `E${e}`, timeMs: start, value: { enterpriseId: `E${e}`, grade: 'ABCD'[e % 4], effectiveAt: '2026-01-01T00:00:00.000Z' } })
  }
  for (let d = 0; d < 30; d++) {
    const n = d === 20 || d === 21 ? 60 : 8
    for (let k = 0; k < n; k++) {
      const e = (d * 7 + k * 3) % 40
      const timeMs = start + d * day + k * 600_000
      out.push({ topic: 'risk-events', key: `E${e}`, timeMs, value: { id: `e${d}-${k}`, enterpriseId: `E${e}`, type: k % 4 ? 'CMP.COMPLAINT' : 'PEN.FINE', occurredAt: new Date(timeMs - 3_600_000).toISOString(), source: 'hotline' } })
    }
  }
  return out
}

it('folds a month and warns', async () => {
  const one = await foldRecords(records(), { profile: tinyProfile, model: tinyModel(tinyProfile) })
  const three = await foldRecords(records(), { profile: tinyProfile, model: tinyModel(tinyProfile), partitions: 3 })
  const show = async (log: any) => ((await readJson(log, 'scores')) as any[]).map((x) => `${x.tick} ${x.beat} ${x.enterpriseId} ${x.cause} ${x.probability} ${x.band}`).sort()
  const [a, b] = [await show(one.log), await show(three.log)]
  console.log(a.filter((x) => !b.includes(x)).slice(0, 10).join('\n'), '\n--\n', b.filter((x) => !a.includes(x)).slice(0, 10).join('\n'))
  const t = (await readJson(one.log, 'ticks')) as any[]
  console.log(t.filter((x) => x.kind === 'tick').map((x) => `${x.label} ${JSON.stringify(x.nodes)}`).slice(0,14).join('\n'))
  expect(three.digest).toEqual(one.digest)
})
