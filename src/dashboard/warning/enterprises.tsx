/** Who is behind the count. It names enterprises: it is for those with the right, and looking is recorded where there is an audit. */
import type { WarningEnterprises } from '../../serve/contracts.ts'
import { api, at } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { instant, nameOf, number, say } from '../language.ts'
import { Scroll } from '../parts/scroll.tsx'
import { Section } from '../parts/section.tsx'
import { Standing, StandingHead } from '../parts/standing.tsx'
import { Empty, Shown } from '../parts/states.tsx'

type Row = WarningEnterprises['rows'][number]
const rowsMax = 50

export function Behind({ id }: { id: string }) {
  const behind = useAnswer<WarningEnterprises>(api(`/warnings/${encodeURIComponent(id)}/enterprises`), [
    'warning',
    'tick',
  ])
  return (
    <Section title={say('behind.title')} beside={<span class="quiet">{say('behind.restricted')}</span>} class="wide">
      <Shown of={behind}>{(data) => <Table of={data} />}</Shown>
    </Section>
  )
}

function Table({ of }: { of: WarningEnterprises }) {
  if (of.rows.length === 0) return <Empty>{say('behind.none')}</Empty>
  return (
    <>
      <Scroll label={say('behind.title')}>
        <table class="rows">
          <caption class="hidden">{say('behind.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('enterprise.name')}</th>
              <th scope="col" class="end">
                {say('behind.events')}
              </th>
              <StandingHead />
              <th scope="col">{say('behind.facts')}</th>
            </tr>
          </thead>
          <tbody>
            {of.rows.slice(0, rowsMax).map((row) => (
              <Line key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="quiet sum" data-total={of.total} data-agrees={String(of.agrees)}>
        {of.rows.length > rowsMax && <>{say('behind.more', { n: of.enterprises - rowsMax })} </>}
        {say('behind.total', { events: of.total, n: of.enterprises })}{' '}
        {of.agrees !== null && <b>{say(of.agrees ? 'behind.agrees' : 'behind.differs')}</b>}
      </p>
    </>
  )
}

function Line({ row }: { row: Row }) {
  const { id, name, events, facts } = row
  const types = new Map<string, number>()
  for (const { type } of facts) types.set(type, (types.get(type) ?? 0) + 1)
  const newest = facts
    .map(({ occurredAt }) => occurredAt)
    .sort()
    .at(-1)
  return (
    <tr data-id={id}>
      <th scope="row">
        <a href={at(`/enterprises/${encodeURIComponent(id)}`)}>{name ?? id}</a>
        {name !== null && <span class="quiet code">{id}</span>}
      </th>
      <td class="end figures">
        <b>{number(events)}</b>
      </td>
      <Standing row={row} />
      <td>
        {[...types].map(([type, n]) => `${nameOf('types', type)}${n > 1 ? ` ×${n}` : ''}`).join(say('list.comma'))}
        {newest !== undefined && <span class="quiet code">{instant(newest)}</span>}
      </td>
    </tr>
  )
}
