/**
 * Training rows and their labels once more, straight from the records and their fates: who is asked about at the end of which tick, and
 * what came of it by the instant at which the label is settled. As plain as it can be, and nothing shared with src/.
 */
import { RiskEvent } from '../../streams/contracts.ts'
import type { Profile } from '../../streams/profile.ts'
import { bytesOf, type TestRecord } from './fold.ts'
import { oracle } from './oracle.ts'

const dayMs = 86_400_000

/** One row that must be there; `event` is the one whose result the label is, if it is one. */
export type WantedRow = { tick: number; id: string; label: 0 | 1; event: string | undefined }

/** An event that was kept, or a retraction; `knownMs` is the end of its beat. */
type Told = { event: RiskEvent; occurredMs: number; knownMs: number }
type Happened = Told & { goneMs: number }

/** All rows of a log that is folded to its end, in the order (tick, id); from its first tick on, or a later one. */
export function wantedRows(
  records: readonly TestRecord[],
  profile: Profile,
  { beatMs, fromTick }: { beatMs: number; fromTick?: number },
): WantedRow[] {
  const { calendar, types } = profile
  const { label } = profile.file
  if (label.kind === 'none') return []
  const { entries, happened } = told(records, profile, beatMs)
  const withinMs = label.kind === 'outcome-within' ? label.days * dayMs : calendar.tickMs
  const typesOf =
    label.kind === 'outcome-within' ? types.filter((type) => type.outcome).map(({ code }) => code) : label.of
  const positive = label.kind === 'outcome-within' ? typesOf : label.positive
  const stepTicks = label.kind === 'outcome-within' ? label.gridTicks : 1
  const settledMs = (tick: number): number => calendar.endMs(tick) + withinMs + label.delayDays * dayMs
  const lastMs = (Math.floor(records[records.length - 1].timeMs / beatMs) + 1) * beatMs
  const closedMs = calendar.startMs(calendar.tickOf(lastMs))
  const rows: WantedRow[] = []
  for (let tick = fromTick ?? calendar.tickOf(records[0].timeMs); settledMs(tick) <= closedMs; tick += stepTicks) {
    const fromMs = calendar.endMs(tick)
    const came = happened.filter(
      ({ event, occurredMs, knownMs, goneMs }) =>
        typesOf.includes(event.type) &&
        occurredMs >= fromMs &&
        occurredMs < fromMs + withinMs &&
        knownMs <= settledMs(tick) &&
        goneMs > settledMs(tick),
    )
    const known = entries.filter(({ knownMs }) => knownMs <= fromMs)
    for (const id of new Set(known.map((entry) => entry.id).sort())) {
      const mine = came.filter(({ event }) => event.enterpriseId === id)
      const good = mine.filter(({ event }) => positive.includes(event.type))
      const row = { tick, id, label: good.length > 0 ? (1 as const) : (0 as const) }
      if (label.kind === 'result-of-event') {
        if (mine.length > 0) rows.push({ ...row, event: first(good.length > 0 ? good : mine) })
      } else if (known.findLast((entry) => entry.id === id && entry.status !== undefined)?.status === 'active')
        rows.push({ ...row, event: undefined })
    }
  }
  return rows
}

function first(some: readonly Happened[]): string {
  const [{ event }] = some.toSorted((a, b) => a.occurredMs - b.occurredMs || (a.event.id < b.event.id ? -1 : 1))
  return event.id
}

type Entry = { id: string; knownMs: number; status: string | undefined }

/** When something became known of each enterprise, and the events that were kept, with the instant at which they were taken back. */
function told(
  records: readonly TestRecord[],
  profile: Profile,
  beatMs: number,
): { entries: Entry[]; happened: Happened[] } {
  const { fates } = oracle(
    records.map(({ topic, key, timeMs, value }) => ({ topic, key, timeMs, bytes: bytesOf(value) })),
    { profile, model: null, beatMs },
  )
  const entries: Entry[] = []
  const kept: Told[] = []
  const taken: Told[] = []
  for (const [at, { topic, key, timeMs, value }] of records.entries()) {
    const { fate } = fates[at]
    if (topic === 'commands' || topic === 'artifacts' || fate === 'dead' || key === null) continue
    const knownMs = (Math.floor(timeMs / beatMs) + 1) * beatMs
    const status = topic === 'enterprises' ? statusOf(value) : undefined
    if (!key.startsWith('place:')) entries.push({ id: key, knownMs, status })
    const event = topic === 'risk-events' ? RiskEvent.safeParse(value).data : undefined
    if (event === undefined) continue
    const one = { event, occurredMs: Date.parse(event.occurredAt), knownMs }
    if (fate === 'applied' || fate === 'stale') kept.push(one)
    if (fate === 'retraction') taken.push(one)
  }
  const isOf = (one: Told, by: Told): boolean =>
    by.event.retracts === one.event.id && by.event.enterpriseId === one.event.enterpriseId && by.knownMs >= one.knownMs
  const happened = kept.map((one) => {
    const goneMs = taken.find((by) => isOf(one, by))?.knownMs ?? Number.POSITIVE_INFINITY
    return { ...one, goneMs }
  })
  return { entries, happened }
}

function statusOf(value: TestRecord['value']): string {
  return typeof value === 'object' && 'status' in value && value.status === 'closed' ? 'closed' : 'active'
}
