/** On every page: may the screen be trusted? Up to when the data are, which sources are silent, and whether anything is behind. */
import type { Status } from '../../serve/contracts.ts'
import { asOf, at, view } from '../address.ts'
import { ago, instant, nameOf, percent, say, tickName } from '../language.ts'
import { status } from '../live/stream.ts'
import { type Doubt, doubt, nowMs } from '../live/trust.ts'

/** So many silences are named; the others are on the page of data. */
const namedMax = 2

export function Strip() {
  const said = status.value
  const worst = doubt.value
  const tone = worst !== undefined ? 'bad' : (said?.sources.silent.length ?? 0) > 0 ? 'care' : 'good'
  return (
    <section class={`strip strip-${tone}`} aria-label={say('strip.label')}>
      <span class="strip-state" role="status">
        <i class="lamp" aria-hidden="true" />
        {worst === undefined ? say(said === undefined ? 'strip.asking' : 'strip.live') : doubtText(worst, said)}
      </span>
      {said?.through != null && (
        <span>
          {say('strip.through')} <b class="figures">{instant(said.through)}</b>
        </span>
      )}
      {said !== undefined && said.sources.usual > 0 && <Sources said={said} />}
      {said?.import.open === true && !isDemo(said) && <span>{say('strip.import')}</span>}
      {Object.values(said?.unread ?? {}).some((count) => count > 0) && <span class="warn">{say('strip.unread')}</span>}
    </section>
  )
}

/** The demo is one long import, which is nothing to be told. */
const isDemo = (said: Status): boolean => said.import.open && document.documentElement.dataset.demo === 'true'

function Sources({ said }: { said: Status }) {
  const { usual, heard, silent } = said.sources
  const shown = silent.slice(0, namedMax)
  const quiet = said.sources.heardAt.filter((one) => one.quiet).slice(0, namedMax)
  const ageOf = (lastHeard: string): string => ago(Date.parse(said.through ?? lastHeard) - Date.parse(lastHeard))
  return (
    <a class="strip-sources" href={at('/data')}>
      {say('strip.sources', { heard, usual })}
      {shown.map(({ source, region, since }) => (
        <span class="silent" key={`${source}|${region}`}>
          <i class="hatch-chip" aria-hidden="true" />
          {say('strip.silent', { source: sourceIn(source, region), since: tickName(since) })}
        </span>
      ))}
      {quiet.map(({ source, lastHeard }) => (
        <span key={source}>{say('strip.quiet', { source: nameOf('sources', source), age: ageOf(lastHeard) })}</span>
      ))}
      {silent.length > shown.length && <span>{say('strip.more', { n: silent.length - shown.length })}</span>}
    </a>
  )
}

export const sourceIn = (source: string, region: string): string =>
  region === '' ? nameOf('sources', source) : `${nameOf('sources', source)} (${nameOf('regions', region)})`

function doubtText(of: Doubt, said: Status | undefined): string {
  if (of.kind === 'no-answer') return say('doubt.noAnswer', { age: ago(nowMs.value - of.sinceMs) })
  if (of.kind === 'still') return say('doubt.still', { age: ago(nowMs.value - of.sinceMs) })
  if (of.kind === 'building') return say('doubt.building', { share: percent(of.share) })
  if (of.kind === 'stopped') return say('doubt.stopped', { message: said?.problem?.message ?? '' })
  return say('doubt.noLog')
}

/** Told above a page that shows the past. */
export function PastBanner() {
  if (asOf.value === undefined) return null
  return (
    <p class="past" role="status">
      <span>{say('past.shown', { tick: tickName(asOf.value, { year: true }) })}</span>{' '}
      <a href={view({ asOf: undefined })} data-filter>
        {say('past.back')}
      </a>
    </p>
  )
}
