/** One paragraph for a message: of a warning, or of the day. */
import type { Breakdown, Overview, WarningDetail } from '../../serve/contracts.ts'
import { number, percent, say, sentence, tickName } from '../language.ts'
import { warned } from '../parts/mark.tsx'
import { evidenceOf } from '../warning/why.tsx'

export function warningText(detail: WarningDetail | undefined, breakdown: Breakdown | undefined): string {
  if (detail === undefined) return ''
  const { row } = detail
  const evidence = evidenceOf(detail)
  const most = [...(breakdown?.type ?? [])].sort((a, b) => b.excess - a.excess)[0]
  return paragraph([
    `${say(`level.${row.level}`)}: ${sentence(row.sentences)}`,
    evidence.kind === 'count'
      ? say('why.observedExpected', { observed: evidence.of.count, expected: evidence.of.expected })
      : '',
    most === undefined
      ? ''
      : say('brief.most', {
          name: sentence(most.names),
          count: most.count,
          share: percent(most.share),
          usual: percent(most.usualShare),
        }),
    say('warning.raised', { tick: tickName(row.raised, { year: true }) }),
    detail.silent.length === 0 ? say('brief.allHeard') : '',
    row.id,
  ])
}

export function dayText(of: Overview | undefined, tick: string): string {
  if (of === undefined) return ''
  const levels = warned.map((level) => `${say(`level.${level}`)} ${number(of.standing[level])}`).join(say('list.comma'))
  const rows = of.rows.slice(0, 3).map(({ sentences }) => sentence(sentences))
  return paragraph([`${tickName(tick, { year: true })}: ${levels}`, say('today.moves', of.moves), ...rows])
}

/** Sentences one after another, each with one stop, whether it came with its own or not. */
const paragraph = (parts: readonly string[]): string =>
  parts
    .filter((part) => part !== '')
    .map((part) => part.replace(/[.。]$/, ''))
    .join(say('brief.stop'))
