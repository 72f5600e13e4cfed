/** Enterprises by id or name, for those with the right. */
import type { EnterpriseList } from '../../serve/contracts.ts'
import { at, go, query, view, withQuery } from '../address.ts'
import { useAnswer } from '../ask.ts'
import { say } from '../language.ts'
import { Scroll } from '../parts/scroll.tsx'
import { Search } from '../parts/search.tsx'
import { Standing, StandingHead } from '../parts/standing.tsx'
import { Empty, Shown } from '../parts/states.tsx'

const limit = '50'

export function Enterprises() {
  const q = query.value.get('q') ?? ''
  const cursor = query.value.get('cursor') ?? undefined
  const list = useAnswer<EnterpriseList>(withQuery('/api/v1/enterprises', { q, limit, cursor }))
  return (
    <>
      <header class="page-head">
        <h1>{say('page.enterprises')}</h1>
        <Search
          label={say('enterprises.search')}
          value={q}
          onSearch={(text) => go(view({ q: text, cursor: undefined }), { replace: true })}
        />
        <span class="quiet">{say('behind.restricted')}</span>
      </header>
      <div class="part">
        <Shown of={list} rows={12}>
          {({ rows, next }) =>
            rows.length === 0 ? (
              <Empty>{say(q === '' ? 'enterprises.none' : 'enterprises.notFound', { q })}</Empty>
            ) : (
              <>
                <Table rows={rows} />
                {(next !== null || cursor !== undefined) && (
                  <nav class="pages" aria-label={say('warnings.pages')}>
                    {cursor !== undefined && <a href={view({ cursor: undefined })}>‹ {say('warnings.first')}</a>}
                    {next !== null && <a href={view({ cursor: next })}>{say('warnings.next')} ›</a>}
                  </nav>
                )}
              </>
            )
          }
        </Shown>
      </div>
    </>
  )
}

function Table({ rows }: { rows: EnterpriseList['rows'] }) {
  return (
    <Scroll label={say('page.enterprises')}>
      <table class="rows">
        <caption class="hidden">{say('page.enterprises')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('enterprise.name')}</th>
            <th scope="col">{say('enterprise.id')}</th>
            <StandingHead />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-id={row.id}>
              <th scope="row">
                <a href={at(`/enterprises/${encodeURIComponent(row.id)}`)}>{row.name ?? say('enterprise.unnamed')}</a>
              </th>
              <td>
                <code>{row.id}</code>
              </td>
              <Standing row={row} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
