/** Regions by industries as a table: arrow keys move, Enter opens. Calm is painted only where it is sure. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { at, go, view } from '../address.ts'
import { nameOf, number, percent, say } from '../language.ts'
import { mayBeCalm } from '../live/trust.ts'
import { ladder, Mark, type Shown as ShownLevel } from '../parts/mark.tsx'
import { Scroll } from '../parts/scroll.tsx'
import type { Cell, Shown } from './select.ts'

type Props = { of: Shown; before: Shown | undefined; unsure: readonly string[] }
type Place = { row: number; column: number }

const moves: Readonly<Record<string, Place>> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
}

export function Grid({ of, before, unsure }: Props) {
  const { regions, industries } = of
  const active = useSignal<Place>({ row: 0, column: 0 })
  const table = useRef<HTMLTableElement>(null)
  const move = (event: KeyboardEvent): void => {
    const by = moves[event.key]
    if (by === undefined) return
    event.preventDefault()
    const row = Math.min(regions.length - 1, Math.max(0, active.value.row + by.row))
    const column = Math.min(industries.length - 1, Math.max(0, active.value.column + by.column))
    active.value = { row, column }
    table.current?.querySelector<HTMLElement>(`[data-cell="${row},${column}"]`)?.focus()
  }
  return (
    <Scroll label={say('spread.cells')}>
      <table class="grid" ref={table} onKeyDown={move}>
        <caption class="hidden">{say('spread.caption')}</caption>
        <thead>
          <tr>
            <td />
            {industries.map((industry) => (
              <th scope="col" key={industry}>
                <a href={view({ industry })} tabIndex={-1} title={nameOf('industries', industry)}>
                  <span>{industry === '' ? say('spread.whole') : nameOf('industries', industry)}</span>
                </a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {regions.map((region, row) => (
            <tr key={region}>
              <th scope="row">
                <a href={view({ region })}>{region === '' ? say('spread.whole') : nameOf('regions', region)}</a>
              </th>
              {industries.map((industry, column) => (
                <CellOf
                  key={industry}
                  place={{ region, industry }}
                  of={of.cell(region, industry)}
                  before={before?.cell(region, industry)}
                  isCompared={before !== undefined}
                  isSure={region === '' ? unsure.length === 0 : !unsure.includes(region)}
                  name={`${row},${column}`}
                  isActive={active.value.row === row && active.value.column === column}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

type CellProps = {
  place: { region: string; industry: string }
  of: Cell | undefined
  before: Cell | undefined
  isCompared: boolean
  isSure: boolean
  name: string
  isActive: boolean
}

function CellOf({ place, of, before, isCompared, isSure, name, isActive }: CellProps) {
  const { region, industry } = place
  if (of === undefined) return <td class="cell none" />
  const level = ladder[of.level] ?? 'calm'
  const shown: ShownLevel = level === 'calm' && !(isSure && mayBeCalm.value) ? 'unsure' : level
  const text = isCompared ? changeOf(of, before) : number(of.observed)
  const title = [
    `${nameOf('regions', region)} · ${nameOf('industries', industry)}: ${say(`level.${shown}`)}`,
    say('tile.figures', { observed: of.observed, expected: of.expected === null ? '–' : number(of.expected) }),
    ...(isCompared ? [say('spread.then', { n: before?.observed ?? '–' })] : []),
  ].join(' · ')
  return (
    <td class={`cell cell-${shown}`}>
      <a
        href={at('/warnings', { region, industry })}
        tabIndex={isActive ? 0 : -1}
        data-cell={name}
        title={title}
        onClick={(event) => {
          if (level !== 'calm' || event.metaKey || event.ctrlKey) return
          event.preventDefault()
          go(view({ region, industry }))
        }}
      >
        <span class="hidden">{title}</span>
        <span aria-hidden="true">
          {level !== 'calm' && <Mark level={level} size={8} />}
          {level === 'calm' && of.observed === 0 && !isCompared ? <span class="nothing">·</span> : text}
        </span>
      </a>
    </td>
  )
}

function changeOf(now: Cell, before: Cell | undefined): string {
  if (before === undefined) return '–'
  if (before.observed === 0) return now.observed === 0 ? '=' : '＋'
  const change = now.observed / before.observed - 1
  return change === 0 ? '=' : `${change > 0 ? '+' : '−'}${percent(Math.abs(change))}`
}
