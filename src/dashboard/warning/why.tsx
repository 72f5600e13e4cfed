/** Why it was raised, in words and numbers: what the judge went by, by statistic. */
import type { ComponentChildren } from 'preact'
import type { CountEvidence, RiskEvidence } from '../../../streams/warnings.ts'
import type { WarningDetail } from '../../serve/contracts.ts'
import { nameOf, number, say, signed, words } from '../language.ts'

export type Evidence = { kind: 'count'; of: CountEvidence } | { kind: 'risk'; of: RiskEvidence }

/** The statistic says which evidence the server sends. */
export const evidenceOf = ({ row, evidence }: WarningDetail): Evidence =>
  row.statistic === 'risk'
    ? { kind: 'risk', of: evidence as RiskEvidence }
    : { kind: 'count', of: evidence as CountEvidence }

export function Why({ detail }: { detail: WarningDetail }) {
  const evidence = evidenceOf(detail)
  return evidence.kind === 'count' ? <WhyCount of={evidence.of} /> : <WhyRisk of={evidence.of} />
}

/** Below so many effective enterprises the count is of few. */
const fewEnterprises = 3

function WhyCount({ of }: { of: CountEvidence }) {
  const { group, count, expected, rateRatio, p, value, limit, enterprises, effectiveEnterprises, familySize } = of
  const isOfFew = effectiveEnterprises < fewEnterprises
  return (
    <dl class="facts">
      <Fact name={say('why.what')} value={group === undefined ? say('why.allEvents') : nameOf('groups', group)} />
      <Fact name={say('why.ratio')} value={say('why.times', { n: rateRatio })}>
        {say('why.observedExpected', { observed: count, expected })}
      </Fact>
      <Fact name={say('why.chance')} value={chanceOf(p)}>
        {say('why.chanceWhat')}
      </Fact>
      {value !== undefined && limit !== undefined && (
        <Fact name={say('why.evidence')} value={say('why.times', { n: value / limit })}>
          {say('why.evidenceWhat', { value, limit, family: familySize })}
        </Fact>
      )}
      <Fact name={say('why.enterprises')} value={number(enterprises)}>
        {say(isOfFew ? 'why.few' : 'why.many', { n: effectiveEnterprises })}
      </Fact>
      {of.all !== undefined && (
        <Fact name={say('why.all')} value={number(of.all.count)}>
          {say('why.expectedIs', { expected: of.all.expected })}
        </Fact>
      )}
      {(of.withheld ?? 0) > 0 && (
        <Fact name={say('why.withheld')} value={number(of.withheld ?? 0)}>
          {say('why.withheldWhat')}
        </Fact>
      )}
    </dl>
  )
}

function WhyRisk({ of }: { of: RiskEvidence }) {
  const { risky, expected, standardError, rise, risingTicks, reason, cusum, limit, meanLogOdds, atSameGrades } = of
  return (
    <>
      <dl class="facts">
        <Fact name={say('risk.risky')} value={number(Math.round(risky))}>
          {say('risk.riskyWhat', { expected, error: standardError })}
        </Fact>
        <Fact name={say('risk.rise')} value={signed(rise)}>
          {say('risk.riseWhat', { n: risingTicks })}
        </Fact>
        <Fact name={say('risk.reason')} value={say(`risk.${reason}`)}>
          {say(reason === 'behaviour' ? 'risk.behaviourWhat' : 'risk.gradesWhat')}
        </Fact>
        <Fact name={say('why.evidence')} value={say('why.times', { n: limit === 0 ? 0 : cusum / limit })}>
          {say('risk.cusumWhat', { value: cusum, limit })}
        </Fact>
        <Fact name={say('risk.level')} value={number(meanLogOdds)}>
          {say('risk.levelWhat', { n: atSameGrades })}
        </Fact>
        <Fact name={say('why.enterprises')} value={number(of.enterprises)}>
          {say('risk.scored')}
        </Fact>
      </dl>
      <Moved of={of} />
    </>
  )
}

/** Features that moved, by what they add to the log-odds now and 28 days before. */
function Moved({ of: { moved } }: { of: RiskEvidence }) {
  if (moved === undefined || moved.length === 0) return <p class="quiet">{say('risk.movedLater')}</p>
  const most = Math.max(...moved.map(({ now, before }) => Math.abs(now - before)))
  return (
    <table class="rows moved">
      <caption>{say('risk.moved')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('risk.feature')}</th>
          <th scope="col" class="end">
            {say('risk.before')}
          </th>
          <th scope="col" class="end">
            {say('risk.now')}
          </th>
          <th scope="col">{say('risk.change')}</th>
        </tr>
      </thead>
      <tbody>
        {moved.map(({ feature, now, before }) => (
          <tr key={feature}>
            <th scope="row">{featureName(feature)}</th>
            <td class="end figures">{signed(before)}</td>
            <td class="end figures">{signed(now)}</td>
            <td class="bar">
              <span class="fill fill-ink" style={{ width: `${(100 * Math.abs(now - before)) / (most || 1)}%` }} />
              <span class="figures">{signed(now - before)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** `count.CMP.30d` as the profile's words for what moved say it, else as the model has it. */
export function featureName(feature: string): string {
  const [kind = '', of = '', days = ''] = feature.split('.')
  const text = words.value?.messages[`moved.${kind}`]
  if (text === undefined) return feature
  const group = of === 'all' ? (words.value?.messages['group.all'] ?? of) : nameOf('groups', of)
  return text.replace('{group}', group).replace('{days}', days.replace(/d$/, '')).replace('{grade}', of)
}

function Fact({ name, value, children }: { name: string; value: string; children?: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b class="figures">{value}</b> {children !== undefined && <span class="quiet">{children}</span>}
      </dd>
    </div>
  )
}

/** A chance that is easier to grasp as one in so many. */
function chanceOf(p: number): string {
  if (p >= 0.1) return say('why.often')
  if (p < 1e-12) return say('why.never')
  const times = 1 / p
  const scale = 10 ** Math.floor(Math.log10(times) - 1)
  return say('why.oneIn', { n: Math.round(times / scale) * scale })
}
