/** Every number of every warning on its page is that of its records in the log, read by a second hand. */
import { expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embeddedLog.ts'
import { publishedWarnings } from '../../src/log/publishedWarnings.ts'
import type { Breakdown, Series, WarningDetail, WarningEnterprises, WarningList } from '../../src/serve/contracts.ts'
import type { Warning } from '../../streams/warnings.ts'
import { allWarnings, pagesProcess, type Stage, visit } from './stage.ts'

export const figureOf = (text: string | null): number => Number((text ?? '').replaceAll(',', ''))

/** All numbers in a text, as they are shown. */
const figuresIn = (text: string): string[] => text.match(/\d[\d,]*(?:\.\d+)?/g) ?? []

/** As pages write numbers: whole ones, and those from 10 on, without a fraction, from a tenth on with one digit. */
function shown(value: number): string {
  const digits = Number.isInteger(value) || value >= 10 ? 0 : 1
  return new Intl.NumberFormat('zh-CN', { maximumFractionDigits: digits }).format(value)
}

/** Of each warning its records, oldest first. */
async function recordsById(stage: Stage): Promise<Map<string, Warning[]>> {
  const process = pagesProcess(stage)
  if (process === undefined) throw new Error('there is no process of the pages')
  const log = await openEmbeddedLog({ path: process.log, mode: 'read' })
  const found = new Map<string, Warning[]>()
  for await (const warning of publishedWarnings(log)) found.set(warning.id, [...(found.get(warning.id) ?? []), warning])
  await log.close()
  return found
}

const figures = ({ statistic, evidence }: Warning): { observed: number; expected: number; enterprises: number } => ({
  observed: statistic === 'risk' ? evidence.risky : evidence.count,
  expected: evidence.expected,
  enterprises: evidence.enterprises,
})

export function numbersTests(stage: () => Stage): void {
  test('every warning of the log has its page: sentence, level, numbers and history are those of its records', async () => {
    const { ask, open } = stage()
    const records = await recordsById(stage())
    expect((await ask<WarningList>('/warnings?limit=1')).total).toBe(records.size)
    const page = await open('/warnings')
    for (const [id, changes] of records) {
      const route = `/warnings/${encodeURIComponent(id)}`
      const last = changes[changes.length - 1]
      const { observed, expected, enterprises } = figures(last)
      await visit(page, route)
      expect(await page.locator('[data-sentence]').textContent()).toBe(last.sentences.zh)
      const { row, changes: told } = await ask<WarningDetail>(route)
      expect(row).toMatchObject({ level: last.level, tick: last.tickLabel, observed, expected, enterprises })
      expect(told.map((one) => ({ tick: one.tick, level: one.level, observed: one.observed }))).toEqual(
        changes.map((one) => ({ tick: one.tickLabel, level: one.level, observed: figures(one).observed })),
      )
      const why = figuresIn((await page.locator('.facts').allTextContents()).join(' '))
      expect(why, id).toContain(shown(enterprises))
      expect(why, id).toContain(shown(expected))
      if (last.statistic !== 'risk') expect(why, id).toContain(shown(observed))
    }
    await page.close()
  })

  test('the chart says of the tick of a warning what its record says', async () => {
    let compared = 0
    for (const [id, changes] of await recordsById(stage())) {
      const { points } = await stage().ask<Series>(`/warnings/${encodeURIComponent(id)}/series`)
      for (const one of changes) {
        const point = points.find(({ tick }) => tick === one.tickLabel)
        if (one.statistic !== 'count' || one.change === 'amended' || point === undefined) continue
        // What was called before its day was over is at most what the whole day brought.
        if (one.early) expect(point.observed, id).toBeGreaterThanOrEqual(one.evidence.count)
        else expect(point.observed, id).toBe(one.evidence.count)
        expect(point.expected, id).toBeCloseTo(one.evidence.expected, 1)
        compared++
      }
    }
    expect(compared).toBeGreaterThan(3)
  })

  test('the parts of every count add up to it, and so do its enterprises', async () => {
    const { ask, open } = stage()
    const { rows } = await allWarnings(stage())
    const page = await open('/warnings')
    for (const { id, statistic } of rows) {
      if (statistic === 'risk') continue
      const route = `/warnings/${encodeURIComponent(id)}`
      await visit(page, route)
      const breakdown = await ask<Breakdown>(`${route}/breakdown`)
      const sums = (['type', 'source', 'grade', 'region', 'industry'] as const).map((way) =>
        breakdown[way].reduce((sum, { count }) => sum + count, 0),
      )
      expect([...new Set(sums)], id).toEqual([breakdown.total])
      expect(figureOf(await page.locator('.makeup tfoot tr:last-child .figures').textContent())).toBe(breakdown.total)
      const behind = await ask<WarningEnterprises>(`${route}/enterprises`)
      expect(behind.rows.reduce((sum, { events }) => sum + events, 0)).toBe(behind.total)
      expect(behind.agrees, id).not.toBe(false)
    }
    await page.close()
  })
}
