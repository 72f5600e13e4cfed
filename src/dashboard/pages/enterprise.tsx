/** One enterprise: why it scores so, its grades, what happened to it, and the warnings that it is behind. */
import { useSignal } from '@preact/signals'
import type { EnterpriseDetail, ExplanationAnswer as Explanation } from '../../serve/contracts.ts'
import { api, at } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { Facts } from '../enterprise/facts.tsx'
import { Reasons } from '../enterprise/reasons.tsx'
import { Scores } from '../enterprise/scores.tsx'
import { finePercent, instant, nameOf, number, placeOf, say, sentence, signed, tickName } from '../language.ts'
import { Level } from '../parts/mark.tsx'
import { Section } from '../parts/section.tsx'
import { Empty, Failed, Shown, Skeleton } from '../parts/states.tsx'
import { featureName } from '../warning/why.tsx'

export function Enterprise({ id }: { id: string }) {
  const route = `/enterprises/${encodeURIComponent(id)}`
  const detail = useAnswer<EnterpriseDetail>(api(route), ['tick'])
  const { data } = detail
  return (
    <article class={detail.problem === undefined ? 'enterprise' : 'enterprise stale'}>
      <Head id={id} of={data} />
      <Failed of={detail} />
      {data === undefined ? detail.problem === undefined && <Skeleton rows={12} /> : <Body of={data} route={route} />}
    </article>
  )
}

function Head({ id, of }: { id: string; of: EnterpriseDetail | undefined }) {
  const row = of?.row
  return (
    <header class="page-head">
      <h1>{row?.name ?? id}</h1>
      {row !== undefined && (
        <p class="since-line">
          <code>{row.id}</code>
          {row.region !== null && ` · ${placeOf({ region: row.region, industry: row.industry ?? '' })}`}
          {of?.status != null && ` · ${say(of.status === 'active' ? 'enterprise.active' : 'enterprise.closed')}`}
        </p>
      )}
      {row !== undefined && (
        <ul class="counters">
          <Figure
            name={say('enterprise.grade')}
            value={row.grade ?? of?.grades.at(-1)?.grade ?? say('enterprise.noGrade')}
          />
          <Figure name={say('enterprise.band')} value={row.band === null ? '–' : nameOf('bands', row.band)} />
          <Figure
            name={say('enterprise.probability')}
            value={row.probability === null ? say('enterprise.unscored') : finePercent(row.probability)}
          />
        </ul>
      )}
    </header>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <li>
      <b class="figures">{value}</b> <span class="quiet">{name}</span>
    </li>
  )
}

function Body({ of, route }: { of: EnterpriseDetail; route: string }) {
  const { scores, grades, facts, warnings } = of
  const last = scores.at(-1)
  const marked = new Set(last?.reasons.flatMap((reason) => reason.facts) ?? [])
  return (
    <div class="columns even">
      <div class="lists">
        <Section title={say('scores.title')} beside={<span class="quiet">{say('scores.what')}</span>}>
          {scores.length === 0 ? <Empty>{say('scores.none')}</Empty> : <Scores points={scores} />}
          <ModelChanges of={scores} />
        </Section>
        <Section title={say('facts.title')}>
          <Facts facts={facts} marked={marked} />
        </Section>
      </div>
      <div class="aside">
        <Section title={say('reasons.title')} beside={last && <span class="quiet">{instant(last.at)}</span>}>
          <Reasons reasons={last?.reasons ?? []} />
          <Live route={route} />
        </Section>
        <Section title={say('grades.title')}>
          <Grades of={grades} />
        </Section>
        <Section title={say('enterprise.warnings')}>
          {warnings.length === 0 ? (
            <Empty>{say('enterprise.noWarnings')}</Empty>
          ) : (
            <ul class="kin">
              {warnings.map((row) => (
                <li key={row.id} data-id={row.id}>
                  <Level level={row.level} short />
                  <a href={at(`/warnings/${encodeURIComponent(row.id)}`)}>{sentence(row.sentences)}</a>
                  {'events' in row && typeof row.events === 'number' && (
                    <span class="quiet">{say('enterprise.ownEvents', { n: row.events })}</span>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Section>
      </div>
    </div>
  )
}

function Grades({ of }: { of: EnterpriseDetail['grades'] }) {
  if (of.length === 0) return <Empty>{say('grades.none')}</Empty>
  return (
    <ol class="grades">
      {[...of].reverse().map(({ grade, effectiveAt, knownAt }) => (
        <li key={`${effectiveAt}${knownAt}`}>
          <time dateTime={effectiveAt}>{instant(effectiveAt).slice(0, 10)}</time>
          <b>{nameOf('grades', grade)}</b>
          <span class="quiet">{say('grades.known', { at: instant(knownAt).slice(0, 10) })}</span>
        </li>
      ))}
    </ol>
  )
}

/** What another model made of the same facts. */
function ModelChanges({ of }: { of: EnterpriseDetail['scores'] }) {
  const changes = of.flatMap((point, place) => {
    const before = of[place - 1]
    return point.cause === 'model' && before !== undefined ? [{ point, before }] : []
  })
  if (changes.length === 0) return null
  return (
    <ul>
      {changes.map(({ point, before }) => (
        <li key={point.at}>
          {say('scores.model', {
            tick: tickName(point.tick),
            model: point.model.slice(0, 8),
            before: finePercent(before.probability),
            after: finePercent(point.probability),
          })}
        </li>
      ))}
    </ul>
  )
}

/** What the running engine knows now; it is asked only when somebody wants it. */
function Live({ route }: { route: string }) {
  const isAsked = useSignal(false)
  const live = useAnswer<Explanation>(isAsked.value ? `/api/v1${route}/explanation` : undefined)
  if (!isAsked.value)
    return (
      <button
        type="button"
        onClick={() => {
          isAsked.value = true
        }}
      >
        {say('live.ask')}
      </button>
    )
  return (
    <Shown of={live} rows={4}>
      {(data) => <Contributions of={data} />}
    </Shown>
  )
}

const featuresMax = 12

function Contributions({ of }: { of: Explanation }) {
  const features = [...of.features]
    .sort((a, b) => Math.abs(b.logOdds ?? 0) - Math.abs(a.logOdds ?? 0))
    .slice(0, featuresMax)
  return (
    <table class="rows moved">
      <caption>{say('live.caption', { at: instant(of.asOf), probability: finePercent(of.probability ?? 0) })}</caption>
      <thead>
        <tr>
          <th scope="col">{say('risk.feature')}</th>
          <th scope="col" class="end">
            {say('live.value')}
          </th>
          <th scope="col" class="end">
            {say('live.adds')}
          </th>
        </tr>
      </thead>
      <tbody>
        {features.map(({ name, value, logOdds }) => (
          <tr key={name}>
            <th scope="row">{featureName(name)}</th>
            <td class="end figures">{number(value)}</td>
            <td class="end figures">{logOdds === undefined ? '–' : signed(logOdds)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
