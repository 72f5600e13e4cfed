/** What made the score so, in words, with the facts behind each reason. */
import type { EnterpriseDetail } from '../../serve/contracts.ts'
import { language, say, signed, words } from '../language.ts'
import { Empty } from '../parts/states.tsx'
import { featureName } from '../warning/why.tsx'

type Reason = EnterpriseDetail['scores'][number]['reasons'][number]

export function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  if (reasons.length === 0) return <Empty>{say('reasons.none')}</Empty>
  const most = Math.max(...reasons.map(({ logOdds }) => Math.abs(logOdds)))
  return (
    <ol class="reasons">
      {reasons.map(({ feature, logOdds, text, facts }) => (
        <li key={feature}>
          <span class="bar">
            <span
              class={`fill ${logOdds > 0 ? 'fill-ink' : 'fill-less'}`}
              style={{ width: `${(100 * Math.abs(logOdds)) / (most || 1)}%` }}
            />
          </span>
          <span class="figures">{signed(logOdds)}</span>
          <span>
            {wordsOf(feature, text)}
            {facts.length > 0 && (
              <span class="quiet">
                {' '}
                {say('reasons.facts')}{' '}
                {facts.map((hash) => (
                  <a key={hash} href={`#fact-${hash}`}>
                    <code>{hash.slice(0, 6)}</code>
                  </a>
                ))}
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  )
}

/** The record has its words in the first language of the profile; in another one the feature is named. */
function wordsOf(feature: string, text: string): string {
  const isOwn =
    words.value === undefined || words.value.languages[0] === language.value || words.value.languages.length === 1
  return isOwn ? text : featureName(feature)
}
