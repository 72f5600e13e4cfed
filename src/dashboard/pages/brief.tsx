/** One page for a superior: of a warning, or of the day. It prints on A4, and can be copied as text. */
import { useRef } from 'preact/hooks'
import type { Breakdown, Overview, Series, WarningDetail } from '../../serve/contracts.ts'
import { api, asOf, at } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { Picture } from '../brief/picture.tsx'
import { dayText, warningText } from '../brief/text.ts'
import { instant, nameOf, number, percent, say, sentence, signed, tickName } from '../language.ts'
import { status } from '../live/stream.ts'
import { CopyText } from '../parts/copy.tsx'
import { Level, warned } from '../parts/mark.tsx'
import { Shown } from '../parts/states.tsx'
import { sourceIn } from '../parts/strip.tsx'
import { Why } from '../warning/why.tsx'

export function Brief({ id }: { id: string | undefined }) {
  return id === undefined ? <OfDay /> : <OfWarning id={id} />
}

/** What the sheet says as text, for a message. */
function Tools({ text, back }: { text: () => string; back: string }) {
  return (
    <div class="actions no-print">
      <a class="button" href={back}>
        ‹ {say('brief.back')}
      </a>
      <button type="button" onClick={() => print()}>
        {say('brief.print')}
      </button>
      <CopyText text={text} />
    </div>
  )
}

function OfWarning({ id }: { id: string }) {
  const route = `/warnings/${encodeURIComponent(id)}`
  const sheet = useRef<HTMLElement>(null)
  const detail = useAnswer<WarningDetail>(api(route))
  const series = useAnswer<Series>(api(`${route}/series`))
  const breakdown = useAnswer<Breakdown>(api(`${route}/breakdown`))
  return (
    <article class="brief" ref={sheet}>
      <Tools back={at(route)} text={() => warningText(detail.data, breakdown.data)} />
      <Shown of={detail} rows={12}>
        {(data) => (
          <>
            <p class="brief-kind">
              {say('brief.of')} <span class="figures">{instant(data.changes.at(-1)?.at ?? '')}</span>
            </p>
            <h1>
              <Level level={data.row.level} /> {sentence(data.row.sentences)}
            </h1>
            {series.data !== undefined && <Picture of={series.data} />}
            <h2>{say('warning.why')}</h2>
            <Why detail={data} />
            {breakdown.data !== undefined && data.row.statistic === 'count' && <Most of={breakdown.data} />}
            {data.children.length > 0 && (
              <>
                <h2>{say('kin.children')}</h2>
                <ul>
                  {data.children.slice(0, 8).map((row) => (
                    <li key={row.id}>
                      <Level level={row.level} /> {sentence(row.sentences)}
                    </li>
                  ))}
                </ul>
              </>
            )}
            <State silent={data.silent} />
            <p class="quiet foot">
              {data.row.id} · {say('about.profile')} {data.profile.slice(0, 12)} · {say('about.fold')}{' '}
              {data.foldVersion}
            </p>
          </>
        )}
      </Shown>
    </article>
  )
}

const partsMax = 6

function Most({ of }: { of: Breakdown }) {
  const parts = of.type
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.excess - a.excess)
    .slice(0, partsMax)
  return (
    <>
      <h2>{say('makeup.title')}</h2>
      <ul class="brief-parts">
        {parts.map(({ code, names, count, share, usualShare, excess }) => (
          <li key={code}>
            {say('brief.part', {
              name: sentence(names) || nameOf('types', code),
              count,
              share: percent(share),
              usual: percent(usualShare),
              excess: signed(excess),
            })}
          </li>
        ))}
      </ul>
    </>
  )
}

function State({ silent }: { silent: readonly { source: string; region: string }[] }) {
  const names = silent.map(({ source, region }) => sourceIn(source, region)).join(say('list.comma'))
  return (
    <>
      <h2>{say('strip.label')}</h2>
      <p>{silent.length === 0 ? say('brief.allHeard') : say('warning.silent', { names })}</p>
    </>
  )
}

const rowsMax = 12

function OfDay() {
  const overview = useAnswer<Overview>(api('/overview'))
  const tick = asOf.value ?? status.value?.tick.closed ?? ''
  return (
    <article class="brief">
      <Tools back={at('/')} text={() => dayText(overview.data, tick)} />
      <Shown of={overview} rows={12}>
        {(data) => (
          <>
            <p class="brief-kind">{say('brief.ofDay')}</p>
            <h1>{tickName(tick, { year: true, weekday: true })}</h1>
            <p class="counters">
              {warned.map((level) => (
                <span key={level}>
                  <Level level={level} /> <b class="figures">{number(data.standing[level])}</b>
                </span>
              ))}
            </p>
            <p>{say('today.moves', data.moves)}</p>
            <h2>{say('brief.first')}</h2>
            <ol class="brief-rows">
              {data.rows.slice(0, rowsMax).map((row) => (
                <li key={row.id}>
                  <Level level={row.level} /> {sentence(row.sentences)}
                </li>
              ))}
            </ol>
            {data.rowsTotal > rowsMax && <p class="quiet">{say('brief.more', { n: data.rowsTotal - rowsMax })}</p>}
            <State silent={data.sources.silent} />
          </>
        )}
      </Shown>
    </article>
  )
}
