/** The first view in Debian's chromium with an empty cache: when it can be read, and what had to be sent for it. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { pagesFolder } from '../../src/cli/run/pagesFolder.ts'
import { KiB } from '../../src/limits.ts'

const views = 5
const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser']

/** Medians. `firstViewMs`: until the page marks its first view; `jsGzipKb`: all scripts that are loaded for it. */
export type FirstView = { firstViewMs: number; lcpMs: number; transferKb: number; jsGzipKb: number }

type One = { firstViewMs: number; lcpMs: number; bytes: number; scripts: string[] }

export async function firstView(address: string): Promise<FirstView> {
  const browser = await chromium.launch({ executablePath: installed(), args: ['--no-sandbox'] })
  try {
    const seen: One[] = []
    for (let view = 0; view < views; view++) seen.push(await viewed(browser, `${address}/`))
    const median = (of: (one: One) => number): number => seen.map(of).sort((a, b) => a - b)[Math.floor(views / 2)]
    return {
      firstViewMs: median(({ firstViewMs }) => firstViewMs),
      lcpMs: median(({ lcpMs }) => lcpMs),
      transferKb: median(({ bytes }) => bytes) / KiB,
      jsGzipKb: median(({ scripts }) => scripts.reduce((sum, name) => sum + gzipBytes(name), 0)) / KiB,
    }
  } finally {
    await browser.close()
  }
}

/** The browser. @throws Error when there is none. */
export function installed(): string {
  const found = programs.find((program) => readdirSync(path.dirname(program)).includes(path.basename(program)))
  if (found === undefined) throw new Error(`there is no ${programs.join(' and no ')}: apt-get install chromium`)
  return found
}

/** Runs in the page, whose types are not ours. */
const inPage = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    resolve({
      firstViewMs: performance.getEntriesByName('first-view')[0].startTime,
      lcpMs: list.getEntries().at(-1).startTime,
      scripts: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((name) => name.endsWith('.js')),
    })
  }).observe({ type: 'largest-contentful-paint', buffered: true })
})`

async function viewed(browser: Awaited<ReturnType<typeof chromium.launch>>, url: string): Promise<One> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.goto(url)
  await page.waitForFunction(() => performance.getEntriesByName('first-view').length > 0)
  await page.waitForTimeout(500) // what comes after it, and the largest paint
  const found = await page.evaluate<Omit<One, 'bytes'>>(inPage)
  await context.close()
  return { ...found, bytes }
}

const gzipBytes = (name: string): number => gzipSync(readFileSync(path.join(pagesFolder(), name))).length
