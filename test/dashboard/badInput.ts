/** What is asked wrongly has its answer on the page, and breaks nothing. */
import { request } from 'node:http'
import { expect, test } from 'vitest'
import type { Stage } from './stage.ts'

const longest = 10_000

export function badInputTests(stage: () => Stage): void {
  test.each([
    { path: '/warnings?levle=red', says: 'The question cannot be answered' },
    { path: '/warnings?level=purple', says: 'The question cannot be answered' },
    { path: '/warnings?cursor=bm9uZQ', says: 'This page of the list belongs to another filter' },
    { path: '/?asOf=2019-01-01', says: 'There are no data of that day' },
    { path: '/?asOf=2999-01-01', says: 'There are no data of that day' },
    { path: '/?asOf=%3Cb%3E', says: 'The question cannot be answered' },
    { path: `/warnings/${encodeURIComponent('<img src=x onerror=alert(1)>')}`, says: 'There is no such warning' },
    { path: '/enterprises/none', says: 'Nothing is known of this enterprise' },
    { path: '/spread?region=nowhere', says: 'Spread' },
    { path: '/no/such/page', says: 'There is nothing at this address' },
  ])('$path', async ({ path, says }) => {
    const page = await stage().open(path, { language: 'en' })
    expect(await page.locator('main').textContent()).toContain(says)
    expect(await page.locator('nav[aria-label="Pages"] a').count()).toBe(5)
    expect(await page.locator('main img').count()).toBe(0)
    await page.close()
  })

  test('a search of HTML is text, and one that is too long is cut', async () => {
    const page = await stage().open('/enterprises', { language: 'en' })
    const field = page.getByRole('searchbox')
    await field.fill('<b>x</b>')
    await page.getByText('No enterprise matches “<b>x</b>”.').waitFor()
    await field.fill('x'.repeat(longest))
    expect((await field.inputValue()).length).toBeLessThanOrEqual(200)
    await page.close()
  })

  test('another name of this machine, another site, and a form are refused', async () => {
    const { address } = stage()
    const clock = `${address}/api/v1/demo/clock`
    const headers = { 'content-type': 'application/json' }
    expect(await statusOf(address, { host: 'evil.example' })).toBe(421)
    expect(
      (await fetch(clock, { method: 'POST', headers: { ...headers, origin: 'http://evil.example' }, body: '{}' }))
        .status,
    ).toBe(403)
    expect((await fetch(clock, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' })).status).toBe(
      415,
    )
    const page = await fetch(address, { headers: { accept: 'text/html' } })
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(await page.text()).not.toMatch(/<script(?![^>]*\bsrc=)|\bstyle=/)
  })
}

/** `fetch` sets the host by itself. */
function statusOf(address: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(address, { headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
}
