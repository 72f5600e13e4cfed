/** What happens while somebody looks: rows change where they stand, silence and stand-still are told, and nothing is lost on the way. */
import { isDeepStrictEqual } from 'node:util'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Overview, Sources, Status } from '../../src/serve/contracts.ts'
import { until } from '../support/patience.ts'
import { loaded, pagesProcess, type Stage, visit } from './stage.ts'

const idsIn = (page: Page): Promise<(string | null)[]> =>
  page.locator('main [data-id]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')))

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).textContent()) ?? ''

/** Keeps in the page where the row was at each frame, in whole pixels of the screen; -1: it was not there. */
const watchRow = (page: Page, id: string | null): Promise<void> =>
  page.evaluate((watched) => {
    const tops = new Set<number>()
    Object.assign(window, { tops })
    const look = (): void => {
      const element = [...document.querySelectorAll('main [data-id]')].find(
        (one) => one.getAttribute('data-id') === watched,
      )
      tops.add(Math.round(element?.getBoundingClientRect().top ?? -1))
      requestAnimationFrame(look)
    }
    look()
  }, id)

const topsOf = (page: Page): Promise<number[]> =>
  page.evaluate(() => [...(window as unknown as { tops: Set<number> }).tops])

/** Two frames: what was changed is painted, and seen by what looks at each frame. */
const painted = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  )

/** A page stays on a wall for so long. */
const turnMs = 30_000

const nextTick = (stage: Stage, from: Status): Promise<Status> =>
  stage.runUntil('another tick', ({ tick }) => (tick.closed ?? '') > (from.tick.closed ?? ''))

export function liveTests(stage: () => Stage): void {
  test.each(['/', '/warnings?sort=tick'])(
    '%s: nothing under the pointer moves while days pass; new rows wait',
    async (path) => {
      const { ask, open } = stage()
      const page = await open(path)
      const row = page.locator('main [data-id]').nth(1)
      await row.hover()
      const before = await idsIn(page)
      const id = await row.getAttribute('data-id')
      await watchRow(page, id)
      let status = await ask<Status>('/status')
      const isNew = async (): Promise<boolean> => {
        const { rows } = await ask<{ rows: { id: string }[] }>(
          path === '/' ? '/overview' : '/warnings?sort=tick&limit=50',
        )
        return rows.some((one) => !before.includes(one.id))
      }
      do status = await nextTick(stage(), status)
      while (!(await isNew()))
      await page.locator('.waiting').waitFor()
      expect(await idsIn(page)).toEqual(before)
      expect(await topsOf(page)).toHaveLength(1)
      await page.locator('h1').hover()
      await page.locator('.waiting').waitFor({ state: 'detached' })
      await expect.poll(async () => (await idsIn(page)).some((one) => !before.includes(one))).toBe(true)
      await page.close()
    },
  )

  test.each([
    { path: '/', width: 1_280, fromPx: 0 },
    { path: '/', width: 1_280, fromPx: 90 },
    { path: '/', width: 390, fromPx: 0 },
    { path: '/warnings', width: 1_280, fromPx: 0 },
  ])(
    '$path, $width px, $fromPx px down: what grows and shrinks above a list moves nothing under the pointer',
    async ({ path, width, fromPx }) => {
      const page = await stage().open(path, { width })
      await page.evaluate((px) => scrollTo(0, px), fromPx)
      const row = page.locator('main [data-id]').nth(1)
      await row.hover()
      await watchRow(page, await row.getAttribute('data-id'))
      await painted(page)
      const setAbove = (where: string, text: string): Promise<void> =>
        page.evaluate(
          ({ where, text }) => {
            const above = document.querySelector(where) ?? document.body
            above.querySelector('[data-made]')?.remove()
            const made = Object.assign(document.createElement('div'), { textContent: text })
            made.dataset.made = ''
            if (text !== '') above.prepend(made)
          },
          { where, text },
        )
      for (const where of ['.page-head', '.strip'])
        for (const text of ['more to say', '']) {
          await setAbove(where, text)
          await painted(page)
        }
      await page.evaluate(() => document.querySelector('.page-head')?.remove())
      await painted(page)
      expect(await topsOf(page)).toHaveLength(1)
      await page.close()
    },
  )

  test('on a wall no enterprise is shown, Today and Spread take turns, and a pointer left there holds nothing', async () => {
    const page = await stage().open('/', { language: 'en' })
    await page.clock.install()
    await visit(page, '/enterprises?wall=1&region=440000')
    expect(await page.locator('nav[aria-label="Pages"]').count()).toBe(0)
    expect(await page.locator('a[href^="/enterprises"]').count()).toBe(0)
    await page.getByRole('button', { name: 'Stop taking turns' }).press('Enter')
    const turns = page.getByRole('button', { name: 'Take turns again' })
    await turns.waitFor()
    await page.locator('main [data-id]').first().hover()
    const before = (await idsIn(page)).sort()
    const wanted = async (): Promise<string[]> =>
      (await stage().ask<Overview>('/overview')).rows.map(({ id }) => id).sort()
    let status = await stage().ask<Status>('/status')
    do status = await nextTick(stage(), status)
    while (isDeepStrictEqual(await wanted(), before))
    const ids = await wanted()
    await expect.poll(async () => (await idsIn(page)).sort()).toEqual(ids)
    await page.clock.fastForward(2 * turnMs)
    expect(new URL(page.url()).pathname).toBe('/enterprises')
    await turns.press('Enter')
    await turns.waitFor({ state: 'detached' })
    await page.clock.fastForward(turnMs)
    await page.waitForURL((url) => url.pathname === '/spread' && url.search.includes('region=440000'))
    await loaded(page)
    expect(await page.locator('a[href^="/enterprises"]').count()).toBe(0)
    await page.clock.fastForward(turnMs)
    await page.waitForURL((url) => url.pathname === '/' && url.searchParams.get('wall') === '1')
    await page.getByRole('link', { name: 'Leave the wall' }).press('Enter')
    await page.locator('nav[aria-label="Pages"]').waitFor()
    await page.close()
  })

  test('a source that falls silent is named, its region is hatched, calm is not sure; when it speaks all three go', async () => {
    const { ask, open, runUntil } = stage()
    const isRegional = ({ region }: { region: string }): boolean => region !== ''
    const { sources } = await runUntil('a source is silent', (status) => status.sources.silent.some(isRegional))
    const silent = sources.silent.find(isRegional)
    const page = await open('/', { language: 'en' })
    const chip = page.locator('.strip .silent')
    expect(await chip.first().textContent()).toContain('silent since')
    const { tiles } = await ask<Overview>('/overview')
    const province = `${silent?.region.slice(0, 2)}0000`
    expect(tiles.filter(({ sure }) => !sure).map(({ region }) => region)).toContain(province)
    expect(await page.locator('.tile-unsure').count()).toBe(tiles.filter(({ sure }) => !sure).length)
    await page.goto(`${stage().address}/data`)
    await loaded(page)
    await page.locator('main li', { hasText: 'since' }).locator('.hatch-chip').first().waitFor()
    await page.goto(`${stage().address}/`)
    await loaded(page)
    const same = (one: { source: string; region: string }): boolean =>
      one.source === silent?.source && one.region === silent.region
    const after = await runUntil('it speaks again', (status) => !status.sources.silent.some(same))
    await expect.poll(() => chip.count()).toBe(Math.min(2, after.sources.silent.length))
    const unsure = (await ask<Overview>('/overview')).tiles.filter(({ sure }) => !sure).length
    await expect.poll(() => page.locator('.tile-unsure').count()).toBe(unsure)
    await page.close()
  })

  test('a day without anything new is not called calm where a source was silent', async () => {
    const { ask, open } = stage()
    const days = (await ask<Sources>('/sources')).ticks
    const overviews = await Promise.all(days.map((day) => ask<Overview>(`/overview?asOf=${day}`)))
    const quiet = overviews.filter(
      ({ rows, tick }) => !rows.some((row) => row.tick === tick && (row.risen || row.levelBefore === 'calm')),
    )
    const [unsure, sure] = [
      quiet.find(({ sources }) => sources.silent.length > 0),
      quiet.find(({ sources }) => sources.silent.length === 0),
    ]
    for (const [of, says] of [
      [unsure, 'is silent'],
      [sure, 'sources were heard'],
    ] as const) {
      const page = await open(`/?asOf=${of?.tick}`, { language: 'en' })
      expect(await page.locator('.empty').first().textContent()).toContain(says)
      await page.close()
    }
  })

  test('a fold that stands still is told, with its age, and calm is withdrawn; when it goes on that is gone', async () => {
    const { demo, open, setClock, stop } = stage()
    const page = await open('/', { language: 'en' })
    expect(await page.locator('.strip-bad').count()).toBe(0)
    await setClock({ paused: false, daysPerSecond: 1 })
    await page.reload() // the page knows that the clock is not stopped
    await loaded(page)
    demo.kill('SIGSTOP')
    try {
      await page.locator('.strip-bad').waitFor()
      const first = await textOf(page, '.strip-state')
      expect(first).toContain('has not moved')
      expect(await page.locator('.tile-calm').count()).toBe(0)
      await expect.poll(() => textOf(page, '.strip-state')).not.toBe(first)
    } finally {
      demo.kill('SIGCONT')
      await stop()
    }
    await page.locator('.strip-bad').waitFor({ state: 'detached' })
    await page.close()
  })

  test('a server that is killed: the page keeps its data, says how old they are, and goes on without loss when it is there again', async () => {
    const { open, ask, runUntil } = stage()
    const page = await open('/warnings?sort=tick', { language: 'en' })
    const before = await idsIn(page)
    const child = pagesProcess(stage())?.pid
    if (child === undefined) throw new Error('there is no process of the pages')
    process.kill(child, 'SIGSTOP')
    try {
      await page.locator('.strip-bad').waitFor()
      await expect.poll(() => textOf(page, '.strip-state')).toContain('No contact with the server')
      expect(await page.locator('main.stale').count()).toBe(1)
      expect(await idsIn(page)).toEqual(before)
    } finally {
      process.kill(child, 'SIGKILL') // whatever was found, the tests behind this one have a server
    }
    await until('another process of the pages', async () => {
      const now = pagesProcess(stage())?.pid
      return now === undefined || now === child ? undefined : now
    })
    await page.locator('.strip-bad').waitFor({ state: 'detached' })
    const from = await ask<Status>('/status')
    await runUntil('a warning more', ({ tick }) => (tick.closed ?? '') > (from.tick.closed ?? ''))
    const { rows } = await ask<{ rows: { id: string }[] }>('/warnings?sort=tick&limit=50')
    await expect.poll(() => idsIn(page)).toEqual(rows.map(({ id }) => id))
    await page.close()
  })
}
