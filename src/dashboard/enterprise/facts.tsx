/** Facts by group on a line of time, each a mark; the list says the same in words. */
import type { EnterpriseDetail } from '../../serve/contracts.ts'
import { instant, nameOf, say, tickName, words } from '../language.ts'
import { Scroll } from '../parts/scroll.tsx'
import { Empty } from '../parts/states.tsx'

type Fact = EnterpriseDetail['facts'][number]
const shownMax = 20
const [width, row, left] = [640, 22, 130]

export function Facts({ facts, marked }: { facts: readonly Fact[]; marked: ReadonlySet<string> }) {
  if (facts.length === 0) return <Empty>{say('facts.none')}</Empty>
  return (
    <>
      <TimeLine facts={facts} />
      <Scroll label={say('facts.title')}>
        <table class="rows">
          <caption class="hidden">{say('facts.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('facts.at')}</th>
              <th scope="col">{say('makeup.type')}</th>
              <th scope="col">{say('makeup.source')}</th>
              <th scope="col">{say('facts.counted')}</th>
              <th scope="col">{say('facts.hash')}</th>
            </tr>
          </thead>
          <tbody>
            {facts.slice(0, shownMax).map((fact) => (
              <tr key={fact.idHash} class={marked.has(fact.idHash) ? 'marked' : undefined} id={`fact-${fact.idHash}`}>
                <td class="figures">{instant(fact.occurredAt)}</td>
                <th scope="row">{nameOf('types', fact.type)}</th>
                <td>{nameOf('sources', fact.source)}</td>
                <td class="figures">
                  {tickName(fact.tick)}
                  {!fact.fresh && <span class="quiet"> {say('facts.late')}</span>}
                </td>
                <td>
                  <code>{fact.idHash.slice(0, 10)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {facts.length > shownMax && <p class="quiet">{say('facts.more', { n: facts.length - shownMax })}</p>}
    </>
  )
}

function TimeLine({ facts }: { facts: readonly Fact[] }) {
  const groupOf = new Map(words.value?.types.map(({ code, group }) => [code, group]) ?? [])
  const byGroup = new Map<string, Fact[]>()
  for (const fact of facts) {
    const group = groupOf.get(fact.type) ?? fact.type
    byGroup.set(group, [...(byGroup.get(group) ?? []), fact])
  }
  const times = facts.map(({ occurredAt }) => Date.parse(occurredAt))
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const x = (at: string): number =>
    left + 6 + ((Date.parse(at) - first) / Math.max(1, last - first)) * (width - left - 14)
  const tall = byGroup.size * row
  return (
    <svg
      class="timeline"
      viewBox={`0 0 ${width} ${tall + 18}`}
      role="img"
      aria-label={say('facts.label', { n: facts.length })}
    >
      {[...byGroup].map(([group, all], place) => (
        <g key={group}>
          <text x={0} y={place * row + 15}>
            {nameOf('groups', group)}
          </text>
          <line x1={left} x2={width} y1={place * row + 11} y2={place * row + 11} />
          {all.map((fact) => (
            <rect key={fact.idHash} x={x(fact.occurredAt) - 1.5} y={place * row + 4} width={3} height={14}>
              <title>{`${instant(fact.occurredAt)} ${nameOf('types', fact.type)}`}</title>
            </rect>
          ))}
        </g>
      ))}
      <text x={left} y={tall + 14}>
        {instant(new Date(first).toISOString()).slice(0, 10)}
      </text>
      <text x={width} y={tall + 14} text-anchor="end">
        {instant(new Date(last).toISOString()).slice(0, 10)}
      </text>
    </svg>
  )
}
