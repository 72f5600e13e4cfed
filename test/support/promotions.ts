/** A small market over ten days, for tests in which the model changes: who is promoted when, and what came of it. */
import { digest } from '../../src/log/digest.ts'
import type { Log } from '../../src/log/port.ts'
import { CommandResult, Score, ShadowScore } from '../../streams/outputs.ts'
import { append, type FoldSetting, foldToEnd, memoryLog, type TestRecord } from './fold.ts'
import { dayOneMs, dayOneTick } from './play.ts'
import { all } from './readFold.ts'
import { tinyModel } from './tinyModel.ts'
import { tinyProfile } from './tinyProfile.ts'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

export const champion = tinyModel(tinyProfile)
export const setting: FoldSetting = { profile: tinyProfile, model: champion, beatMs: minute }
export const tickOfDay = (dayNumber: number): number => dayOneTick + dayNumber - 1
/** An instant of a day by the profile's clock. */
export const at = (dayNumber: number, hours = 0, minutes = 0): number =>
  dayOneMs + (dayNumber - 1) * day + hours * hour + minutes * minute

/** Eight enterprises; each has as many events as its number, spread over the days, at hours of the afternoon. */
export function market(days = 10): TestRecord[] {
  const ids = Array.from({ length: 8 }, (_, index) => `E${index + 1}`)
  const registered = ids.flatMap((id, index): TestRecord[] => [
    { topic: 'enterprises', key: id, timeMs: at(1), value: { id, region: index % 2 ? 'P1' : 'Q', industry: 'X1' } },
    {
      topic: 'credit-grades',
      key: id,
      timeMs: at(1),
      value: { enterpriseId: id, grade: 'ABCD'[index % 4], effectiveAt: new Date(at(1)).toISOString() },
    },
  ])
  const events = ids.flatMap((id, index) =>
    Array.from({ length: index + 1 }, (_, event): TestRecord => {
      const timeMs = at(1 + ((event * 5 + index) % (days - 1)), 13 + (event % 6), index)
      const value = {
        id: `${id}-${event}`,
        enterpriseId: id,
        type: 'PEN.FINE',
        occurredAt: new Date(timeMs).toISOString(),
      }
      return { topic: 'risk-events', key: id, timeMs, value }
    }),
  )
  return [...registered, ...events, { topic: 'risk-events', key: 'E1', timeMs: at(days, 23), value: '{' }]
}

export const inOrderOfTime = (records: readonly TestRecord[]): TestRecord[] =>
  records.toSorted((a, b) => a.timeMs - b.timeMs)

export type Told = { log: Log; scores: Score[]; shadows: ShadowScore[]; results: CommandResult[] }

/** The market with more records among its own, folded to its end. */
export async function foldMarket(more: readonly TestRecord[], partitions = 1): Promise<Told> {
  const log = await memoryLog(partitions)
  await append(log, inOrderOfTime([...market(), ...more]))
  await foldToEnd(log, setting)
  return told(log)
}

export async function told(log: Log): Promise<Told> {
  const scores: Score[] = []
  for await (const score of all(log, 'scores', Score.parse)) scores.push(score)
  const shadows: ShadowScore[] = []
  for await (const score of all(log, 'shadow-scores', ShadowScore.parse)) shadows.push(score)
  const results: CommandResult[] = []
  for await (const result of all(log, 'command-results', CommandResult.parse)) results.push(result)
  return { log, scores, shadows, results }
}

export const digestOf = async (log: Log): Promise<string> => JSON.stringify(await digest(log))
/** `promote accepted`, `promote FW_MODEL_GATE`, by id in the order of the answers. */
export const answersOf = ({ results }: Told): string[] =>
  results.map(({ id, accepted, code }) => `${id} ${accepted ? 'accepted' : code}`)
