/** What pages show is what the log has. */
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import type { Overview, WarningList } from '../../src/serve/contracts.ts'
import { until } from '../support/patience.ts'
import { figureOf, numbersTests } from './numbers.ts'
import { allWarnings, loaded, type Stage } from './stage.ts'

export function readingTests(stage: () => Stage): void {
  numbersTests(stage)

  test('Today has the standing warnings of the log, and counts them by level', async () => {
    const { ask, open } = stage()
    const page = await open('/')
    // What the last day closes with may come while it is asked for.
    const overview = await until('the page shows what is asked for', async () => {
      const asked = await ask<Overview>('/overview')
      const shown = await page
        .locator('main [data-id]')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')))
      return isDeepStrictEqual([...shown].sort(), asked.rows.map(({ id }) => id).sort()) ? asked : undefined
    })
    expect(overview.rowsTotal).toBeGreaterThan(0)
    const counters = await page.locator('.counters b').allTextContents()
    const { red, orange, yellow, blue } = overview.standing
    expect(counters.map(figureOf)).toEqual([red, orange, yellow, blue])
    await page.close()
  })

  test('clusters that stand are on Spread', async () => {
    const { ask, open } = stage()
    const { rows } = await ask<WarningList>('/warnings?statistic=cluster&level=blue,yellow,orange,red')
    expect(rows.length).toBeGreaterThan(0)
    const page = await open('/spread')
    for (const { id } of rows) await page.locator(`main [data-id="${id}"]`).waitFor()
    await page.close()
  })

  test('from Today to the enterprises behind the reddest warning in three clicks', async () => {
    const page = await stage().open('/', { language: 'en' })
    await page.locator('.line h3 a').first().click()
    await loaded(page)
    await page.locator('.wide tbody th a').first().click()
    await loaded(page)
    expect(new URL(page.url()).pathname).toMatch(/^\/enterprises\/./)
    await page.locator('.kin a, .history, .grades').first().waitFor()
    await page.close()
  })

  test('a warning is verified on the page, and says the same', async () => {
    const { rows } = await allWarnings(stage())
    const page = await stage().open(`/warnings/${encodeURIComponent(rows[0]?.id ?? '')}`)
    await page.keyboard.press('v')
    await page.locator('[data-verified="true"]').waitFor()
    await page.close()
  })

  test('a past day is shown as it was known then, for ever the same, and the page says so', async () => {
    const { address, open, runUntil } = stage()
    const url = `${address}/api/v1/overview?asOf=2026-01-19`
    const before = await (await fetch(url)).text()
    const page = await open('/?asOf=2026-01-19')
    const shown = await page.locator('.lists').textContent()
    expect(await page.locator('.past').textContent()).toContain('2026年1月19日')
    await runUntil('another day', ({ tick }) => (tick.closed ?? '') >= '2026-01-22')
    expect(await (await fetch(url)).text()).toBe(before)
    await page.reload()
    await loaded(page)
    expect(await page.locator('.lists').textContent()).toBe(shown)
    await page.keyboard.press(']')
    await page.waitForURL(/asOf=2026-01-20/)
    await page.close()
  })

  test.each(['zh', 'en'] as const)('a brief in %s is at most two pages of A4 with its sentence', async (language) => {
    const { rows } = await allWarnings(stage())
    const [row] = rows
    const page = await stage().open(`/warnings/${encodeURIComponent(row?.id ?? '')}/brief`, { language })
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeLessThanOrEqual(2)
    await page.emulateMedia({ media: 'print' })
    const text = await page.locator('.brief').textContent()
    expect(text).toContain(row?.sentences[language])
    expect(await page.locator('.frame').isVisible()).toBe(false)
    await page.close()
  })

  test.each(['zh', 'en'] as const)(
    'a warning is copied as a paragraph in %s, by hand where there is no clipboard',
    async (language) => {
      const [row] = (await allWarnings(stage())).rows
      const page = await stage().open(`/warnings/${encodeURIComponent(row?.id ?? '')}`, { language })
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      const copy = page.getByRole('button', { name: language === 'zh' ? '复制文字' : 'Copy as text' })
      await copy.press('Enter')
      await page.getByText(language === 'zh' ? '已复制' : 'Copied').waitFor()
      const text = await page.evaluate(() => navigator.clipboard.readText())
      expect(text).toContain(row?.sentences[language]?.replace(/[.。]$/, ''))
      expect(text).toContain(row?.id)
      expect(text).not.toMatch(/[.。]{2}|\n/)
      await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
      await copy.press('Enter')
      await expect.poll(() => page.locator('.by-hand').inputValue()).toBe(text)
      expect(await page.evaluate(() => document.activeElement?.className)).toBe('by-hand')
      await page.close()
    },
  )

  test('what a filter shows is a file, by the link on the page', async () => {
    const page = await stage().open('/warnings?level=red')
    const begun = page.waitForEvent('download')
    await page.locator('.exports a').first().click()
    expect((await begun).suggestedFilename()).toBe('warnings.csv')
    await page.close()
  })
}
