/** What the count is made of, beside what is usual: by type, source, grade, region and industry. */
import { useSignal } from '@preact/signals'
import type { Breakdown } from '../../serve/contracts.ts'
import type { Asked } from '../ask.ts'
import { nameOf, number, percent, say, sentence, signed } from '../language.ts'
import { Scroll } from '../parts/scroll.tsx'
import { Section } from '../parts/section.tsx'
import { Empty, Shown } from '../parts/states.tsx'

const ways = ['type', 'source', 'grade', 'region', 'industry'] as const
type Way = (typeof ways)[number]
const kinds = { type: 'types', source: 'sources', grade: 'grades', region: 'regions', industry: 'industries' } as const
const rowsMax = 12

export function Makeup({ of }: { of: Asked<Breakdown> }) {
  const way = useSignal<Way>('type')
  return (
    <Section
      title={say('makeup.title')}
      beside={
        <fieldset class="switch">
          <legend class="hidden">{say('makeup.by')}</legend>
          {ways.map((one) => (
            <button
              type="button"
              key={one}
              aria-pressed={way.value === one}
              onClick={() => {
                way.value = one
              }}
            >
              {say(`makeup.${one}`)}
            </button>
          ))}
        </fieldset>
      }
    >
      <Shown of={of}>{(data) => <Parts of={data} way={way.value} />}</Shown>
    </Section>
  )
}

export function Parts({ of, way }: { of: Breakdown; way: Way }) {
  const parts = of[way].filter(({ count }) => count !== 0).sort((a, b) => b.count - a.count)
  if (parts.length === 0) return <Empty>{say('makeup.none')}</Empty>
  const most = Math.max(...parts.map(({ share, usualShare }) => Math.max(share, usualShare)))
  const rest = parts.slice(rowsMax)
  return (
    <>
      <Scroll label={say('makeup.title')}>
        <table class="rows makeup" data-total={of.total}>
          <caption class="hidden">{say('makeup.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{say(`makeup.${way}`)}</th>
              <th scope="col" class="end">
                {say('makeup.count')}
              </th>
              <th scope="col">{say('makeup.share')}</th>
              <th scope="col" class="end">
                {say('makeup.usual')}
              </th>
              <th scope="col" class="end">
                {say('makeup.excess')}
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.slice(0, rowsMax).map(({ code, names, count, share, usualShare, excess }) => (
              <tr key={code}>
                <th scope="row">{sentence(names) || nameOf(kinds[way], code)}</th>
                <td class="end figures">
                  <b>{number(count)}</b>
                </td>
                <td class="bar">
                  <span class="fill fill-ink" style={{ width: `${(100 * share) / (most || 1)}%` }} />
                  <i style={{ left: `${(100 * usualShare) / (most || 1)}%` }} />
                  <span class="figures over">{percent(share)}</span>
                </td>
                <td class="end figures quiet">{percent(usualShare)}</td>
                <td class="end figures">{signed(excess)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            {rest.length > 0 && (
              <tr>
                <th scope="row">{say('makeup.rest', { n: rest.length })}</th>
                <td class="end figures">{number(rest.reduce((sum, { count }) => sum + count, 0))}</td>
                <td colSpan={3} />
              </tr>
            )}
            <tr>
              <th scope="row">{say('makeup.total')}</th>
              <td class="end figures">
                <b>{number(of.total)}</b>
              </td>
              <td colSpan={3} class="quiet">
                {say('makeup.about', { usual: of.usualTotal / Math.max(1, of.usualTicks), ticks: of.usualTicks })}
              </td>
            </tr>
          </tfoot>
        </table>
      </Scroll>
      {(of.late > 0 || (of.retracted ?? 0) > 0) && (
        <p class="quiet">{say('makeup.late', { late: of.late, retracted: of.retracted ?? '–' })}</p>
      )}
    </>
  )
}
