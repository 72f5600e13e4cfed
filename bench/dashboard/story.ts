/** How soon the demo shows what it promises, on Today in Debian's chromium, with other work on every core: seconds from its start. */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { forewarn } from '../measured.ts'
import { installed } from './firstView.ts'

const ports = { machine: '127.0.0.1:19464', people: '127.0.0.1:19480' }
const burners = 2
const secondsMax = 150
const lookMs = 100

/** What is looked for on Today. */
const parts = {
  firstWarning: 'main .line',
  outbreak: '.line-red[data-id^="count."]',
  silentSource: '.strip .silent',
  batch: '.upload',
  risk: '[data-id^="risk."]',
} as const
type Part = keyof typeof parts

/** Seconds until each; `undefined` for what did not come. `page`: until there is one to look at. */
export type Story = { page: number } & Partial<Record<Part, number>>

export async function storySeconds(): Promise<Story> {
  const burning: ChildProcess[] = Array.from({ length: burners }, () =>
    spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' }),
  )
  const begun = performance.now()
  const demo = forewarn(['demo', '--http', ports.machine, '--pages', ports.people])
  const browser = await chromium.launch({ executablePath: installed(), args: ['--no-sandbox'] })
  const since = (): number => Math.round((performance.now() - begun) / 100) / 10
  try {
    await demo.says(/at http:\/\/127\.0\.0\.1:19480/)
    const page = await browser.newPage({ locale: 'en-GB' })
    await page.goto(`http://${ports.people}/`)
    const found: Story = { page: since() }
    while (Object.keys(found).length <= Object.keys(parts).length && since() < secondsMax) {
      for (const part of await seen(page)) found[part] ??= since()
      await sleep(lookMs)
    }
    return found
  } finally {
    await browser.close()
    demo.stop()
    await demo.ended
    for (const one of burning) one.kill('SIGKILL')
  }
}

async function seen(page: Page): Promise<Part[]> {
  const found: Part[] = []
  for (const part of ['firstWarning', 'outbreak', 'silentSource', 'batch', 'risk'] as const)
    if ((await page.locator(parts[part]).count()) > 0) found.push(part)
  return found
}
