/** On paper, without colour: each level is known by its shape. */
import { expect, test } from 'vitest'
import type { Stage } from './stage.ts'

/** Least share of a mark's pixels in which two shapes differ. */
const differMin = 0.05

export function paperTests(stage: () => Stage): void {
  test('printed without colour any two marks are told apart by their outline', async () => {
    const page = await stage().open('/', { language: 'en' })
    await page.emulateMedia({ media: 'print', colorScheme: 'light' })
    const marks = await page.locator('.legend').first().locator('li').all()
    const outlines: { name: string; ink: boolean[] }[] = []
    for (const mark of marks) {
      const png = await mark.locator('svg').screenshot({ scale: 'device' })
      // What is not the ground is ink, whatever its colour.
      const ink = await page.evaluate(async (base64) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
        const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
        const canvas = new OffscreenCanvas(image.width, image.height)
        const context = canvas.getContext('2d')
        if (context === null) throw new Error('there is no canvas')
        context.drawImage(image, 0, 0)
        const { data } = context.getImageData(0, 0, image.width, image.height)
        const light = (at: number): number => (data[4 * at] ?? 0) + (data[4 * at + 1] ?? 0) + (data[4 * at + 2] ?? 0)
        return Array.from({ length: image.width * image.height }, (_, at) => Math.abs(light(at) - light(0)) > 60)
      }, png.toString('base64'))
      outlines.push({ name: (await mark.textContent()) ?? '', ink })
    }
    expect(outlines).toHaveLength(6)
    expect(new Set(outlines.map(({ name }) => name.trim())).size).toBe(6)
    for (const [at, one] of outlines.entries())
      for (const other of outlines.slice(at + 1)) {
        const differing = one.ink.filter((isInk, pixel) => isInk !== other.ink[pixel]).length
        expect(differing / one.ink.length, `${one.name} and ${other.name}`).toBeGreaterThan(differMin)
      }
    await page.close()
  })
}
