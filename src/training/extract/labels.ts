/**
 * What came of the enterprises: every fact that a label speaks of and that was not taken back later, with the tick in which it became known.
 * It is read off the state at the end of the log.
 */
import { factHour, factTick, factType, hourOf, msOfHour, tombstoneBit } from '../../../models/facts.ts'
import type { Profile } from '../../../streams/profile.ts'
import { typeFlags } from '../../enterprise/featureProfile.ts'
import type { EnterpriseTask } from '../../enterprise/task.ts'
import { ForewarnError } from '../../errors.ts'
import { dayMs, hoursPerDay } from '../../limits.ts'

type LearntLabel = Exclude<Profile['file']['label'], { kind: 'none' }>

/** One partition's facts of a label: by row number, [hour, tick in which it became known, 1 if positive] after one another. */
type Outcomes = ReadonlyMap<number, readonly number[]>

/** Rows to ask at the end of a tick, with what came of them. */
export type Asked = { row: number; label: 0 | 1 }

export type LabelBook = {
  /** The last tick of which all labels can be known by now; later rows are censored. */
  lastTick: number
  /** Ticks at whose end rows are taken, ascending. */
  ticks(from: number, to: number): number[]
  /** The rows of one partition to take at the end of a tick; `live` are those registered and not closed. */
  asked(partition: number, tick: number, live: () => Iterable<number>): Iterable<Asked>
}

/** @throws ForewarnError FW_NO_LABEL for a profile without one. */
export function labelBook(profile: Profile, tasks: readonly EnterpriseTask[], lastClosedTick: number): LabelBook {
  const { label } = profile.file
  if (label.kind === 'none') throw new ForewarnError('FW_NO_LABEL', [profile.file.name])
  const outcomes = tasks.map((task) => outcomesOf(profile, task, label))
  const known = knownThrough(profile, label)
  let lastTick = lastClosedTick
  while (known(lastTick) > lastClosedTick) lastTick--
  if (label.kind === 'outcome-within') return onGrid(profile, label, outcomes, { lastTick, known })
  return onEvents(profile, outcomes, { lastTick, known })
}

type Window = { lastTick: number; known: (tick: number) => number }

/** The tick by whose end the label of a row is known. */
function knownThrough({ calendar }: Profile, label: LearntLabel): (tick: number) => number {
  const within = label.kind === 'outcome-within' ? label.days * dayMs : calendar.tickMs
  return (tick) => calendar.tickOf(calendar.endMs(tick) + within + label.delayDays * dayMs - 1)
}

function outcomesOf(profile: Profile, { rows }: EnterpriseTask, label: LearntLabel): Outcomes {
  const isOutcome = Uint8Array.from(profile.types, ({ outcome }) => (outcome ? 1 : 0))
  const of = label.kind === 'outcome-within' ? isOutcome : typeFlags(profile, label.of)
  const positive = label.kind === 'outcome-within' ? isOutcome : typeFlags(profile, label.positive)
  const found = new Map<number, number[]>()
  for (let row = 0; row < rows.count; row++) {
    const { words, offset, count, stride } = rows.facts(row)
    for (let at = offset; at < offset + count * stride; at += stride) {
      const what = words[at + 2]
      if ((what & tombstoneBit) !== 0 || of[factType(what)] === 0) continue
      const list = found.get(row) ?? []
      list.push(factHour(what), factTick(words[at + 3]), positive[factType(what)])
      found.set(row, list)
    }
  }
  return found
}

/** An adverse outcome within so many days after a date of the grid. */
function onGrid(
  { calendar }: Profile,
  { days, gridTicks }: Extract<LearntLabel, { kind: 'outcome-within' }>,
  outcomes: readonly Outcomes[],
  { lastTick, known }: Window,
): LabelBook {
  return {
    lastTick,
    ticks: (from, to) => {
      const ticks: number[] = []
      for (let tick = from; tick <= Math.min(to, lastTick); tick += gridTicks) ticks.push(tick)
      return ticks
    },
    *asked(partition, tick, live) {
      const asOf = hourOf(calendar.endMs(tick))
      const knownTick = known(tick)
      const isPositive = (list: readonly number[]): boolean => {
        for (let at = 0; at < list.length; at += 3)
          if (list[at] >= asOf && list[at] < asOf + days * hoursPerDay && list[at + 1] <= knownTick) return true
        return false
      }
      for (const row of live()) yield { row, label: isPositive(outcomes[partition].get(row) ?? []) ? 1 : 0 }
    },
  }
}

/** How each event of the label turned out, asked at the end of the tick before it occurred. Events of one enterprise in one tick make one row. */
function onEvents({ calendar }: Profile, outcomes: readonly Outcomes[], { lastTick, known }: Window): LabelBook {
  const byTick = outcomes.map((some) => {
    const asked = new Map<number, Map<number, 0 | 1>>()
    for (const [row, list] of some) {
      for (let at = 0; at < list.length; at += 3) {
        const tick = calendar.tickOf(msOfHour(list[at])) - 1
        if (list[at + 1] > known(tick)) continue // known too late to be learnt from
        const rows = asked.get(tick) ?? new Map<number, 0 | 1>()
        asked.set(tick, rows)
        rows.set(row, rows.get(row) === 1 || list[at + 2] === 1 ? 1 : 0)
      }
    }
    return asked
  })
  const all = [...new Set(byTick.flatMap((asked) => [...asked.keys()]))].sort((a, b) => a - b)
  return {
    lastTick,
    ticks: (from, to) => all.filter((tick) => tick >= from && tick <= Math.min(to, lastTick)),
    *asked(partition, tick) {
      for (const [row, label] of byTick[partition].get(tick) ?? []) yield { row, label }
    },
  }
}
