/** What comes in: each source by tick, who is silent, what could not be used, and what judges. */
import { useSignal } from '@preact/signals'
import type { Sources, Status } from '../../serve/contracts.ts'
import { api } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { HeardGrid } from '../data/heard.tsx'
import { instant, nameOf, number, say, tickName } from '../language.ts'
import { status } from '../live/stream.ts'
import { Section } from '../parts/section.tsx'
import { Empty, Shown } from '../parts/states.tsx'
import { sourceIn } from '../parts/strip.tsx'

export function Data() {
  const sources = useAnswer<Sources>(api('/sources'), ['tick', 'source'])
  const open = useSignal<string | undefined>(undefined)
  return (
    <>
      <header class="page-head">
        <h1>{say('page.data')}</h1>
        <p class="moves">{say('data.what')}</p>
      </header>
      <Section title={say('data.heard')} beside={<HeardLegend />}>
        <Shown of={sources} rows={14}>
          {(data) => (
            <HeardGrid
              of={data}
              open={open.value}
              onOpen={(source) => {
                open.value = source === open.value ? undefined : source
              }}
            />
          )}
        </Shown>
      </Section>
      {open.value !== undefined && <Regions key={open.value} source={open.value} />}
      <div class="columns thirds">
        <Section title={say('data.silences')}>
          <Shown of={sources}>{(data) => <Silences of={data} />}</Shown>
        </Section>
        <Section title={say('data.letters')}>
          <Shown of={sources}>{(data) => <Letters of={data} />}</Shown>
        </Section>
        <Section title={say('data.engine')}>
          {status.value !== undefined && <Engine of={status.value} />}
          <Shown of={sources} rows={2}>
            {(data) => <Drift of={data} />}
          </Shown>
        </Section>
      </div>
    </>
  )
}

function HeardLegend() {
  return (
    <ul class="legend flat">
      <li>
        <i class="heat heat-1" /> {say('data.less')}
      </li>
      <li>
        <i class="heat heat-3" /> {say('data.usual')}
      </li>
      <li>
        <i class="heat heat-5" /> {say('data.more')}
      </li>
      <li>
        <i class="hatch-chip" /> {say('data.silent')}
      </li>
    </ul>
  )
}

/** One source, region by region. */
function Regions({ source }: { source: string }) {
  const sources = useAnswer<Sources>(api('/sources', { source }), ['tick', 'source'])
  return (
    <Section title={say('data.byRegion', { source: nameOf('sources', source) })}>
      <Shown of={sources} rows={12}>
        {(data) => (
          <HeardGrid
            of={{ ...data, rows: data.rows.filter((row) => row.source === source && row.region !== '') }}
            byRegion
          />
        )}
      </Shown>
    </Section>
  )
}

const silencesMax = 12

function Silences({ of: { silences } }: { of: Sources }) {
  if (silences.length === 0) return <Empty>{say('data.noSilence')}</Empty>
  return (
    <ul class="plain">
      {silences.slice(0, silencesMax).map(({ source, region, since, until, missed, lastHeard }) => (
        <li key={`${source}${region}${since}`}>
          {until === null && <i class="hatch-chip" aria-hidden="true" />} <b>{sourceIn(source, region)}</b>{' '}
          {until === null
            ? say('data.silentSince', { since: tickName(since) })
            : say('data.silentUntil', { since: tickName(since), until: tickName(until) })}
          <span class="quiet">
            {missed !== null && ` · ${say('data.missed', { n: Math.round(missed) })}`}
            {lastHeard !== null && ` · ${say('data.lastHeard', { at: instant(lastHeard) })}`}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Letters({ of: { deadLetters } }: { of: Sources }) {
  if (deadLetters.length === 0) return <Empty>{say('data.noLetters')}</Empty>
  return (
    <ul class="plain">
      {deadLetters.map(({ code, topic, count, lastAt, says, remedy }) => (
        <li key={`${code}${topic}`}>
          <b class="figures">{number(count)}</b> <code>{code}</code>
          <span class="quiet">
            {' '}
            {topic} · {say('data.lastAt', { at: instant(lastAt) })}
          </span>
          <details>
            <summary>{say('data.remedy')}</summary>
            <p lang="en">
              {says} {remedy}
            </p>
          </details>
        </li>
      ))}
    </ul>
  )
}

function Engine({ of }: { of: Status }) {
  const { through, tick, beatMs, model, profile, version, unread } = of
  const left = Object.values(unread).reduce((sum, count) => sum + count, 0)
  const rows: [string, string][] = [
    [say('strip.through'), through === null ? '–' : instant(through, { seconds: true })],
    [say('data.closed'), tick.closed === null ? '–' : tickName(tick.closed, { year: true })],
    [say('data.beat'), beatMs === null ? '–' : say('age.seconds', { n: beatMs / 1_000 })],
    [say('about.model'), model === null ? say('data.noModel') : model.slice(0, 12)],
    [say('about.profile'), profile === null ? '–' : `${profile.name} ${profile.hash.slice(0, 12)}`],
    [say('data.version'), version],
    [say('data.unread'), number(left)],
  ]
  return (
    <dl class="about">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="figures">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Drift({ of: { drift } }: { of: Sources }) {
  const last = [...drift].reverse().slice(0, 6)
  if (last.length === 0) return <p class="quiet">{say('data.noDrift')}</p>
  return (
    <ul class="plain">
      {last.map(({ tick, feature, psi }) => (
        <li key={`${tick}${feature}`}>
          {tickName(tick)} {say('data.drift', { feature: feature ?? say('data.score'), psi })}
        </li>
      ))}
    </ul>
  )
}
