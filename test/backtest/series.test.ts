/** Files of count series: what is refused, by row and column; what has one documented meaning; and that no figure is ever no number. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest/backtest.ts'
import { detectorNames, valuesOf } from '../../src/backtest/detectors.ts'
import { backtestHtml } from '../../src/backtest/page.ts'
import type { Panel } from '../../src/backtest/panel.ts'
import { panelOf } from '../../src/backtest/seriesFile.ts'
import { ForewarnError } from '../../src/errors.ts'
import type { Line } from '../../src/ingest/lines.ts'

const linesOf = (text: string): Line[] =>
  text.split('\n').map((line, at) => ({ number: at + 1, bytes: Buffer.from(line) }))
const read = (text: string, missing: 'unknown' | 'zero' = 'unknown'): Panel => panelOf(linesOf(text), { missing })
const dateOf = (day: number): string => new Date(Date.UTC(2025, 0, 6 + day)).toISOString().slice(0, 10)

/** One cell, a count a day. */
const days = (counts: readonly number[], cell = 'a'): string[] =>
  counts.map((count, day) => `${dateOf(day)},${cell},${count}`)
const header = 'date,cell,count'
const flat = Array.from({ length: 30 }, (_, day) => 3 + (day % 3))

describe('a series file is refused by row and column', () => {
  it.each([
    ['a missing column', 'date,cell\n2025-01-06,a', 'FW_SERIES_INVALID', 'Row 1, column count'],
    ['a column twice', 'date,cell,count,Count\n2025-01-06,a,1,1', 'FW_SERIES_INVALID', 'Row 1, column count'],
    ['an empty file', '', 'FW_SERIES_INVALID', 'Row 1, column date'],
    ['no rows', header, 'FW_SERIES_SHORT', '0 ticks'],
    ['ten rows', [header, ...days(flat.slice(0, 10))].join('\n'), 'FW_SERIES_SHORT', '10 ticks'],
    [
      'a repeated date',
      [header, ...days(flat), `${dateOf(4)},a,1`].join('\n'),
      'FW_SERIES_INVALID',
      'Row 32, column date',
    ],
    ['a negative count', `${header}\n2025-01-06,a,-1`, 'FW_SERIES_INVALID', 'Row 2, column count'],
    ['a fraction', `${header}\n2025-01-06,a,1.5`, 'FW_SERIES_INVALID', 'Row 2, column count'],
    ['a count above 1e9', `${header}\n2025-01-06,a,1000000001`, 'FW_SERIES_INVALID', 'Row 2, column count'],
    ['a count that is no number', `${header}\n2025-01-06,a,many`, 'FW_SERIES_INVALID', 'Row 2, column count'],
    ['an empty count', `${header}\n2025-01-06,a,`, 'FW_SERIES_INVALID', 'Row 2, column count'],
    ['an empty cell', `${header}\n2025-01-06,,1`, 'FW_SERIES_INVALID', 'Row 2, column cell'],
    ['a day that is none', `${header}\n2025-02-30,a,1`, 'FW_SERIES_INVALID', 'Row 2, column date'],
    ['an exposure of 0', 'date,cell,count,exposure\n2025-01-06,a,1,0', 'FW_SERIES_INVALID', 'Row 2, column exposure'],
    [
      'a flag that is none',
      'date,cell,count,outbreak\n2025-01-06,a,1,2',
      'FW_SERIES_INVALID',
      'Row 2, column outbreak',
    ],
    [
      'two regions',
      'date,cell,count,region\n2025-01-06,a,1,x\n2025-02-06,a,1,y',
      'FW_SERIES_INVALID',
      'Row 3, column region',
    ],
    ['a quote in the wrong place', `${header}\n2025-01-06,a"b,1`, 'FW_SERIES_INVALID', 'Row 2, column date'],
  ])('%s', (_what, text, code, says) => {
    const refused = (): Panel => read(text)
    expect(refused).toThrow(ForewarnError)
    expect(refused).toThrow(expect.objectContaining({ code, message: expect.stringContaining(says) }))
  })
})

describe('a series file is read', () => {
  it('whatever the order of its rows', () => {
    const rows = [...days(flat, 'a'), ...days(flat, 'b')]
    const sorted = read([header, ...rows].join('\n'))
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        const { cells, ticks } = read([header, ...shuffled].join('\n'))
        expect(ticks).toBe(sorted.ticks)
        for (const cell of cells) expect(cell).toEqual(sorted.cells.find(({ name }) => name === cell.name))
      }),
      { numRuns: 10 },
    )
  })

  it('with gaps as unknown, or as 0 where that is said; a cell begins with its first row and ends with its last', () => {
    const rows = days(flat, 'a').filter((_, day) => day !== 7)
    const other = days(flat.slice(0, 9), 'b').slice(3)
    const text = [header, ...rows, ...other].join('\n')
    const [unknown, zero] = [read(text), read(text, 'zero')]
    expect([unknown.cells[0].known[7], zero.cells[0].known[7], zero.cells[0].counts[7]]).toEqual([0, 1, 0])
    for (const { cells } of [unknown, zero])
      expect([2, 3, 8, 9].map((day) => cells[1].known[day])).toEqual([0, 1, 1, 0])
  })

  it('by hours, days and weeks, as its dates say', () => {
    const weekly = flat.map((count, week) => `${dateOf(7 * week)},a,${count}`)
    expect(read([header, ...weekly].join('\n')).calendar.unit).toBe('week')
    expect(read([header, ...days(flat)].join('\n')).calendar.unit).toBe('day')
    const hourly = flat.slice(0, 24).map((count, hour) => `2025-01-06T${String(hour).padStart(2, '0')},a,${count}`)
    expect(read([header, ...hourly].join('\n')).calendar.unit).toBe('hour')
  })

  it('with outbreaks as runs of flagged ticks, by kind', () => {
    const flags = ['0', '1', '1', '', 'strike', 'strike', 'fraud', ...Array.from({ length: 20 }, () => 'no')]
    const rows = flags.map((flag, day) => `${dateOf(day)},a,5,${flag}`)
    const { outbreaks } = read([`${header},outbreak`, ...rows].join('\n'))
    expect(outbreaks.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['outbreak', 1, 2],
      ['strike', 4, 5],
      ['fraud', 6, 6],
    ])
  })
})

const counts = fc.array(
  fc.array(fc.option(fc.oneof(fc.nat(3), fc.nat(40), fc.constant(0), fc.constant(1e9)), { freq: 8 }), {
    minLength: 25,
    maxLength: 60,
  }),
  { minLength: 1, maxLength: 4 },
)
const options = { detectors: detectorNames, falsePerWeek: [0.1, 1], warmTicks: 14, countMin: 3 }

function panelOfCounts(cells: readonly (readonly (number | null)[])[], step: number): Panel {
  const rows = cells.flatMap((cell, at) =>
    cell.flatMap((count, tick) => {
      const flag = tick % 19 > 16 ? 1 : 0
      return count === null ? [] : [`${dateOf(tick * step)},c${at},${count},${1 + at},${flag}`]
    }),
  )
  // The ends are there whatever is missing between them.
  const ends = [0, 59].map((tick) => `${dateOf(tick * step)},z,1,1,0`)
  return read([`${header},exposure,outbreak`, ...rows, ...ends].join('\n'))
}

describe('whatever is counted', () => {
  it('every figure is a number, and the page has no other', () => {
    fc.assert(
      fc.property(counts, fc.constantFrom(1, 7), (cells, step) => {
        const result = backtest(panelOfCounts(cells, step), options)
        JSON.stringify(result, (_key, value: unknown) => {
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
          return value
        })
        expect(backtestHtml(result, 'a test')).not.toMatch(/NaN|Infinity|undefined/)
      }),
      { numRuns: 25 },
    )
  })

  it('what comes later changes no value', () => {
    fc.assert(
      fc.property(counts, (some) => {
        const panel = panelOfCounts(some, 1)
        const cut = 35
        const cells = panel.cells.map((cell) => ({
          ...cell,
          counts: cell.counts.slice(0, cut),
          known: cell.known.slice(0, cut),
        }))
        for (const name of detectorNames) {
          const whole = valuesOf(panel, name, options).filter(({ tick }) => tick < cut)
          expect(valuesOf({ ...panel, ticks: cut, cells }, name, options)).toEqual(whole)
        }
      }),
      { numRuns: 10 },
    )
  })

  it('nothing counted calls for nothing, and is said', () => {
    const result = backtest(read([header, ...days(flat.map(() => 0))].join('\n')), options)
    expect(result.notes).toContain('Nothing was counted: nothing can be judged.')
    for (const { detectors } of result.at) for (const { episodes } of detectors) expect(episodes).toBe(0)
  })
})
