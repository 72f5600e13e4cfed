/** A short tour of the demo: what to look at, and what happens in its first two minutes, each with a link once it is there. */
import { signal } from '@preact/signals'
import type { Sources, WarningList } from '../../serve/contracts.ts'
import { at } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { read, write } from '../kept.ts'
import { say } from '../language.ts'
import { status } from '../live/stream.ts'
import type { Key } from '../words/zh.ts'
import { clock } from './clock.ts'

export const isTourOpen = signal(read('tour') !== 'seen')

export function closeTour(): void {
  isTourOpen.value = false
  write('tour', 'seen')
}

const looks: readonly Key[] = ['tour.strip', 'tour.list', 'tour.where', 'tour.past']

export function Tour() {
  if (clock.value === undefined || !isTourOpen.value) return null
  return (
    <aside class="tour" aria-label={say('tour.title')}>
      <header>
        <strong>{say('tour.title')}</strong>
        <button type="button" onClick={closeTour}>
          {say('tour.close')}
        </button>
      </header>
      <ol>
        {looks.map((key) => (
          <li key={key}>{say(key)}</li>
        ))}
      </ol>
      <p>{say('tour.story')}</p>
      <Story />
    </aside>
  )
}

/** Each part of the story is found by what the API says of it, so none is promised that did not happen. */
function Story() {
  const counts = useAnswer<WarningList>('/api/v1/warnings?statistic=count&level=red&sort=raised&limit=1', ['tick'])
  const risk = useAnswer<WarningList>('/api/v1/warnings?statistic=risk&sort=level&limit=1', ['tick'])
  const sources = useAnswer<Sources>('/api/v1/sources', ['source', 'tick'])
  const [outbreak, worse] = [counts.data?.rows[0], risk.data?.rows[0]]
  const hasSilence = (sources.data?.silences.length ?? 0) > 0 || (status.value?.sources.silent.length ?? 0) > 0
  const day = status.value?.tick.closed ?? ''
  const link = (id: string | undefined): string | undefined =>
    id === undefined ? undefined : at(`/warnings/${encodeURIComponent(id)}`)
  return (
    <ul class="story">
      <Part of="tour.outbreak" to={link(outbreak?.id)} />
      <Part of="tour.batch" to={day > batchDay ? at('/', { asOf: batchDay }) : undefined} />
      <Part of="tour.silent" to={hasSilence ? at('/data') : undefined} />
      <Part of="tour.risk" to={link(worse?.id)} />
    </ul>
  )
}

/** As the demo plans it: the 22nd day from its beginning. */
const batchDay = '2026-01-22'

function Part({ of, to }: { of: Key; to: string | undefined }) {
  return (
    <li class={to === undefined ? 'to-come' : undefined}>
      <span aria-hidden="true">{to === undefined ? '○' : '●'}</span> {say(of)}{' '}
      {to === undefined ? <span class="quiet">{say('tour.toCome')}</span> : <a href={to}>{say('tour.look')}</a>}
    </li>
  )
}
