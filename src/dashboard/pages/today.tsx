/** Today: what is new or risen, where it is, and what has been so for longer. */
import { useEffect } from 'preact/hooks'
import type { Overview, WarningRow } from '../../serve/contracts.ts'
import { api, asOf, at } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { nameOf, number, say, tickName, unitName, words } from '../language.ts'
import { status } from '../live/stream.ts'
import { mayBeCalm } from '../live/trust.ts'
import { type Bar, Bars } from '../parts/bars.tsx'
import { Days } from '../parts/days.tsx'
import { ladder, Mark, warned } from '../parts/mark.tsx'
import { useStill } from '../parts/newcomers.ts'
import { families, Line } from '../parts/rows.tsx'
import { Section } from '../parts/section.tsx'
import { Empty, Failed, Skeleton } from '../parts/states.tsx'
import { sourceIn } from '../parts/strip.tsx'
import { TileLegend, Tiles } from '../parts/tiles.tsx'

/** So many industries are shown beside the list. */
const industriesMax = 10

export function Today() {
  const overview = useAnswer<Overview>(api('/overview'), ['tick', 'warning', 'source'])
  const { data, problem } = overview
  const isThere = data !== undefined && words.value !== undefined
  useEffect(() => {
    if (isThere && performance.getEntriesByName('first-view').length === 0) performance.mark('first-view')
  }, [isThere])
  return (
    <div class={problem === undefined ? 'today' : 'today stale'}>
      <Head of={data} />
      <Failed of={overview} />
      {(data !== undefined || problem === undefined) && (
        <div class="columns">
          <Waiting of={data} view={asOf.value ?? 'now'} />
          <div class="aside">
            <Section title={say('today.where')} beside={<a href={at('/spread')}>{say('today.spread')}</a>}>
              {data === undefined ? <Skeleton rows={8} /> : <Tiles tiles={data.tiles} />}
              <TileLegend />
            </Section>
            <Section title={say('today.industries')} beside={<span class="quiet">{say('bars.unit')}</span>}>
              {data === undefined ? <Skeleton rows={industriesMax} /> : <Industries of={data} />}
            </Section>
            <Section title={say('today.days', { n: data?.strip.length ?? 28, unit: unitName() })}>
              {data === undefined ? <Skeleton rows={2} /> : <Days days={data.strip} />}
            </Section>
          </div>
        </div>
      )}
    </div>
  )
}

function Head({ of }: { of: Overview | undefined }) {
  const tick = asOf.value ?? status.value?.tick.open ?? of?.tick
  const moves = of?.moves
  return (
    <header class="page-head">
      <h1>
        {say('page.today')}
        {tick != null && <span class="when-head">{tickName(tick, { weekday: true })}</span>}
      </h1>
      <ul class="counters">
        {warned.map((level) => (
          <li key={level}>
            <a href={at('/warnings', { level })}>
              <Mark level={level} size={14} />
              <b class="figures">{of === undefined ? '–' : number(of.standing[level])}</b>
              <span>{say(`level.${level}`)}</span>
            </a>
          </li>
        ))}
      </ul>
      {moves !== undefined && (
        <p class="moves">
          {say('today.moves', {
            raised: moves.raised,
            risen: moves.risen,
            fallen: moves.fallen,
            cleared: moves.cleared,
          })}
          {of?.sources.uploads.slice(0, 1).map(({ source, region, tick, records, usual }) => (
            <>
              {' · '}
              <a href={at('/data')} class="upload">
                {say('today.upload', {
                  source: sourceIn(source, region),
                  tick: tickName(tick),
                  records,
                  usual: number(usual),
                })}
              </a>
            </>
          ))}
        </p>
      )}
    </header>
  )
}

function Waiting({ of, view }: { of: Overview | undefined; view: string }) {
  const still = useStill(of?.rows, view, asOf.value ?? of?.tick ?? null)
  const { since, now } = still
  const fresh = still.rows.filter((row) => isFresh(row, since))
  const lasting = still.rows.filter((row) => !isFresh(row, since))
  const total = of?.rowsTotal ?? 0
  return (
    <div class="lists" {...still.guard}>
      {still.waiting > 0 && (
        <button type="button" class="waiting" onClick={still.show}>
          {say('today.waiting', { n: still.waiting })} ↑
        </button>
      )}
      <Section
        title={
          <>
            {say('today.fresh')} <span class="count figures">{number(fresh.length)}</span>
          </>
        }
      >
        {of === undefined ? <Skeleton /> : <List rows={fresh} now={now} since={since} empty={<Quiet of={of} />} />}
      </Section>
      <Section
        title={
          <>
            {say('today.lasting')} <span class="count figures">{number(Math.max(0, total - fresh.length))}</span>
          </>
        }
        beside={total > 0 && <a href={at('/warnings')}>{say('today.all', { n: total })}</a>}
      >
        {of === undefined ? (
          <Skeleton />
        ) : (
          <List rows={lasting} now={now} since={since} empty={<Empty>{say('today.noLasting')}</Empty>} />
        )}
      </Section>
    </div>
  )
}

const isFresh = (row: WarningRow, since: string | null): boolean =>
  since !== null && row.tick >= since && (row.risen || row.levelBefore === 'calm')

type ListProps = {
  rows: readonly WarningRow[]
  now: (row: WarningRow) => WarningRow
  since: string | null
  empty: preact.ComponentChildren
}

function List({ rows, now, since, empty }: ListProps) {
  if (rows.length === 0) return <>{empty}</>
  return (
    <ol class="lines">
      {families(rows).map(({ head, below }) => (
        <li key={head.id}>
          <Line row={now(head)} since={since} />
          {below.length > 0 && (
            <details>
              <summary>{say('today.below', { n: below.length })}</summary>
              {below.map((row) => (
                <Line key={row.id} row={now(row)} since={since} />
              ))}
            </details>
          )}
        </li>
      ))}
    </ol>
  )
}

/** Why there is nothing, and whether that means that all is calm. */
function Quiet({ of }: { of: Overview }) {
  const { usual, silent } = of.sources
  if (of.tick === null) return <Empty>{say('quiet.noTick')}</Empty>
  if (!mayBeCalm.value) return <Empty>{say('quiet.doubt')}</Empty>
  if (silent.length === 0) return <Empty>{say('quiet.sure', { usual })}</Empty>
  const names = silent.slice(0, 3).map(({ source, region }) => sourceIn(source, region))
  return <Empty>{say('quiet.silent', { usual, n: silent.length, names: names.join(say('list.comma')) })}</Empty>
}

/** Outermost industries of the whole country: highest level first, then by how far they are above what is expected. */
function Industries({ of }: { of: Overview }) {
  const { matrix } = of
  const bars = matrix.industries.flatMap((industry, column): (Bar & { weight: number })[] => {
    if (industry === '' || matrix.levels.length === 0) return []
    const level = ladder[matrix.levels[column] ?? 0] ?? 'calm'
    const [observed, expected] = [matrix.observed[column] ?? 0, matrix.expected[column] ?? null]
    const weight =
      (matrix.levels[column] ?? 0) * 1_000 + (expected === null || expected === 0 ? 0 : observed / expected)
    const name = <a href={at('/spread', { industry })}>{nameOf('industries', industry)}</a>
    return [{ key: industry, level, name, observed, expected, weight }]
  })
  const shown = bars.sort((a, b) => b.weight - a.weight).slice(0, industriesMax)
  return <Bars bars={shown} caption={say('today.industries')} />
}
