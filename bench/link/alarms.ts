/** Alarms of one province after another over the days of a market: on the level of its scores, and on its adverse outcomes. */
import { cusumNext } from '../../models/counts/cusum.ts'
import { type Cusum, calmCusum, nextCusums } from '../../models/level/cusum.ts'
import { riskLevels } from '../../models/level/gradeSums.ts'
import { type Day, market, type Simulated } from './market.ts'

export const judgedFromDay = 42
const firmsMin = 60

export type Alarm = { province: string; day: number }
export type Chart = (simulated: Simulated, limit: number) => Alarm[]

/** Provinces that are judged: those of 60 firms on the day from which they are. */
export function judgedProvinces({ provinces, days }: Simulated): string[] {
  return provinces.filter((_, at) => sum(days[judgedFromDay].enterprises[at]) >= firmsMin)
}

/** `meanLogOdds`: A; `atSameGrades`: B. The sum begins again at each alarm. */
export function levelChart(of: 'meanLogOdds' | 'atSameGrades'): Chart {
  return (simulated, limit) => {
    const judged = judgedProvinces(simulated)
    const at = judged.map((province) => simulated.provinces.indexOf(province))
    const alarms: Alarm[] = []
    let before = levelsOf(simulated.days[0], at)
    let standing: readonly Cusum[] = judged.map(() => calmCusum)
    for (let day = 1; day < simulated.days.length; day++) {
      const levels = levelsOf(simulated.days[day], at)
      const steps = nextCusums(
        levels.map((level, one) => ({
          value: level[of] - before[one][of],
          n: level.n,
          before: standing[one],
          counts: day >= judgedFromDay,
        })),
      )
      standing = steps.map(({ variance, sum: cusum }, one) => {
        if (cusum < limit) return { variance, sum: cusum }
        alarms.push({ province: judged[one], day })
        return { variance, sum: 0 }
      })
      before = levels
    }
    return alarms
  }
}

const rateRatio = 1.5
/** What all provinces together say of one counts as so many firm-days of its own. */
const priorFirmDays = 20_000

/** Poisson CUSUM of outcomes, against what the province had before, shrunk to what all have. */
export const outcomeChart: Chart = (simulated, limit) => {
  const alarms: Alarm[] = []
  const all = { outcomes: 0, firmDays: 0 }
  const own = new Map<string, { outcomes: number; firmDays: number; cusum: number }>()
  for (const [day, { enterprises, outcomes }] of simulated.days.entries()) {
    for (const province of judgedProvinces(simulated)) {
      const at = simulated.provinces.indexOf(province)
      const firms = sum(enterprises[at])
      const known = own.get(province) ?? { outcomes: 0, firmDays: 0, cusum: 0 }
      own.set(province, known)
      if (day >= judgedFromDay) {
        const usual = all.outcomes / all.firmDays
        const mean = (firms * (known.outcomes + usual * priorFirmDays)) / (known.firmDays + priorFirmDays)
        known.cusum = cusumNext(known.cusum, outcomes[at], { mean, size: Number.POSITIVE_INFINITY, rateRatio })
        if (known.cusum >= limit) {
          alarms.push({ province, day })
          known.cusum = 0
        }
      }
      known.outcomes += outcomes[at]
      known.firmDays += firms
    }
    all.outcomes += sum(outcomes)
    all.firmDays += sum(enterprises.map(sum))
  }
  return alarms
}

/** Alarms in a week of a province, over markets in which nothing happens. */
export function falsePerProvinceWeek(runs: readonly Simulated[], chart: Chart, limit: number): number {
  const weeks = runs.map((run) => (judgedProvinces(run).length * (run.days.length - judgedFromDay)) / 7)
  return runs.flatMap((run) => chart(run, limit)).length / sum(weeks)
}

/** The limit that has so many false alarms, by halves. */
export function limitWith(runs: readonly Simulated[], chart: Chart, aWeek: number): number {
  let [low, high] = [0, 50]
  for (let round = 0; round < 20; round++) {
    const middle = (low + high) / 2
    if (falsePerProvinceWeek(runs, chart, middle) > aWeek) low = middle
    else high = middle
  }
  return high
}

/** Days from the onset to the first alarm, of every judged province with trouble; undefined: none came. */
export function delays(runs: readonly Simulated[], chart: Chart, limit: number): (number | undefined)[] {
  return runs.flatMap((run) => {
    const alarms = chart(run, limit)
    const judged = judgedProvinces(run)
    return run.affected
      .filter((province) => judged.includes(province))
      .map((province) => {
        const first = alarms.find((alarm) => alarm.province === province && alarm.day >= market.onset)
        return first && first.day - market.onset + 1
      })
  })
}

function levelsOf(day: Day, at: readonly number[]): ReturnType<typeof riskLevels> {
  return riskLevels(
    at.map((one) => ({
      enterprises: day.enterprises[one],
      logOdds: day.logOdds[one],
      probability: day.probability[one],
    })),
  )
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
