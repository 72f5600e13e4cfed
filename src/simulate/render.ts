/** Rows as the JSON text that a sender would send. Codes are quoted once; times are written digit by digit, since this is the hot path. */
import { placePrefix } from '../../streams/contracts.ts'
import { type CodeTree, rootIndex, unknownIndex } from '../../streams/tree.ts'
import { dayMs } from '../limits.ts'
import { malformed } from './flaws/malformed.ts'
import { authorityOf } from './ids.ts'
import type { Plan } from './plan.ts'
import { flags, kinds, type Row } from './queue.ts'

/** One record as it becomes known. `isObject`: the text is a JSON object, so that a file may add `knownAt` to it. */
export type SimulatedRecord = {
  topic: 'enterprises' | 'credit-grades' | 'risk-events'
  key: string | null
  knownAtMs: number
  text: string
  isObject: boolean
}

const unlistedRegion = '999999'
const unlistedIndustry = '9999'
const unlistedType = 'XXX.UNLISTED'
const sizes = ['micro', 'micro', 'micro', 'small', 'small', 'medium', 'large'] as const
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
const datesKept = 4096

/** `2026-08-03T09:15:00Z`, with dates remembered. */
export function isoSeconds(): (sec: number) => string {
  const dates = new Map<number, string>()
  const dateOf = (day: number): string => {
    const known = dates.get(day)
    if (known !== undefined) return known
    if (dates.size >= datesKept) dates.clear()
    const date = new Date(day * dayMs).toISOString().slice(0, 11)
    dates.set(day, date)
    return date
  }
  return (sec) => {
    const day = Math.floor(sec / 86_400)
    const rest = sec - day * 86_400
    const hour = Math.floor(rest / 3600)
    const minute = Math.floor((rest - hour * 3600) / 60)
    return `${dateOf(day)}${twoDigits[hour]}:${twoDigits[minute]}:${twoDigits[rest % 60]}Z`
  }
}

function quotedCodes(tree: CodeTree, unlisted: string): string[] {
  return tree.nodes.map((node) => JSON.stringify(node.index === unknownIndex ? unlisted : node.code))
}

export type Renderer = {
  idOf(enterprise: number): string
  enterprise(enterprise: number, region: number, knownAtMs: number, closed: boolean): SimulatedRecord
  grade(enterprise: number, grade: number, effectiveSec: number, knownAtMs: number): SimulatedRecord
  event(row: Row): SimulatedRecord
}

export function renderer(plan: Plan): Renderer {
  const { profile, population } = plan
  const { regions, industries } = profile
  const regionCodes = quotedCodes(regions, unlistedRegion)
  const industryCodes = quotedCodes(industries, unlistedIndustry)
  const types = profile.types.map((type) => JSON.stringify(type.code))
  const sources = plan.sources.map((source) =>
    source === 0 ? '' : `,"source":${JSON.stringify(profile.sources[source])}`,
  )
  const grades = profile.grades.map((grade) => JSON.stringify(grade))
  const authorities = regions.nodes.map(({ index }) => authorityOf(profile, index))
  const prefix = `${plan.options.seed.toString(36)}-`
  const iso = isoSeconds()

  const idOf = (enterprise: number): string =>
    plan.ids(enterprise, authorities[enterprise < population.size ? population.region[enterprise] : rootIndex])
  const recordId = (sequence: number): string => prefix + sequence.toString(36)

  function holder(row: Row): string {
    if ((row.flags & flags.place) === 0) return idOf(row.enterprise)
    return placePrefix + (row.region === unknownIndex ? unlistedRegion : regions.nodes[row.region].code)
  }

  function fields(row: Row): string {
    let text = (row.flags & flags.noSource) === 0 ? sources[row.type] : ''
    if (row.flags & flags.severity) text += `,"severity":${row.severity}`
    if (row.flags & flags.amount) text += `,"amount":${row.amount}`
    if (row.region !== 0) text += `,"region":${regionCodes[row.region]}`
    if (row.industry !== 0) text += `,"industry":${industryCodes[row.industry]}`
    return row.kind === kinds.retraction ? `${text},"retracts":"${recordId(row.target)}"` : text
  }

  function event(row: Row): SimulatedRecord {
    const { knownAtMs } = row
    const id = recordId(row.sequence)
    if (row.kind === kinds.malformed) {
      const parts = { id, enterpriseId: idOf(row.enterprise), type: profile.types[0].code, knownAtMs }
      const { text, isObject } = malformed(row.type, parts)
      return { topic: 'risk-events', key: isObject ? parts.enterpriseId : null, knownAtMs, text, isObject }
    }
    const key = holder(row)
    const type = row.flags & flags.unknownType ? `"${unlistedType}"` : types[row.type]
    const text = `{"id":"${id}","enterpriseId":"${key}","type":${type},"occurredAt":"${iso(row.occurredSec)}"${fields(row)}}`
    return { topic: 'risk-events', key, knownAtMs, text, isObject: true }
  }

  function enterprise(one: number, region: number, knownAtMs: number, closed: boolean): SimulatedRecord {
    const key = idOf(one)
    const year = 1990 + ((one * 7919) % 35)
    const place = `"region":${regionCodes[region]},"industry":${industryCodes[population.industry[one]]}`
    const status = closed ? 'closed' : 'active'
    const text = `{"id":"${key}",${place},"name":"Enterprise ${one + 1}","since":"${year}","size":"${sizes[one % sizes.length]}","status":"${status}"}`
    return { topic: 'enterprises', key, knownAtMs, text, isObject: true }
  }

  function grade(one: number, index: number, effectiveSec: number, knownAtMs: number): SimulatedRecord {
    const key = idOf(one)
    const text = `{"enterpriseId":"${key}","grade":${grades[index]},"effectiveAt":"${iso(effectiveSec)}"}`
    return { topic: 'credit-grades', key, knownAtMs, text, isObject: true }
  }

  return { idOf, enterprise, grade, event }
}
