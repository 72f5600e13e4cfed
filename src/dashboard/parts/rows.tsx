/** Rows of warnings, each patched in place; related ones stand below the one that they follow from. */
import type { WarningRow } from '../../serve/contracts.ts'
import { at } from '../address.ts'
import { number, say, sentence, tickName } from '../language.ts'
import { Level } from './mark.tsx'
import { Spark } from './spark.tsx'

export type Family = { head: WarningRow; below: WarningRow[] }

const placeKey = ({ region, industry }: { region: string; industry: string }): string => `${region}|${industry}`

/** Rows in their order; one that another row of the list explains stands below that one. */
export function families(rows: readonly WarningRow[]): Family[] {
  const heads = new Map<string, Family>()
  for (const row of rows) {
    const explainer = row.explainedBy === null ? undefined : placeKey(row.explainedBy)
    const isBelow =
      explainer !== undefined &&
      rows.some((one) => one !== row && placeKey(one) === explainer && one.explainedBy === null)
    if (!isBelow && !heads.has(placeKey(row))) heads.set(placeKey(row), { head: row, below: [] })
    else if (!isBelow) heads.get(placeKey(row))?.below.push(row)
  }
  for (const row of rows) {
    if (row.explainedBy === null) continue
    const family = heads.get(placeKey(row.explainedBy))
    if (family !== undefined && family.head !== row && !family.below.includes(row)) family.below.push(row)
  }
  return [...heads.values()]
}

/** What became of it last: raised, up, down, calm again. */
export function Move({ row, since }: { row: WarningRow; since: string | null }) {
  const isFresh = since !== null && row.tick >= since
  if (row.calmAgain) return <span class="tag">{say('move.calm')}</span>
  if (isFresh && row.levelBefore === 'calm') return <span class="tag strong">{say('move.new')}</span>
  if (isFresh && row.risen) return <span class="tag strong">↑ {say('move.risen')}</span>
  return null
}

export function Figures({ row }: { row: WarningRow }) {
  const isRisk = row.statistic === 'risk'
  return (
    <span class="figures pair">
      <b>{number(row.observed)}</b>
      <span class="quiet">
        {' '}
        / {number(row.expected)}
        <span class="hidden"> {say(isRisk ? 'row.riskFigures' : 'row.countFigures')}</span>
      </span>
    </span>
  )
}

/** One line of a list: what, how much, since when. The whole row leads to the warning. */
export function Line({ row, since }: { row: WarningRow; since: string | null }) {
  return (
    <article class={`line line-${row.level}`} data-id={row.id}>
      <Level level={row.level} />
      <h3>
        <a href={at(`/warnings/${encodeURIComponent(row.id)}`)}>{sentence(row.sentences)}</a>
        <Move row={row} since={since} />
        <Tags row={row} />
      </h3>
      <Figures row={row} />
      <Spark values={row.spark} />
      <span class="quiet since">{say('row.since', { tick: tickName(row.raised) })}</span>
    </article>
  )
}

/** What else is to be known of a row, in a word each. */
export function Tags({ row }: { row: WarningRow }) {
  return (
    <>
      {row.early && <span class="tag">{say('row.early')}</span>}
      {row.amended && <span class="tag">{say('row.amended')}</span>}
      {row.held && <span class="tag">{say('row.held')}</span>}
      <Kind row={row} />
    </>
  )
}

/** What kind of rise it is; of many enterprises is what one expects, and not said. */
export function Kind({ row: { kind } }: { row: WarningRow }) {
  return kind === null || kind === 'many-enterprises' ? null : <span class="tag">{say(`kind.${kind}`)}</span>
}
