/**
 * The fold once more, written from docs/fold.md as plainly as it can be: Maps, arrays and JSON.parse, nothing shared with src/. Slow, and
 * easy to believe. Features and probabilities come from models/, since there is one function for them on purpose.
 *
 * Known and meant: inside the fold the horizon, tombstones and grades go by whole hours; a retraction whose own id is an event's (or
 * an event whose id is a retraction's) is a conflict unless it is absorbed anyway; a retraction within a tick is counted at the
 * place and grade of that moment. The cap of 65,536 facts is not modelled here.
 */
import {
  type GradeSlice,
  hourOf,
  logAmountHundredths,
  packedHourMax,
  packGrade,
  packWord2,
  packWord3,
  packWord4,
} from '../../models/facts.ts'
import { featureFill } from '../../models/features.ts'
import type { RiskModel } from '../../models/risk/riskModel.ts'
import { Command } from '../../streams/commands.ts'
import { CreditGrade, Enterprise, placePrefix, RiskEvent } from '../../streams/contracts.ts'
import { hash64 } from '../../streams/hash.ts'
import type { Fate } from '../../streams/outputs.ts'
import type { Profile } from '../../streams/profile.ts'
import type { FoldedTopic } from '../../streams/topics.ts'
import type { CodeTree } from '../../streams/tree.ts'

export type OracleTopic = FoldedTopic
export type OracleRecord = { topic: OracleTopic; key: string | null; timeMs: number; bytes: Uint8Array }
export type OracleSetting = { profile: Profile; model: RiskModel | null; beatMs: number }

/** A tick as the cells see it. Keys are codes: `P1|X|A|CMP.COMPLAINT`, `P1|X|A|from:hotline`, `P|X` for nodes, `P1|X|A|low` for stock. */
export type OracleTick = {
  counts: Map<string, number>
  nodes: Map<string, { events: number; enterprises: number; squares: number }>
  stock: Map<string, number>
  /** Scored enterprises of the stock, their log-odds in thousandths, their probabilities in millionths: `P1|X|A|enterprises`. */
  risk: Map<string, number>
  late: Map<string, number>
  arrivals: Map<string, number>
  closed: boolean
}
export type OracleScore = {
  enterpriseId: string
  beat: number
  tick: number
  probability: number
  band: string
  bandBefore: string
  grade: string
  cause: 'records' | 'time'
}
export type OracleResult = {
  /** By position in the records given. */
  fates: { fate: Fate; code: string | undefined }[]
  ticks: Map<number, OracleTick>
  scores: OracleScore[]
}

const horizonHours = 5 * 365.25 * 24
const futureMs = 5 * 60_000
const bytesMax = 256 * 1024
const gradesKept = 16
const placesKept = 4
const slices = 30

type Place = { region: number; industry: number }
type Kept = { hour: number; type: number; severity: number; amount: number; source: number; own: Place }
type Fact = { hash: bigint; kept: Kept; tick: number; fresh: boolean }
type Event = Omit<Fact, 'tick' | 'fresh'> & {
  position: number
  occurredMs: number
  retracts: bigint | undefined
  bytes: Uint8Array
}
type Tombstone = { own: bigint; target: bigint; lastHour: number }
type Row = {
  id: string
  isPlace: boolean
  registered: boolean
  closed: boolean
  /** Ascending by tick; the first holds since ever. */
  places: { tick: number; place: Place }[]
  grades: { hour: number; grade: number; tick: number }[]
  facts: Fact[]
  tombstones: Tombstone[]
  band: number
  published: number
  /** In thousandths, as of the last scoring. */
  logOdds: number | undefined
  touchedTick: number | undefined
}
type Time = { beat: number; tick: number; endMs: number; hour: number }

export function oracle(records: readonly OracleRecord[], { profile, model, beatMs }: OracleSetting): OracleResult {
  const { calendar } = profile
  const rows = new Map<string, Row>()
  const fates: OracleResult['fates'] = records.map(() => ({ fate: 'dead', code: 'never folded' }))
  const ticks = new Map<number, OracleTick>()
  const scores: OracleScore[] = []
  const commandsSeen = new Set<string>()
  const fill = model === null ? undefined : featureFill(featureProfileOf(profile), model.featureNames)

  const byBeat = groupByBeat(records, beatMs)
  const recordBeats = [...byBeat.keys()].sort((a, b) => a - b)
  if (recordBeats.length === 0) return { fates, ticks, scores }
  const lastBeat = recordBeats[recordBeats.length - 1]
  let tick = calendar.tickOf(recordBeats[0] * beatMs)
  for (const beat of withTickEnds(recordBeats, lastBeat)) {
    tick = calendar.tickOf(beat * beatMs)
    foldBeat(beat)
  }
  if (!tickOf(tick).closed) count(tick)
  return { fates, ticks, scores }

  function withTickEnds(beats: readonly number[], last: number): number[] {
    const all = new Set(beats)
    const endOf = (at: number): number => calendar.endMs(at) / beatMs - 1
    for (let at = calendar.tickOf(beats[0] * beatMs); endOf(at) <= last; at++) all.add(endOf(at))
    return [...all].sort((a, b) => a - b)
  }

  function foldBeat(beat: number): void {
    const endMs = (beat + 1) * beatMs
    const time: Time = { beat, tick, endMs, hour: hourOf(endMs) }
    const touched = new Set<Row>()
    const positions = byBeat.get(beat) ?? []
    const of = (topic: OracleTopic): number[] => positions.filter((at) => records[at].topic === topic)
    for (const at of of('commands')) fates[at] = commandFate(records[at].bytes)
    for (const at of of('enterprises')) fates[at] = enterprise(at, time, touched)
    for (const at of of('credit-grades')) fates[at] = grade(at, time, touched)
    const admitted = of('risk-events').flatMap((at) => admit(at, time))
    for (const { row, event } of admitted.sort(byFoldOrder)) keep(row, event, time, touched)
    for (const row of touched) {
      row.touchedTick = tick
      score(row, time, 'records')
    }
    if (endMs !== calendar.endMs(tick)) return
    for (const row of rows.values()) if (isRescored(row)) score(row, time, 'time')
    count(tick)
    tickOf(tick).closed = true
  }

  function commandFate(bytes: Uint8Array): { fate: Fate; code: string | undefined } {
    const json = parse(bytes)
    if (typeof json === 'string') return dead(json)
    const command = Command.safeParse(json)
    if (!command.success) return dead('FW_RECORD_INVALID')
    if (commandsSeen.has(command.data.id)) return plain('duplicate')
    commandsSeen.add(command.data.id)
    return plain('applied')
  }

  function enterprise(at: number, time: Time, touched: Set<Row>): { fate: Fate; code: string | undefined } {
    const json = parse(records[at].bytes)
    if (typeof json === 'string') return dead(json)
    const { data } = Enterprise.safeParse(json)
    if (data === undefined) return dead('FW_RECORD_INVALID')
    if (!profile.idPattern.test(data.id)) return dead('FW_ENTERPRISE_ID')
    if (records[at].key !== data.id) return dead('FW_MISROUTED')
    const row = rowOf(data.id)
    const place = { region: profile.regions.find(data.region), industry: profile.industries.find(data.industry) }
    const closed = data.status === 'closed'
    if (row.registered && row.closed === closed && samePlace(placeNow(row), place)) return plain('duplicate')
    if (!samePlace(placeNow(row), place)) {
      row.places = [...row.places.filter((one) => one.tick < time.tick), { tick: time.tick, place }].slice(-placesKept)
    }
    row.registered = true
    row.closed = closed
    touched.add(row)
    return plain('applied')
  }

  function grade(at: number, time: Time, touched: Set<Row>): { fate: Fate; code: string | undefined } {
    const json = parse(records[at].bytes)
    if (typeof json === 'string') return dead(json)
    const { data } = CreditGrade.safeParse(json)
    if (data === undefined) return dead('FW_RECORD_INVALID')
    if (!profile.idPattern.test(data.enterpriseId)) return dead('FW_ENTERPRISE_ID')
    if (records[at].key !== data.enterpriseId) return dead('FW_MISROUTED')
    const index = data.grade === 'none' ? undefined : profile.gradeIndex.get(data.grade)
    if (index === undefined) return dead('FW_GRADE_UNKNOWN')
    const row = rowOf(data.enterpriseId)
    const hour = Math.max(0, Math.min(packedHourMax, hourOf(Date.parse(data.effectiveAt))))
    const before = row.grades.filter((one) => one.hour <= hour)
    const after = row.grades.filter((one) => one.hour > hour)
    const latest = before.at(-1)
    if (latest !== undefined && latest.hour === hour && latest.grade === index) return plain('duplicate')
    if (before.length === 0 && row.grades.length === gradesKept) return plain('absorbed')
    row.grades = [...before, { hour, grade: index, tick: time.tick }, ...after].slice(-gradesKept)
    touched.add(row)
    return plain('applied')
  }

  /** The event, if its record is one that may be kept; its fate else. */
  function admit(at: number, time: Time): { row: Row; event: Event }[] {
    const record = records[at]
    const json = parse(record.bytes)
    const refuse = (code: string): [] => {
      fates[at] = dead(code)
      return []
    }
    if (typeof json === 'string') return refuse(json)
    const { data } = RiskEvent.safeParse(json)
    if (data === undefined) return refuse('FW_RECORD_INVALID')
    const isPlace = data.enterpriseId.startsWith(placePrefix)
    if (!isPlace && !profile.idPattern.test(data.enterpriseId)) return refuse('FW_ENTERPRISE_ID')
    if (record.key !== data.enterpriseId) return refuse('FW_MISROUTED')
    const type = profile.typeIndex.get(data.type)
    if (type === undefined) return refuse('FW_EVENT_UNKNOWN_TYPE')
    const occurredMs = Date.parse(data.occurredAt)
    const hour = hourOf(occurredMs)
    if (data.retracts === data.id) return refuse('FW_RECORD_INVALID')
    if (hour < 0 || time.hour - hour > horizonHours) return refuse('FW_EVENT_TOO_OLD')
    if (occurredMs > time.endMs + futureMs) return refuse('FW_EVENT_FUTURE')
    const source = data.source === undefined ? 0 : (profile.sourceIndex.get(data.source) ?? 0)
    const own = {
      region: data.region === undefined ? 0 : profile.regions.find(data.region),
      industry: data.industry === undefined ? 0 : profile.industries.find(data.industry),
    }
    const amount = data.amount === undefined ? 0 : logAmountHundredths(data.amount)
    const kept = { hour, type, severity: data.severity ?? profile.types[type].severity, amount, source, own }
    const retracts = data.retracts === undefined ? undefined : hashOf(data.retracts)
    const row = rowOf(data.enterpriseId)
    const event = { hash: hashOf(data.id), kept, position: at, occurredMs, retracts, bytes: record.bytes }
    return [{ row, event }]
  }

  function keep(row: Row, event: Event, time: Time, touched: Set<Row>): void {
    const region = event.kept.own.region || placeNow(row).region
    add(tickOf(tick).arrivals, `${profile.sources[event.kept.source]}|${leafCode(profile.regions, region)}`, 1)
    const fate =
      event.retracts === undefined ? keepEvent(row, event, time) : keepRetraction(row, event, event.retracts, time)
    fates[event.position] = { fate, code: fate === 'conflict' ? 'FW_EVENT_CONFLICT' : undefined }
    if (fate === 'applied' || fate === 'stale' || fate === 'retraction') touched.add(row)
  }

  function keepEvent(row: Row, event: Event, time: Time): Fate {
    const tombstones = row.tombstones.filter((one) => time.hour - one.lastHour <= horizonHours)
    if (tombstones.some((one) => one.target === event.hash && event.kept.hour <= one.lastHour)) return 'absorbed'
    const known = visible(row, time.hour).find((one) => one.hash === event.hash)
    if (known !== undefined) return compareKept(known.kept, event.kept) === 0 ? 'duplicate' : 'conflict'
    if (tombstones.some((one) => one.own === event.hash)) return 'conflict'
    const fresh = time.endMs - event.occurredMs <= profile.types[event.kept.type].freshMsMax
    row.facts.push({ hash: event.hash, kept: event.kept, tick: time.tick, fresh })
    return fresh ? 'applied' : 'stale'
  }

  function keepRetraction(row: Row, event: Event, target: bigint, time: Time): Fate {
    const tombstones = row.tombstones.filter((one) => time.hour - one.lastHour <= horizonHours)
    if (tombstones.some((one) => one.target === target || one.own === target)) return 'absorbed'
    const facts = visible(row, time.hour)
    if (facts.some((one) => one.hash === event.hash)) return 'conflict'
    const fact = facts.find((one) => one.hash === target)
    if (fact !== undefined) {
      row.facts = row.facts.filter((one) => one !== fact)
      takeBack(row, fact)
    }
    row.tombstones.push({ own: event.hash, target, lastHour: hourOf(time.endMs + futureMs) })
    return 'retraction'
  }

  function takeBack(row: Row, fact: Fact): void {
    const cell = `${leafOf(row, fact, fact.tick)}|${profile.grades[gradeAt(row, fact.tick)]}`
    if (fact.tick === tick) {
      add(tickOf(tick).counts, `${cell}|retracted`, 1)
      return
    }
    add(tickOf(tick).late, `${fact.tick}|${cell}|retracted`, 1)
    if (fact.fresh) add(tickOf(tick).late, `${fact.tick}|${cell}|${profile.types[fact.kept.type].code}`, -1)
  }

  function isRescored(row: Row): boolean {
    if (row.isPlace) return false
    const begins = row.grades.some((one) => one.tick < tick && tickOfGrade(one.hour) === tick)
    const isTurn = Number(hashOf(row.id) % BigInt(slices)) === ((tick % slices) + slices) % slices
    return row.touchedTick === tick || row.band > 0 || begins || isTurn
  }

  /** The tick at whose end a grade is first in force: one that begins with the next tick's first instant is in force at this one's end. */
  function tickOfGrade(hour: number): number {
    return calendar.tickOf((hour - hourOf(0)) * 3_600_000 - 1)
  }

  function score(row: Row, time: Time, cause: 'records' | 'time'): void {
    if (model === null || fill === undefined || row.isPlace) return
    const facts = visible(row, time.hour).sort((a, b) => a.kept.hour - b.kept.hour || compare(a.hash, b.hash))
    const features = new Float64Array(model.featureNames.length)
    const words = Int32Array.from(facts.flatMap(factWords))
    const slice = { words, offset: 0, count: facts.length, stride: 5 }
    fill(features, {
      facts: slice,
      grades: gradeSlice(row),
      asOfHour: time.hour,
      context: { peers: undefined, ofPlace: new Float64Array(0) },
    })
    const probability = model.score(features)
    row.logOdds = probability === undefined ? undefined : Math.round(1000 * Math.log(probability / (1 - probability)))
    if (probability === undefined) return
    const { bands, bandHysteresis, scoreStepMin } = profile.file
    let band = row.band
    while (band < model.bandEdges.length && probability >= model.bandEdges[band]) band++
    while (band > 0 && probability < model.bandEdges[band - 1] - bandHysteresis) band--
    if (band === row.band && Math.abs(probability - row.published) < scoreStepMin) return
    const [code, bandBefore] = [bands[band].code, bands[row.band].code]
    const gradeCode = profile.grades[gradeAt(row, tick)]
    scores.push({
      enterpriseId: row.id,
      beat: time.beat,
      tick,
      probability,
      band: code,
      bandBefore,
      grade: gradeCode,
      cause,
    })
    row.band = band
    row.published = Math.fround(probability)
  }

  /** Counts the tick from nothing: every fact that is still there, at the place and grade of the tick's end. */
  function count(of: number): void {
    const { counts, nodes, stock, risk } = tickOf(of)
    for (const row of rows.values()) {
      const mine = new Map<string, number>()
      for (const fact of row.facts.filter((one) => one.tick === of)) {
        const cell = `${leafOf(row, fact, of)}|${profile.grades[gradeAt(row, of)]}`
        const type = profile.types[fact.kept.type]
        add(counts, `${cell}|from:${profile.sources[fact.kept.source]}`, 1)
        add(counts, `${cell}|${fact.fresh ? type.code : 'stale'}`, 1)
        if (fact.fresh && type.judged) for (const node of nodesAbove(placeOf(row, fact, of))) add(mine, node, 1)
      }
      for (const [node, events] of mine) {
        const sum = nodes.get(node) ?? { events: 0, enterprises: 0, squares: 0 }
        nodes.set(node, {
          events: sum.events + events,
          enterprises: sum.enterprises + (row.isPlace ? 0 : 1),
          squares: sum.squares + (row.isPlace ? 0 : events * events),
        })
      }
      if (row.registered && !row.closed) {
        const band = profile.file.bands[row.band].code
        const home = `${cellCode(placeAt(row, of))}|${profile.grades[gradeAt(row, of)]}`
        add(stock, `${home}|${band}`, 1)
        if (row.logOdds !== undefined) {
          add(risk, `${home}|enterprises`, 1)
          add(risk, `${home}|logOdds`, row.logOdds)
          add(risk, `${home}|probability`, Math.round(1e6 / (1 + Math.exp(-row.logOdds / 1000))))
        }
      }
    }
  }

  function nodesAbove({ region, industry }: Place): string[] {
    const { regionLevels, industryLevels } = profile.file.warnings
    const above = judgedAbove(profile.regions, leaf(profile.regions, region), regionLevels)
    const beside = judgedAbove(profile.industries, leaf(profile.industries, industry), industryLevels)
    return above.flatMap((a) => beside.map((b) => `${a}|${b}`))
  }

  function leafOf(row: Row, fact: Fact, of: number): string {
    return cellCode(placeOf(row, fact, of))
  }

  function placeOf(row: Row, { kept: { own } }: Fact, of: number): Place {
    const place = placeAt(row, of)
    return { region: own.region || place.region, industry: own.industry || place.industry }
  }

  function cellCode({ region, industry }: Place): string {
    return `${leafCode(profile.regions, region)}|${leafCode(profile.industries, industry)}`
  }

  function gradeAt(row: Row, of: number): number {
    const end = hourOf(calendar.endMs(of))
    return row.grades.filter((one) => one.hour <= end && one.tick <= of).at(-1)?.grade ?? 0
  }

  function rowOf(id: string): Row {
    const known = rows.get(id)
    if (known) return known
    const isPlace = id.startsWith(placePrefix)
    const unknown = profile.regions.find('UNKNOWN')
    const place = { region: isPlace ? profile.regions.find(id.slice(placePrefix.length)) : unknown, industry: unknown }
    const places = [{ tick: Number.NEGATIVE_INFINITY, place }]
    const empty = {
      registered: false,
      closed: false,
      band: 0,
      published: 0,
      logOdds: undefined,
      touchedTick: undefined,
    }
    const row: Row = { id, isPlace, places, grades: [], facts: [], tombstones: [], ...empty }
    rows.set(id, row)
    return row
  }

  function tickOf(of: number): OracleTick {
    const known = ticks.get(of)
    if (known) return known
    const map = (): Map<string, number> => new Map()
    const sums = { counts: map(), nodes: new Map(), stock: map(), risk: map(), late: map(), arrivals: map() }
    const made = { ...sums, closed: false }
    ticks.set(of, made)
    return made
  }
}

/** A record's beat: that of its log time, or of the latest one before it in its partition. */
function groupByBeat(records: readonly OracleRecord[], beatMs: number): Map<number, number[]> {
  const latest = new Map<string, number>()
  const found = new Map<number, number[]>()
  for (const [at, { topic, timeMs }] of records.entries()) {
    latest.set(topic, Math.max(latest.get(topic) ?? Number.NEGATIVE_INFINITY, timeMs))
    const beat = Math.floor((latest.get(topic) ?? timeMs) / beatMs)
    found.set(beat, [...(found.get(beat) ?? []), at])
  }
  return found
}

/** Events by (enterprise id, id hash, kept fields), then retractions by (enterprise id, target, own id); what is the same by its bytes. */
function byFoldOrder(a: { row: Row; event: Event }, b: { row: Row; event: Event }): number {
  const [x, y] = [a.event, b.event]
  if ((x.retracts === undefined) !== (y.retracts === undefined)) return x.retracts === undefined ? -1 : 1
  if (a.row !== b.row) return a.row.id < b.row.id ? -1 : 1
  const byTarget = compare(x.retracts ?? 0n, y.retracts ?? 0n)
  const byKept = x.retracts === undefined ? compareKept(x.kept, y.kept) : 0
  return byTarget || compare(x.hash, y.hash) || byKept || Buffer.compare(x.bytes, y.bytes)
}

function compareKept(a: Kept, b: Kept): number {
  const fields = ({ hour, type, severity, amount, source, own }: Kept): number[] => [
    hour,
    type,
    severity,
    amount,
    source,
    own.region,
    own.industry,
  ]
  const [x, y] = [fields(a), fields(b)]
  return x.map((value, at) => value - y[at]).find((difference) => difference !== 0) ?? 0
}

function visible(row: Row, hour: number): Fact[] {
  return row.facts.filter((fact) => hour - fact.kept.hour <= horizonHours)
}

function placeAt(row: Row, tick: number): Place {
  return (row.places.filter((one) => one.tick <= tick).at(-1) ?? row.places[0]).place
}
function placeNow(row: Row): Place {
  return row.places[row.places.length - 1].place
}
function samePlace(a: Place, b: Place): boolean {
  return a.region === b.region && a.industry === b.industry
}

/** The leaf at which a node counts: cut at the deepest judged level; an inner node counts at its own UNKNOWN, the root at UNKNOWN. */
function leaf(tree: CodeTree, node: number): number {
  let at = tree.nodes[node]
  if (at.depth === 0) return tree.find('UNKNOWN')
  while (at.depth > tree.cutDepth) at = tree.nodes[at.parent]
  const unknown = `${at.code}/UNKNOWN`
  return tree.has(unknown) ? tree.find(unknown) : at.index
}
function leafCode(tree: CodeTree, node: number): string {
  return tree.nodes[leaf(tree, node)].code
}

/** Codes of the judged nodes above a leaf, and the root's. */
function judgedAbove(tree: CodeTree, leafNode: number, levels: readonly string[]): string[] {
  const found = ['']
  for (let at = tree.nodes[leafNode]; at.depth > 0; at = tree.nodes[at.parent]) {
    if (levels.includes(tree.levels[at.depth - 1]) && !at.code.endsWith('UNKNOWN')) found.push(at.code)
  }
  return found
}

function parse(bytes: Uint8Array): object | string {
  if (bytes.length > bytesMax) return 'FW_RECORD_TOO_LARGE'
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : 'FW_RECORD_NOT_JSON'
  } catch {
    return 'FW_RECORD_NOT_JSON'
  }
}

function factWords({ hash, kept, tick }: Fact): number[] {
  const { hour, type, severity, amount, source, own } = kept
  const [high, low] = [Number(hash >> 32n), Number(hash & 0xffff_ffffn)]
  const place = packWord4(amount, own.region, own.industry)
  return [high, low, packWord2(hour, type, severity), packWord3(source, own.region) | (tick << 12), place]
}
function gradeSlice(row: Row): GradeSlice {
  const words = Int32Array.from(row.grades.flatMap((one) => [packGrade(one.hour, one.grade), one.tick]))
  return { words, offset: 0, count: row.grades.length }
}

function featureProfileOf(profile: Profile) {
  return {
    groups: profile.groups,
    groupOfType: profile.types.map((type) => type.group),
    halfLivesDays: profile.file.halfLivesDays,
    grades: profile.grades,
    horizonHours,
    declared: [],
  }
}

function hashOf(text: string): bigint {
  const { high, low } = hash64(text)
  return (BigInt(high) << 32n) | BigInt(low)
}
function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
function add(map: Map<string, number>, key: string, delta: number): void {
  const sum = (map.get(key) ?? 0) + delta
  if (sum === 0) map.delete(key)
  else map.set(key, sum)
}
function plain(fate: Fate): { fate: Fate; code: string | undefined } {
  return { fate, code: undefined }
}
function dead(code: string): { fate: Fate; code: string | undefined } {
  return { fate: 'dead', code }
}
