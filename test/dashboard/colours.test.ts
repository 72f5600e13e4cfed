/** The ladder is told apart by whoever sees colours otherwise, on paper too, and what is written on it can be read. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const css = readFileSync(path.resolve(import.meta.dirname, '../../src/dashboard/look/base.css'), 'utf8')
const marks = readFileSync(path.resolve(import.meta.dirname, '../../src/dashboard/parts/mark.tsx'), 'utf8')
const levels = ['calm', 'blue', 'yellow', 'orange', 'red'] as const
type Rgb = readonly [number, number, number]
type Matrix = readonly [Rgb, Rgb, Rgb]

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
const sights: Readonly<Record<string, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}
/** Naive web colours have .117. */
const distanceMin = 0.17

function tokens(theme: 'light' | 'dark'): Map<string, Rgb> {
  const [light = '', dark = ''] = css.split(':root[data-theme="dark"]')
  const block = (theme === 'light' ? light : dark).split('}')[0] ?? ''
  return new Map(
    [...block.matchAll(/--([\w-]+): #([0-9a-f]{6})/g)].map(([, name = '', hex = '']) => [name, linear(hex)]),
  )
}

const linear = (hex: string): Rgb => [channel(hex, 0), channel(hex, 2), channel(hex, 4)]

function channel(hex: string, at: number): number {
  const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

const seen = (matrix: Matrix, colour: Rgb): Rgb => {
  const row = ([r, g, b]: Rgb): number => Math.min(1, Math.max(0, r * colour[0] + g * colour[1] + b * colour[2]))
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])]
}

/** Ottosson 2020. */
function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

function contrast(a: Rgb, b: Rgb): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

function colourOf(theme: 'light' | 'dark', name: string): Rgb {
  const found = tokens(theme).get(name)
  if (found === undefined) throw new Error(`${theme} has no --${name}`)
  return found
}

test.each((['light', 'dark'] as const).flatMap((theme) => Object.keys(sights).map((sight) => ({ theme, sight }))))(
  '$theme, $sight: any two levels are apart',
  ({ theme, sight }) => {
    const matrix = sights[sight]
    if (matrix === undefined) throw new Error(sight)
    const colours = levels.map((level) => oklab(seen(matrix, colourOf(theme, level))))
    const least = Math.min(...colours.flatMap((one, at) => colours.slice(at + 1).map((other) => distance(one, other))))
    expect(least).toBeGreaterThanOrEqual(distanceMin)
  },
)

test.each(['light', 'dark'] as const)('%s: what is written can be read', (theme) => {
  for (const level of ['blue', 'yellow', 'orange', 'red'])
    expect(contrast(colourOf(theme, `on-${level}`), colourOf(theme, level)), level).toBeGreaterThanOrEqual(4.5)
  for (const ink of ['ink', 'ink-2', 'ink-3'])
    for (const ground of ['paper', 'sheet', 'wash'])
      expect(contrast(colourOf(theme, ink), colourOf(theme, ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
})

test('without any colour each level has its own shape', () => {
  const shapes = [...marks.matchAll(/^ {2}(\w+): '(M[^']+)'/gm)].map(([, name, shape]) => ({ name, shape }))
  expect(shapes.map(({ name }) => name).sort()).toEqual([...levels, 'unsure'].sort())
  expect(new Set(shapes.map(({ shape }) => shape)).size).toBe(shapes.length)
})
