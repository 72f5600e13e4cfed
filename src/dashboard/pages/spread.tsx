/** Where does it spread: regions by industries at the end of a tick, one level down where a region or an industry is chosen. */
import { useSignal } from '@preact/signals'
import type { CellGrid, Series, WarningList, WarningRow } from '../../serve/contracts.ts'
import { api, asOf, at, isWall, query, view } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { Chart } from '../chart/chart.tsx'
import { nameOf, parentOf, placeOf, say, tickName } from '../language.ts'
import { status } from '../live/stream.ts'
import { me } from '../me.ts'
import { warned } from '../parts/mark.tsx'
import { Line } from '../parts/rows.tsx'
import { Section } from '../parts/section.tsx'
import { Empty, Shown, Skeleton } from '../parts/states.tsx'
import { TileLegend } from '../parts/tiles.tsx'
import { stepped } from '../parts/when.tsx'
import { Contradictions } from '../spread/contradictions.tsx'
import { Grid } from '../spread/grid.tsx'
import { gridOf } from '../spread/select.ts'
import { Slider } from '../spread/slider.tsx'

const warningsShown = '12'
/** Cells may be compared with those of so many ticks before. */
const changes = [0, 7, 28] as const

export function Spread() {
  const region = query.value.get('region') ?? ''
  const industry = query.value.get('industry') ?? ''
  const tick = asOf.value ?? status.value?.tick.closed ?? undefined
  const back = useSignal<(typeof changes)[number]>(0)
  const isDeep = region !== '' || industry !== ''
  const grid = isDeep ? 'all' : 'province-section'
  const url = (label: string | undefined): string | undefined =>
    label === undefined ? undefined : `/api/v1/ticks/${label}/cells?grid=${grid}`
  const cells = useAnswer<CellGrid>(url(tick))
  const before =
    tick === undefined || back.value === 0 ? undefined : stepped(tick, status.value?.tick.unit ?? 'day', -back.value)
  const cellsBefore = useAnswer<CellGrid>(url(before))
  const shown = cells.data === undefined ? undefined : gridOf(cells.data, { region, industry })
  return (
    <>
      <header class="page-head">
        <h1>{say('page.spread')}</h1>
        <Crumbs region={region} industry={industry} />
        <Slider />
      </header>
      <Section
        title={tick === undefined ? say('spread.cells') : say('spread.at', { tick: tickName(tick) })}
        beside={
          <fieldset class="switch">
            <legend>{say('spread.against')}</legend>
            {changes.map((n) => (
              <button
                type="button"
                key={n}
                aria-pressed={back.value === n}
                onClick={() => {
                  back.value = n
                }}
              >
                {n === 0 ? say('spread.expected') : say('spread.before', { n })}
              </button>
            ))}
          </fieldset>
        }
      >
        <Shown of={cells} rows={16}>
          {() =>
            shown === undefined ? (
              <Skeleton rows={16} />
            ) : (
              <Grid
                of={shown}
                before={
                  back.value === 0 || cellsBefore.data === undefined
                    ? undefined
                    : gridOf(cellsBefore.data, { region, industry })
                }
                unsure={cells.data?.unsure ?? []}
              />
            )
          }
        </Shown>
        {tick === undefined && <Empty>{say('quiet.noTick')}</Empty>}
        <TileLegend />
      </Section>
      {isDeep && <Place region={region} industry={industry} />}
      <Clusters region={region} industry={industry} />
      {!isWall.value && me.value?.can.enterprises === true && <Contradictions region={region} industry={industry} />}
    </>
  )
}

/** The way from the whole down to what is shown. */
function Crumbs({ region, industry }: { region: string; industry: string }) {
  const path = (kind: 'regions' | 'industries', code: string): string[] =>
    code === '' ? [''] : [...path(kind, parentOf(kind, code)), code]
  const way = (kind: 'regions' | 'industries', key: 'region' | 'industry', code: string) => (
    <ol>
      {path(kind, code).map((one) => (
        <li key={one}>
          <a href={view({ [key]: one })} aria-current={one === code ? 'true' : undefined}>
            {nameOf(kind, one) || say('spread.whole')}
          </a>
        </li>
      ))}
    </ol>
  )
  return (
    <nav class="crumbs" aria-label={say('spread.crumbs')}>
      {way('regions', 'region', region)}
      {way('industries', 'industry', industry)}
    </nav>
  )
}

/** The chosen place by itself: its warnings, and its counts over time. */
function Place({ region, industry }: { region: string; industry: string }) {
  const list = useAnswer<WarningList>(
    api('/warnings', { region, industry, limit: warningsShown, level: 'blue,yellow,orange,red' }),
    ['warning', 'tick'],
  )
  const axis = region === '' ? 'industry' : industry === '' ? 'region' : 'cell'
  const series = useAnswer<Series>(api(`/cells/${axis}/${region || '-'}/${industry || '-'}/series`), ['tick'])
  const title = placeOf({ region, industry })
  return (
    <div class="columns even">
      <Section title={say('spread.series', { place: title })}>
        <Shown of={series} rows={10}>
          {(data) => <Chart of={data} title={title} />}
        </Shown>
      </Section>
      <Section
        title={say('spread.warnings')}
        beside={<a href={at('/warnings', { region, industry })}>{say('today.all', { n: list.data?.total ?? 0 })}</a>}
      >
        <Shown of={list}>
          {({ rows }) => <Lines rows={rows} empty={say('spread.noWarning')} look="lines narrow" />}
        </Shown>
      </Section>
    </div>
  )
}

/** Places that rise together, though none need show it by itself. */
function Clusters({ region, industry }: { region: string; industry: string }) {
  const level = warned.join()
  const question = { statistic: 'cluster', level, region, industry, limit: warningsShown }
  const list = useAnswer<WarningList>(api('/warnings', question), ['tick', 'warning'])
  return (
    <Section title={say('spread.clusters')}>
      <Shown of={list} rows={2}>
        {({ rows }) => <Lines rows={rows} empty={say('spread.noClusters')} look="lines" />}
      </Shown>
    </Section>
  )
}

function Lines({ rows, empty, look }: { rows: readonly WarningRow[]; empty: string; look: string }) {
  if (rows.length === 0) return <Empty>{empty}</Empty>
  return (
    <ol class={look}>
      {rows.map((row) => (
        <li key={row.id}>
          <Line row={row} since={null} />
        </li>
      ))}
    </ol>
  )
}
