/** What became of it, in order of time: each record of the topic; what people did will stand between. */
import type { WarningChange, WarningDetail } from '../../serve/contracts.ts'
import { instant, number, say, tickName } from '../language.ts'
import { Level } from '../parts/mark.tsx'
import { Section } from '../parts/section.tsx'

const shownMax = 12

export function History({ of }: { of: WarningDetail }) {
  const changes = [...of.changes].reverse()
  return (
    <Section title={say('history.title')}>
      <ol class="history">
        {changes.slice(0, shownMax).map((change) => (
          <Change key={`${change.at}${change.change}`} of={change} />
        ))}
      </ol>
      {changes.length > shownMax && (
        <details>
          <summary>{say('history.more', { n: changes.length - shownMax })}</summary>
          <ol class="history">
            {changes.slice(shownMax).map((change) => (
              <Change key={`${change.at}${change.change}`} of={change} />
            ))}
          </ol>
        </details>
      )}
    </Section>
  )
}

function Change({ of }: { of: WarningChange }) {
  const { tick, at, change, level, levelBefore, early, observed, expected } = of
  return (
    <li>
      <time dateTime={at} title={instant(at)}>
        {tickName(tick)}
      </time>
      <Level level={level} />
      <span>
        {say(change === 'level' ? (isUp(levelBefore, level) ? 'history.up' : 'history.down') : `history.${change}`)}
        {early && <> · {say('history.early', { time: instant(at).slice(11) })}</>}
      </span>
      <span class="figures quiet">
        {number(observed)} / {number(expected)}
      </span>
    </li>
  )
}

const order = ['calm', 'blue', 'yellow', 'orange', 'red']
const isUp = (before: string, after: string): boolean => order.indexOf(after) > order.indexOf(before)
