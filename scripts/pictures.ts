/**
 * `npm run pictures`: starts the demo, waits until it has something to show, and takes the pictures of README and docs/ in Debian's chromium.
 * The market is made up from a fixed seed, and the days are stopped before a picture is taken, so they show the same again.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, chromium } from 'playwright-core'
import { z } from 'zod'

const root = path.resolve(import.meta.dirname, '..')
const folder = path.join(root, 'docs', 'pictures')
const ports = ['--http', '127.0.0.1:19564', '--pages', '127.0.0.1:19580']
const address = 'http://127.0.0.1:19580'
const executablePath = '/usr/bin/chromium'
const size = { width: 1_280, height: 800 }
const List = z.object({ rows: z.array(z.object({ id: z.string(), level: z.string() })) })
const Enterprises = z.object({ rows: z.array(z.object({ id: z.string() })) })

const demo = spawn(process.execPath, [path.join(root, 'forewarn.js'), 'demo', '--days', '60', ...ports], {
  stdio: ['ignore', 'ignore', 'pipe'],
})
try {
  await said(/History: day 16 of 16/)
  const warning = await reddest()
  await asks('/demo/clock', { paused: true, daysPerSecond: 1 })
  const { rows } = Enterprises.parse(await asks(`/warnings/${encodeURIComponent(warning)}/enterprises`))
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  mkdirSync(folder, { recursive: true })
  try {
    for (const language of ['en', 'zh']) {
      await picture(browser, '/', `today-${language}`, language)
      await picture(browser, `/warnings/${encodeURIComponent(warning)}`, `warning-${language}`, language)
      await picture(browser, '/spread', `spread-${language}`, language)
      await picture(browser, `/enterprises/${encodeURIComponent(rows[0].id)}`, `enterprise-${language}`, language)
    }
  } finally {
    await browser.close()
  }
} finally {
  demo.kill('SIGTERM')
  await once(demo, 'close')
}

async function said(pattern: RegExp): Promise<void> {
  for await (const line of createInterface({ input: demo.stderr })) if (pattern.test(line)) return
  throw new Error(`the demo ended without saying ${pattern}`)
}

/** The id of the first red warning; waits for it. */
async function reddest(): Promise<string> {
  for (;;) {
    const { rows } = List.parse(await asks('/warnings?level=red&limit=1'))
    if (rows.length > 0) return rows[0].id
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function asks(url: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${address}/api/v1${url}`, {
    ...(body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  if (!answer.ok) throw new Error(`${url} is answered ${answer.status}`)
  return answer.json()
}

async function picture(browser: Browser, page: string, name: string, language: string): Promise<void> {
  const context = await browser.newContext({ viewport: size, locale: language === 'zh' ? 'zh-CN' : 'en-GB' })
  await context.addInitScript(() => localStorage.setItem('forewarn.tour', 'seen')) // it would lie over what is to be seen
  const tab = await context.newPage()
  await tab.goto(`${address}${page}?lang=${language}`)
  await tab.waitForLoadState('load')
  await tab.locator('main h1, main h2').first().waitFor()
  await tab.waitForTimeout(1_500) // charts are drawn after their script has come
  await tab.screenshot({ path: path.join(folder, `${name}.png`) })
  await context.close()
}
