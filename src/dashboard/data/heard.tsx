/** Sources by ticks: how many records against what is usual, and where one is silent. */
import type { Sources } from '../../serve/contracts.ts'
import { ago, nameOf, number, say, tickName } from '../language.ts'
import { status } from '../live/stream.ts'
import { Scroll } from '../parts/scroll.tsx'

type Row = Sources['rows'][number]
type Props = { of: Sources; open?: string | undefined; onOpen?: (source: string) => void; byRegion?: boolean }

export function HeardGrid({ of: { ticks, rows }, open, onOpen, byRegion = false }: Props) {
  const shown = byRegion ? rows : rows.filter(({ region }) => region === '')
  return (
    <Scroll label={say('data.heard')}>
      <table class="heard">
        <caption class="hidden">{say('data.heard')}</caption>
        <thead>
          <tr>
            <th scope="col">{say(byRegion ? 'makeup.region' : 'makeup.source')}</th>
            {ticks.map((tick, place) => (
              <th scope="col" key={tick}>
                <span class={place % 7 === (ticks.length - 1) % 7 ? '' : 'hidden'}>{tickName(tick)}</span>
              </th>
            ))}
            <th scope="col" class="end">
              {say('data.last')}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={`${row.source}|${row.region}`}>
              <th scope="row">
                {onOpen === undefined ? (
                  nameOf('regions', row.region)
                ) : (
                  <button
                    type="button"
                    class="bare"
                    aria-expanded={open === row.source}
                    onClick={() => onOpen(row.source)}
                  >
                    {open === row.source ? '▾' : '▸'} {nameOf('sources', row.source)}
                  </button>
                )}
              </th>
              {row.records.map((records, place) => (
                <Cell key={ticks[place]} row={row} place={place} records={records} tick={ticks[place] ?? ''} />
              ))}
              <td class="end figures quiet">{lastHeard(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Cell({ row, place, records, tick }: { row: Row; place: number; records: number; tick: string }) {
  const usual = row.usual[place] ?? null
  const isSilent = row.silent[place] === true
  const title = [
    tickName(tick),
    say('data.records', { n: records, usual: usual === null ? '–' : number(usual) }),
    ...(isSilent ? [say('data.silent')] : []),
  ].join(' · ')
  return (
    <td class={isSilent ? 'heat hatch' : `heat heat-${heatOf(records, usual)}`} title={title}>
      <span class="hidden">
        {number(records)}
        {isSilent ? ` ${say('data.silent')}` : ''}
      </span>
    </td>
  )
}

/** 0 nothing .. 3 as usual .. 5 twice as much or more. */
function heatOf(records: number, usual: number | null): number {
  if (records === 0) return 0
  if (usual === null || usual === 0) return 3
  const ratio = records / usual
  if (ratio < 0.4) return 1
  if (ratio < 0.75) return 2
  if (ratio < 1.35) return 3
  return ratio < 2 ? 4 : 5
}

/** Against the end of the data: the demo's days are not ours. */
function lastHeard({ lastHeard: at }: Row): string {
  const through = status.value?.through
  if (at === null || through == null) return '–'
  return say('data.ago', { age: ago(Math.max(0, Date.parse(through) - Date.parse(at))) })
}
