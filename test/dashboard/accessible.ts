/** Accessible: no violation that axe knows on any page, in either language and theme, on a desk and on a telephone; by keys alone. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { WarningEnterprises } from '../../src/serve/contracts.ts'
import { allWarnings, type Look, loaded, type Stage, visit } from './stage.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type WithAxe = { axe: { run(options: RunOptions): Promise<AxeResults> } }

async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  return page.evaluate(async (tags) => {
    const { axe } = window as unknown as WithAxe
    const { violations } = await axe.run({ runOnly: tags, resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
    )
  }, rules)
}

/** Every page there is, with a warning and an enterprise that there are. */
async function paths(stage: Stage): Promise<string[]> {
  const { rows } = await allWarnings(stage)
  const warning = `/warnings/${encodeURIComponent(rows[0]?.id ?? '')}`
  const behind = await stage.ask<WarningEnterprises>(`${warning}/enterprises`)
  const enterprise = `/enterprises/${behind.rows[0]?.id ?? ''}`
  return [
    '/',
    '/warnings',
    warning,
    `${warning}/brief`,

    '/spread?region=440000',
    '/enterprises',
    enterprise,
    '/data',
    '/brief',
    '/nowhere',
    '/?wall=1',
    '/spread?wall=1',
    '/?asOf=2026-01-18',
  ]
}

/** Any two of language, theme and width meet in one of these; all eight take twice as long: `FOREWARN_ALL_LOOKS=1`. */
const pairs: readonly Required<Look>[] = [
  { language: 'zh', theme: 'light', width: 1_280 },
  { language: 'zh', theme: 'dark', width: 390 },
  { language: 'en', theme: 'light', width: 390 },
  { language: 'en', theme: 'dark', width: 1_280 },
]
const others = pairs.map(
  ({ theme, ...look }): Required<Look> => ({ ...look, theme: theme === 'dark' ? 'light' : 'dark' }),
)
const looks = process.env.FOREWARN_ALL_LOOKS === '1' ? [...pairs, ...others] : pairs

/** What makes a page wider than its screen: the innermost elements that reach past it, and by how many px; empty when the page fits. */
async function tooWide(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const over = document.documentElement.scrollWidth - innerWidth
    if (over <= 0) return []
    const scrolls = (one: Element | null): boolean =>
      one !== null &&
      one !== document.body &&
      (getComputedStyle(one).overflowX !== 'visible' || scrolls(one.parentElement))
    const past = [...document.body.querySelectorAll('*')].filter(
      (one) => one.getBoundingClientRect().right > innerWidth && !scrolls(one.parentElement),
    )
    const innermost = past.filter((one) => !past.some((other) => other !== one && one.contains(other)))
    return innermost.map((one) => `${over} px by ${one.outerHTML.slice(0, 200)}`)
  })
}

export function accessibleTests(stage: () => Stage): void {
  test.each(looks)('$language $theme at $width px', async (look) => {
    const page = await stage().open('/', look)
    const found: string[] = []
    for (const path of await paths(stage())) {
      await visit(page, path)
      found.push(...(await violations(page)).map((one) => `${path}: ${one}`))
    }
    expect(found).toEqual([])
    await page.close()
  })

  test('filters that were given a name are gone to by it, by keys, and forgotten; what is kept and is no view breaks nothing', async () => {
    const page = await stage().open('/warnings?level=red&sort=tick&asOf=2026-01-18', { language: 'en' })
    const name = page.getByRole('textbox', { name: 'Name of these filters' })
    await name.fill('Red, newest')
    await name.press('Enter')
    await page.goto(`${stage().address}/warnings`)
    await loaded(page)
    expect(await violations(page)).toEqual([])
    const view = page.getByRole('link', { name: 'Red, newest' })
    await view.press('Enter')
    await page.waitForURL((url) => url.search === '?level=red&sort=tick')
    await page.locator('.views [aria-current]').waitFor()
    await page.getByRole('button', { name: 'Forget the view “Red, newest”' }).press('Enter')
    await view.waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Saved views')
    for (const kept of [
      '{',
      'null',
      '[1,{"name":2,"query":""},{"name":" ","query":""}]',
      '[{"name":"x","query":"%%="}]',
    ]) {
      await page.evaluate((text) => localStorage.setItem('forewarn.views', text), kept)
      await page.reload()
      await loaded(page)
      expect(await page.locator('.views li').count(), kept).toBe(kept.includes('"x"') ? 1 : 0)
      await page.locator('.list [data-id]').first().waitFor()
    }
    await page.close()
  })

  test('at 320 px nothing is wider than the screen', async () => {
    const page = await stage().open('/', { language: 'en', width: 320 })
    const wide: string[] = []
    for (const path of await paths(stage())) {
      await visit(page, path)
      wide.push(...(await tooWide(page)).map((one) => `${path}: ${one}`))
    }
    expect(wide).toEqual([])
    await page.close()
  })

  test('by keys alone: past the frame, to a warning, to the next, its brief, back, and help', async () => {
    const page = await stage().open('/warnings', { language: 'en' })
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe('#main')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    const second = await page.evaluate(() => document.activeElement?.getAttribute('href'))
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === second)
    await loaded(page)
    await page.keyboard.press('n')
    await page.waitForURL((url) => url.pathname !== second && url.pathname.startsWith('/warnings/'))
    await loaded(page)
    await page.keyboard.press('b')
    await page.waitForURL(/\/brief$/)
    await page.goBack()
    await loaded(page)
    await page.keyboard.press('?')
    await page.locator('.help').waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.locator('.help').waitFor({ state: 'detached' })
    await page.keyboard.press('g')
    await page.keyboard.press('m')
    await page.waitForURL(/\/spread$/)
    await page.close()
  })
}
