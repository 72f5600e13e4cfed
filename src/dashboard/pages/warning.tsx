/** One warning: is it real, what drives it, who is behind it, and can it be checked. */
import type { ComponentChildren } from 'preact'
import type { Breakdown, Series, SimilarWarnings, WarningDetail, WarningRow } from '../../serve/contracts.ts'
import { api, at } from '../address.ts'
import { type Asked, useAnswer } from '../ask.ts'
import { warningText } from '../brief/text.ts'
import { Chart } from '../chart/chart.tsx'
import { instant, nameOf, number, placeOf, say, sentence, tickName } from '../language.ts'
import { me } from '../me.ts'
import { CopyText } from '../parts/copy.tsx'
import { Level } from '../parts/mark.tsx'
import { Figures, Kind } from '../parts/rows.tsx'
import { Section } from '../parts/section.tsx'
import { Empty, Failed, Shown, Skeleton } from '../parts/states.tsx'
import { sourceIn } from '../parts/strip.tsx'
import { Check } from '../warning/check.tsx'
import { Behind } from '../warning/enterprises.tsx'
import { History } from '../warning/history.tsx'
import { Makeup } from '../warning/makeup.tsx'
import { besides } from '../warning/trail.ts'
import { evidenceOf, Why } from '../warning/why.tsx'

const route = (id: string): string => `/warnings/${encodeURIComponent(id)}`

export function Warning({ id }: { id: string }) {
  const detail = useAnswer<WarningDetail>(api(route(id)), ['warning'])
  const { data } = detail
  // Events make counts, and not the level of risk.
  const hasMakeup = data !== undefined && data.row.statistic !== 'risk'
  const breakdown = useAnswer<Breakdown>(hasMakeup ? api(`${route(id)}/breakdown`) : undefined, ['warning', 'tick'])
  return (
    <article class={detail.problem === undefined ? 'warning' : 'warning stale'}>
      <Head id={id} of={data} text={() => warningText(data, breakdown.data)} />
      <Failed of={detail} />
      {data === undefined ? (
        detail.problem === undefined && <Skeleton rows={12} />
      ) : (
        <Body id={id} of={data} breakdown={breakdown} />
      )}
    </article>
  )
}

function Head({ id, of, text }: { id: string; of: WarningDetail | undefined; text: () => string }) {
  const { previous, next } = besides(id)
  const row = of?.row
  return (
    <header class="page-head warning-head">
      <h1>
        {row === undefined ? (
          say('page.warning')
        ) : (
          <>
            <Level level={row.level} /> <span data-sentence>{sentence(row.sentences)}</span>
          </>
        )}
      </h1>
      {row !== undefined && <Since row={row} />}
      <div class="actions">
        {previous !== undefined && (
          <a class="button" data-key="previous" href={at(route(previous))}>
            ‹ {say('warning.previous')}
          </a>
        )}
        {next !== undefined && (
          <a class="button" data-key="next" href={at(route(next))}>
            {say('warning.next')} ›
          </a>
        )}
        <a class="button" data-key="brief" href={at(`${route(id)}/brief`)}>
          {say('page.brief')}
        </a>
        {row !== undefined && <CopyText text={text} />}
      </div>
    </header>
  )
}

function Since({ row }: { row: WarningRow }) {
  return (
    <p class="since-line">
      {say('warning.raised', { tick: tickName(row.raised) })}
      {row.calmAgain
        ? ` · ${say('warning.calm', { tick: tickName(row.tick) })}`
        : row.level !== row.levelBefore &&
          ` · ${say(row.risen ? 'warning.risen' : 'warning.fallen', { tick: tickName(row.levelSince), level: say(`level.${row.levelBefore}`) })}`}
      {row.early && <span class="tag">{say('warning.early')}</span>}
      {row.amended && <span class="tag">{say('row.amended')}</span>}
      {row.held && <span class="tag">{say('warning.held')}</span>}
      <Kind row={row} />
    </p>
  )
}

type BodyProps = { id: string; of: WarningDetail; breakdown: Asked<Breakdown> }

function Body({ id, of, breakdown }: BodyProps) {
  const { row, silent } = of
  return (
    <>
      {silent.length > 0 && (
        <p class="notice">
          <i class="hatch-chip" aria-hidden="true" />
          {say('warning.silent', {
            names: silent.map(({ source, region }) => sourceIn(source, region)).join(say('list.comma')),
          })}
        </p>
      )}
      {row.explainedBy !== null && (
        <p class="notice">{say('warning.explainedBy', { place: placeOf(row.explainedBy) })}</p>
      )}
      <div class="columns even">
        <div class="lists">
          <SeriesOf of={of} />
          {row.statistic !== 'risk' && <Makeup of={breakdown} />}
        </div>
        <div class="aside">
          <Section title={say('warning.why')}>
            <Why detail={of} />
          </Section>
          <History of={of} />
          <Check id={id} />
        </div>
      </div>
      {row.statistic !== 'risk' && me.value?.can.enterprises !== false && <Behind id={id} />}
      <div class="columns thirds">
        <Kin of={of} />
        <Similar id={id} />
        <About of={of} />
      </div>
    </>
  )
}

function SeriesOf({ of: { row, ...detail } }: { of: WarningDetail }) {
  const series = useAnswer<Series>(api(`${route(row.id)}/series`), ['tick', 'warning'])
  const evidence = evidenceOf({ row, ...detail })
  const group = evidence.kind === 'count' ? evidence.of.group : undefined
  const what = group === undefined ? placeOf(row) : `${placeOf(row)} · ${nameOf('groups', group)}`
  return (
    <Section
      title={say(row.statistic === 'risk' ? 'warning.riskSeries' : 'warning.series')}
      beside={<span class="quiet">{what}</span>}
    >
      <Shown of={series} rows={10}>
        {(data) => <Chart of={data} title={what} />}
      </Shown>
    </Section>
  )
}

/** Standing warnings above, below and beside it. */
function Kin({ of: { parents, children, beside } }: { of: WarningDetail }) {
  const isAlone = parents.length + children.length + beside.length === 0
  return (
    <Section title={say('kin.title')}>
      {isAlone && <Empty>{say('kin.none')}</Empty>}
      <Group title={say('kin.parents')} rows={parents} />
      <Group title={say('kin.children')} rows={children} />
      <Group title={say('kin.beside')} rows={beside} />
    </Section>
  )
}

function Group({ title, rows }: { title: string; rows: readonly WarningRow[] }) {
  if (rows.length === 0) return null
  return (
    <>
      <h3 class="quiet">{title}</h3>
      <ul class="kin">
        {rows.slice(0, 12).map((row) => (
          <li key={row.id} data-id={row.id}>
            <Level level={row.level} short />
            <a href={at(route(row.id))}>{placeOf(row)}</a>
            <Figures row={row} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Similar({ id }: { id: string }) {
  const similar = useAnswer<SimilarWarnings>(api(`${route(id)}/similar`))
  return (
    <Section title={say('similar.title')}>
      <Shown of={similar} rows={3}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty>{say('similar.none')}</Empty>
          ) : (
            <ul class="kin">
              {rows.map(({ row, ticksToCalm }) => (
                <li key={row.id} data-id={row.id}>
                  <Level level={row.level} short />
                  <a href={at(route(row.id))}>
                    {placeOf(row)} · {tickName(row.raised)}
                  </a>
                  <span class="quiet">
                    {ticksToCalm === null ? say('similar.standing') : say('similar.ticks', { n: ticksToCalm })}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Section>
  )
}

/** What it was made by, to be quoted. */
function About({ of }: { of: WarningDetail }) {
  const { row, profile, model, foldVersion, record } = of
  return (
    <Section title={say('about.title')}>
      <dl class="about">
        <Line name={say('about.id')}>
          <code>{row.id}</code>
        </Line>
        <Line name={say('about.at')}>{instant(of.changes.at(-1)?.at ?? '')}</Line>
        <Line name={say('about.profile')}>
          <code title={profile}>{profile.slice(0, 12)}</code>
        </Line>
        {model !== null && (
          <Line name={say('about.model')}>
            <code title={model}>{model.slice(0, 12)}</code>
          </Line>
        )}
        <Line name={say('about.fold')}>{number(foldVersion)}</Line>
        <Line name={say('about.files')}>
          {(['csv', 'xlsx'] as const).map((format) => (
            <a
              key={format}
              class="file"
              href={api(`/exports/series.${format}`, { axis: row.axis, region: row.region, industry: row.industry })}
              download
            >
              {format.toUpperCase()}
            </a>
          ))}
        </Line>
      </dl>
      <details>
        <summary>{say('about.record')}</summary>
        <pre>{JSON.stringify(record, undefined, 1)}</pre>
      </details>
    </Section>
  )
}

function Line({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
