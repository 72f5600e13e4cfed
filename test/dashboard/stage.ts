/** One demo and one browser for all tests of pages: the real program, and Debian's Chromium over playwright-core. */
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { ensurePages } from '../../scripts/ensurePages.ts'
import type { DemoClock, Status, WarningList } from '../../src/serve/contracts.ts'
import { pathOf } from '../deploy/programs.ts'
import { Forewarn } from '../e2e/forewarn.ts'
import { freePorts } from '../kafka/ports.ts'
import { until, waitMsMax } from '../support/patience.ts'

export type Look = { language?: 'zh' | 'en'; theme?: 'light' | 'dark'; width?: number }
export type Stage = {
  address: string
  demo: Forewarn
  browser: Browser
  /** A page of a reader of its own, who has seen the tour. What goes wrong in it is in `wrong`. */
  open(path: string, look?: Look): Promise<Page>
  ask<T>(route: string): Promise<T>
  setClock(clock: DemoClock): Promise<void>
  /** Stops the days, and waits until the one under way is folded and read. */
  stop(): Promise<void>
  /** Lets days pass until the status is as wanted, and stops there. */
  runUntil(what: string, isSo: (status: Status) => boolean): Promise<Status>
  /** Errors in consoles, breaches of the policy, and requests to anywhere else. */
  wrong: string[]
  end(): Promise<void>
}

const fast = { paused: false, daysPerSecond: 8 }
const stopped = { paused: true, daysPerSecond: 8 }
const heights = 900

export async function setStage(): Promise<Stage> {
  await ensurePages()
  const [machine, people] = await freePorts(2)
  const address = `http://127.0.0.1:${people}`
  const flags = ['--days', '60', '--enterprises', '3000', '--speed', '8', '--language', 'en']
  const demo = new Forewarn(['demo', ...flags, '--http', `127.0.0.1:${machine}`, '--pages', `127.0.0.1:${people}`], {
    guarded: true,
  })
  const browser = await chromium.launch({ executablePath: pathOf('chromium') ?? '', args: ['--no-sandbox'] })
  await until('the pages are served', async () => ((await fetch(`${address}/livez`)).ok ? true : undefined))
  const contexts: BrowserContext[] = []
  const wrong: string[] = []
  const ask = async <T>(route: string): Promise<T> => {
    const answer = await fetch(`${address}/api/v1${route}`)
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const setClock = async (clock: DemoClock): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    await fetch(`${address}/api/v1/demo/clock`, { method: 'POST', headers, body: JSON.stringify(clock) })
  }
  const stop = async (): Promise<void> => {
    await setClock(stopped)
    await settled(ask)
  }
  return {
    ...{ address, demo, browser, ask, setClock, stop, wrong },
    open: async (path, { language = 'zh', theme = 'light', width = 1_280 } = {}) => {
      const context = await browser.newContext({
        ...{ viewport: { width, height: heights }, colorScheme: theme },
        locale: language === 'zh' ? 'zh-CN' : 'en-GB',
        timezoneId: 'America/New_York', // times are the bureau's, wherever the reader is
      })
      contexts.push(context)
      context.setDefaultTimeout(waitMsMax)
      await context.addInitScript(() => localStorage.setItem('forewarn.tour', 'seen'))
      const page = await context.newPage()
      page.on('pageerror', (error) => void wrong.push(`${path}: ${error.message}`))
      page.on('console', (said) => {
        if (said.type() === 'error' && !said.text().includes('Failed to load resource'))
          wrong.push(`${path}: ${said.text()}`)
      })
      page.on('request', (request) => {
        if (!request.url().startsWith(address) && !request.url().startsWith('data:')) wrong.push(request.url())
      })
      await page.goto(`${address}${path}`)
      await loaded(page)
      return page
    },
    runUntil: async (what, isSo) => {
      await setClock(fast)
      const found = await until(what, async () => {
        const status = await ask<Status>('/status').catch(() => undefined)
        return status !== undefined && isSo(status) ? status : undefined
      })
      await stop()
      return found
    },
    end: async () => {
      for (const context of contexts) await context.close()
      await browser.close()
      demo.kill('SIGCONT')
      demo.kill('SIGTERM')
      await demo.ended
    },
  }
}

/**
 * Until the days stand still: what was under way when the clock was stopped is folded and read. The demo writes a day as a whole, so the
 * day is over where its mark is; that it stays so says that no other was begun before the clock was heard.
 */
async function settled(ask: Stage['ask']): Promise<void> {
  let before = ''
  await until('the days stand still', async () => {
    const { through, position, import: written } = await ask<Status>('/status')
    const now = `${through} ${position}`
    const isStill = now === before && through === written.through
    before = now
    await sleep(400)
    return isStill ? true : undefined
  })
}

/** What is shown is there: no outline of what is to come. */
export async function loaded(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor()
  await page.waitForFunction(() => document.querySelector('.skeleton') === null)
}

/** A place in the pages is gone to as by a link, without a reload. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    const link = document.createElement('a')
    link.href = to
    document.querySelector('main')?.append(link)
    link.click()
    link.remove()
  }, path)
  await loaded(page)
}

export const allWarnings = ({ ask }: Pick<Stage, 'ask'>): Promise<WarningList> => ask('/warnings?limit=200')

/** The process of the pages, a child of the demo, and the folder of the log that it reads. */
export function pagesProcess({ demo }: Pick<Stage, 'demo'>): { pid: number; log: string } | undefined {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  for (const row of rows) {
    const [, pid, parent, log] = /^\s*(\d+)\s+(\d+)\s.* serve .*--log embedded:(\S+)/.exec(row) ?? []
    if (Number(parent) === demo.pid) return { pid: Number(pid), log }
  }
  return undefined
}
