/** All warnings: any filter, any day, a page at a time. What is filtered lies in the address. */
import type { WarningList, WarningRow } from '../../serve/contracts.ts'
import { api, asOf, at, go, query, view, withQuery } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { nameOf, number, placeOf, say, sentence, tickName } from '../language.ts'
import { status } from '../live/stream.ts'
import { type Choice, ChoiceList } from '../parts/choices.tsx'
import { Level, warned } from '../parts/mark.tsx'
import { useStill } from '../parts/newcomers.ts'
import { Figures, Move, Tags } from '../parts/rows.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { Search } from '../parts/search.tsx'
import { Spark } from '../parts/spark.tsx'
import { Empty, Shown } from '../parts/states.tsx'
import { Views } from '../parts/views.tsx'

const filters = ['level', 'axis', 'statistic', 'region', 'industry', 'from', 'to', 'q', 'explained'] as const
const sorts = ['level', 'tick', 'raised', 'ratio'] as const
const limit = '50'
const ladderDown = [...warned, 'calm'] as const
const axes = ['region', 'industry', 'cell'] as const
const statistics = ['count', 'risk', 'cluster'] as const

/** What the address asks for. A key that there is not is sent too, and refused, so that nothing is shown for a filter that was misspelt. */
const asked = (): Record<string, string> => Object.fromEntries([...query.value].filter(([key]) => key !== 'lang'))

export function Warnings() {
  const question = asked()
  const list = useAnswer<WarningList>(api('/warnings', { limit, ...question }), ['tick', 'warning'])
  const isFiltered = filters.some((key) => key in question)
  return (
    <>
      <header class="page-head">
        <h1>{say('page.warnings')}</h1>
        <Search
          label={say('warnings.search')}
          value={question.q ?? ''}
          onSearch={(q) => go(view({ q, cursor: undefined }), { replace: true })}
        />
        <div class="beside">
          {isFiltered && (
            <a href={at('/warnings')} data-filter>
              {say('warnings.clear')}
            </a>
          )}
          <Exports question={question} />
        </div>
      </header>
      <div class="with-facets">
        <details class="fold" open={matchMedia('(min-width: 861px)').matches}>
          <summary>{say('warnings.filters')}</summary>
          <Views filter={isFiltered ? lasting(question) : undefined} />
          <Facets of={list.data} question={question} />
        </details>
        <Shown of={list} rows={12}>
          {(data) => <List data={data} viewOf={list.of ?? ''} question={question} isFiltered={isFiltered} />}
        </Shown>
      </div>
    </>
  )
}

/** Of no time, and no page of the list. */
const lasting = ({ cursor: _cursor, asOf: _asOf, ...filter }: Record<string, string>): Record<string, string> => filter

/** What is shown as a file: the same filter. */
function Exports({ question: { sort: _sort, cursor: _cursor, ...filter } }: { question: Record<string, string> }) {
  return (
    <span class="exports">
      {(['csv', 'xlsx'] as const).map((format) => (
        <a key={format} href={withQuery(`/api/v1/exports/warnings.${format}`, filter)} download>
          {format.toUpperCase()}
        </a>
      ))}
    </span>
  )
}

type FacetsProps = { of: WarningList | undefined; question: Record<string, string> }

function Facets({ of, question }: FacetsProps) {
  const facets = of?.facets
  const chosen = (key: string): string[] => question[key]?.split(',') ?? []
  const choices = <T extends string>(
    values: readonly T[],
    counts: Record<string, number> | undefined,
    name: (code: T) => string,
  ) => values.map((value): Choice => ({ value, name: name(value), count: counts?.[value] ?? 0 }))
  const byCount = (counts: Record<string, number> | undefined): string[] =>
    Object.entries(counts ?? {})
      .filter(([code]) => code !== '')
      .sort(([, a], [, b]) => b - a)
      .map(([code]) => code)
  const places = { region: question.region, industry: question.industry }
  return (
    <form class="facets" aria-label={say('warnings.filters')} onSubmit={(event) => event.preventDefault()}>
      <ChoiceList
        name="level"
        legend={say('facet.level')}
        chosen={chosen('level')}
        choices={choices(ladderDown, facets?.level, (level) => say(`level.${level}`))}
        mark
      />
      <ChoiceList
        name="axis"
        legend={say('facet.axis')}
        chosen={chosen('axis')}
        choices={choices(axes, facets?.axis, (axis) => say(`axis.${axis}`))}
      />
      <ChoiceList
        name="statistic"
        legend={say('facet.statistic')}
        chosen={chosen('statistic')}
        choices={choices(statistics, facets?.statistic, (one) => say(`statistic.${one}`))}
      />
      <ChoiceList
        name="explained"
        legend={say('facet.explained')}
        chosen={chosen('explained')}
        choices={[{ value: 'false', name: say('facet.notExplained') }]}
      />
      <ChoiceList
        name="region"
        legend={say('facet.region')}
        chosen={chosen('region')}
        choices={choices(withChosen(byCount(facets?.region), places.region), facets?.region, (code) =>
          nameOf('regions', code),
        )}
        single
      />
      <ChoiceList
        name="industry"
        legend={say('facet.industry')}
        chosen={chosen('industry')}
        choices={choices(withChosen(byCount(facets?.industry), places.industry), facets?.industry, (code) =>
          nameOf('industries', code),
        )}
        single
      />
      <fieldset>
        <legend>{say('facet.raised')}</legend>
        <Day name="from" label={say('facet.from')} value={question.from} />
        <Day name="to" label={say('facet.to')} value={question.to} />
      </fieldset>
    </form>
  )
}

/** What is chosen stays in the list, though it is of a deeper level or has no warning. */
const withChosen = (codes: string[], chosen: string | undefined): string[] =>
  chosen === undefined || chosen === '' || codes.includes(chosen) ? codes : [chosen, ...codes]

function Day({ name, label, value = '' }: { name: string; label: string; value?: string | undefined }) {
  return (
    <label class="day">
      <span>{label}</span>
      <input
        type="date"
        value={value}
        min={status.value?.tick.first ?? undefined}
        onChange={({ currentTarget }) =>
          go(view({ [name]: currentTarget.value, cursor: undefined }), { replace: true })
        }
      />
    </label>
  )
}

type ListProps = { data: WarningList; viewOf: string; question: Record<string, string>; isFiltered: boolean }

function List({ data, viewOf, question, isFiltered }: ListProps) {
  const still = useStill(data.rows, viewOf, asOf.value ?? status.value?.tick.closed ?? null)
  const sort = question.sort ?? 'level'
  return (
    <div class="part list" {...still.guard}>
      <header class="part-head">
        <h2>{say('warnings.total', { n: data.total })}</h2>
        <label class="beside">
          {say('warnings.sort')}{' '}
          <select
            value={sort}
            onChange={({ currentTarget }) =>
              go(view({ sort: currentTarget.value, cursor: undefined }), { replace: true })
            }
          >
            {sorts.map((one) => (
              <option key={one} value={one}>
                {say(`sort.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </header>
      {still.waiting > 0 && (
        <button type="button" class="waiting" onClick={still.show}>
          {say('today.waiting', { n: still.waiting })} ↑
        </button>
      )}
      {still.rows.length === 0 ? (
        <Empty>
          {say(isFiltered ? 'warnings.noneOfFilter' : 'warnings.none')}{' '}
          {isFiltered && (
            <a href={at('/warnings')} data-filter>
              {say('warnings.clear')}
            </a>
          )}
        </Empty>
      ) : (
        <Scroll label={say('page.warnings')}>
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">{say('facet.level')}</th>
                <th scope="col">{say('column.what')}</th>
                <th scope="col" class="end">
                  {say('column.figures')}
                </th>
                <th scope="col" class="end">
                  {say('column.enterprises')}
                </th>
                <th scope="col">{say('column.spark')}</th>
                <th scope="col" class="end">
                  {say('column.raised')}
                </th>
                <th scope="col" class="end">
                  {say('column.tick')}
                </th>
              </tr>
            </thead>
            <tbody>
              {still.rows.map((row) => (
                <Row key={row.id} row={still.now(row)} since={still.since} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <Pages data={data} isFirst={question.cursor === undefined} />
    </div>
  )
}

function Row({ row, since }: { row: WarningRow; since: string | null }) {
  return (
    <tr data-id={row.id}>
      <td>
        <Level level={row.level} />
      </td>
      <th scope="row">
        <a href={at(`/warnings/${encodeURIComponent(row.id)}`)}>{sentence(row.sentences)}</a>{' '}
        <Move row={row} since={since} />
        <Tags row={row} />
        {row.explainedBy !== null && (
          <span class="quiet explained">{say('row.explainedBy', { place: placeOf(row.explainedBy) })}</span>
        )}
      </th>
      <td class="end">
        <Figures row={row} />
      </td>
      <td class="end figures">{number(row.enterprises)}</td>
      <td>
        <Spark values={row.spark} />
      </td>
      <td class="end figures">{tickName(row.raised)}</td>
      <td class="end figures">{tickName(row.tick)}</td>
    </tr>
  )
}

function Pages({ data, isFirst }: { data: WarningList; isFirst: boolean }) {
  if (isFirst && data.next === null) return null
  return (
    <nav class="pages" aria-label={say('warnings.pages')}>
      {!isFirst && <a href={view({ cursor: undefined })}>‹ {say('warnings.first')}</a>}
      {data.next !== null && <a href={view({ cursor: data.next })}>{say('warnings.next')} ›</a>}
    </nav>
  )
}
