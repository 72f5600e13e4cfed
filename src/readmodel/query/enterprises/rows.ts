/** Rows of enterprises, and the facts of theirs that counted. */
import { z } from 'zod'
import { msOfHour } from '../../../../models/facts.ts'
import type { Row } from '../../store.ts'
import { numberIn, numberOrNull, textIn, textOrNull } from '../../values.ts'
import type { Model } from '../ask.ts'

export type EnterpriseRow = {
  id: string
  name: string | null
  region: string | null
  industry: string | null
  grade: string | null
  band: string | null
  probability: number | null
}
export type Fact = {
  type: string
  source: string
  fresh: boolean
  occurredAt: string
  tick: string
  region: string
  industry: string
  idHash: string
}

const Facts = z.array(z.tuple([z.string(), z.string(), z.union([z.literal(0), z.literal(1)]), z.int(), z.string()]))

export function enterpriseRow(row: Row): EnterpriseRow {
  const text = (name: string): string | null => textOrNull(row, name)
  return {
    id: textIn(row, 'id'),
    ...{
      name: text('name'),
      region: text('region'),
      industry: text('industry'),
      grade: text('grade'),
      band: text('band'),
    },
    probability: numberOrNull(row, 'probability'),
  }
}

/** Facts of a row of contributions. */
export function factsOf({ editions }: Model, row: Row): Fact[] {
  const tick = editions.profile.calendar.label(numberIn(row, 'tick'))
  const [region, industry] = [textIn(row, 'region'), textIn(row, 'industry')]
  return Facts.parse(JSON.parse(textIn(row, 'facts'))).map(([type, source, fresh, hour, idHash]) => {
    return {
      type,
      source,
      fresh: fresh === 1,
      occurredAt: new Date(msOfHour(hour)).toISOString(),
      tick,
      region,
      industry,
      idHash,
    }
  })
}

/** Whether a fact is among those that are judged: fresh, and of a judged type, of a group where one is named. */
export function isCounted({ editions }: Model, { type, fresh }: Fact, group: string | undefined): boolean {
  const { types, typeIndex, groups } = editions.profile
  const index = typeIndex.get(type)
  return (
    fresh && index !== undefined && types[index].judged && (group === undefined || groups[types[index].group] === group)
  )
}
