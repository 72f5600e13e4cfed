/**
 * How events of each type behave: how often, in which enterprises, how late they become known, how large their amounts are.
 * Volumes and sources follow docs/science.md section 2 in their order of size (12315 platform 2022: 13.1 million complaints, 4.7 million
 * reports), scaled so that a thousand enterprises give about 210 events a day: denser than any real market, so that small
 * simulations show something. Types that the table does not list get values by their severity.
 */
import type { EventType, Profile } from '../../streams/profile.ts'
import type { Random } from './random.ts'

/** Who complains or checks: consumers (few enterprises take most), officers, workers, or nobody in particular. */
export const families = ['consumer', 'conduct', 'labour', 'neutral'] as const
export type Family = (typeof families)[number]

/** What the hidden hazard remembers of an event. */
export const channels = ['complaints', 'conduct', 'wages', 'judgments', 'tax'] as const
export type Channel = (typeof channels)[number]

export type Trait = {
  perThousandDay: number
  family: Family
  /** Median hours between the event and its becoming known, and the standard deviation of its logarithm. */
  delayHours: number
  delaySpread: number
  /** Median amount in whole units of the currency; none where events have no amount. */
  amount?: number
  channel?: Channel
  /** Where the profile lists it, the source; else one by the group of the type. */
  source?: string
}

const table = `
CMP.COMPLAINT       80    consumer  0.5  1.8  300     complaints  HOTLINE
CMP.REPORT          28    consumer  1    1.8  -       complaints  HOTLINE
CMP.UNRESOLVED      3     consumer  24   .6   -       complaints  HOTLINE
REG.ABNORMAL_LIST   4     neutral   48   .6   -       conduct     PUBLICITY
REG.CHANGE          25    neutral   24   .8   -       -           REGISTRY
REG.DEREGISTER      .3    neutral   72   .6   -       -           REGISTRY
PEN.WARN            3     conduct   360  .5   -       conduct     ENFORCEMENT
PEN.FINE            5     conduct   480  .5   10000   conduct     ENFORCEMENT
PEN.SUSPEND         1.2   conduct   360  .5   -       conduct     ENFORCEMENT
INS.FAIL            2.5   conduct   168  .6   -       conduct     INSPECTION
INS.UNREACHABLE     2.5   conduct   168  .6   -       conduct     INSPECTION
QUA.SAMPLE_FAIL     2.5   conduct   336  .5   -       conduct     SAMPLING
QUA.RECALL          .15   conduct   120  .6   -       conduct     SAMPLING
SAF.EQUIPMENT       .1    conduct   12   .8   -       conduct     EMERGENCY
TAX.ABNORMAL        4     conduct   240  .5   -       tax         TAX
TAX.ARREARS         2.5   conduct   240  .5   80000   tax         TAX
LAB.WAGE_ARREARS    1     labour    360  .5   120000  wages       LABOUR
ENV.PENALTY         1.5   conduct   480  .5   30000   conduct     ENVIRONMENT
JUD.SUIT            20    conduct   360  .5   60000   -           COURTS
JUD.EXECUTED        10    conduct   240  .5   150000  judgments   COURTS
EQY.FREEZE          2     conduct   72   .6   500000  judgments   PUBLICITY
EQY.PLEDGE          1     neutral   72   .6   800000  -           PUBLICITY
REL.RELATED_D       .8    conduct   24   .6   -       -           DERIVED
OPN.NEGATIVE        22    consumer  2    1.5  -       complaints  SENTIMENT
REG.SERIOUS_LIST    0     conduct   72   .6   -       -           PUBLICITY
REG.REVOKE          0     conduct   72   .6   -       -           REGISTRY
TAX.MAJOR           0     conduct   120  .6   900000  -           TAX
SAF.ACCIDENT        0     conduct   12   .8   -       -           EMERGENCY
JUD.DISHONEST       0     conduct   120  .6   200000  -           COURTS
JUD.BANKRUPTCY      0     conduct   168  .6   3000000 -           COURTS`

const amountSpread = 1.2
const amountMax = 4_000_000_000
const perThousandDayBySeverity = [10, 10, 4, 2, 0.6, 0.1] as const

function parse(line: string): readonly [string, Trait] {
  const [code, rate, familyName, hours, spread, amount, channelName, source] = line.trim().split(/\s+/)
  const channel = channels.find((one) => one === channelName)
  const trait: Trait = {
    perThousandDay: Number(rate),
    family: families.find((one) => one === familyName) ?? 'neutral',
    delayHours: Number(hours),
    delaySpread: Number(spread),
    source,
    ...(channel === undefined ? {} : { channel }),
    ...(amount === '-' ? {} : { amount: Number(amount) }),
  }
  return [code, trait]
}

const traitOf: ReadonlyMap<string, Trait> = new Map(table.trim().split('\n').map(parse))

/** A type that the table does not know: rarer the graver, known within an eighth of the time for which it is fresh. */
function traitBySeverity(type: EventType): Trait {
  const hours = Math.min(24, type.freshMsMax / 3_600_000 / 8)
  const family = families[type.group % families.length]
  const channel = channels[type.group % channels.length]
  return {
    perThousandDay: perThousandDayBySeverity[type.severity],
    family,
    delayHours: hours,
    delaySpread: 0.6,
    channel,
  }
}

/** One trait a type, by index. Adverse outcomes come from the hazard alone: their rate here is 0. */
export function traits(profile: Profile): readonly Trait[] {
  return profile.types.map((type) => {
    const trait = traitOf.get(type.code) ?? traitBySeverity(type)
    return type.outcome ? { ...trait, perThousandDay: 0 } : trait
  })
}

/** Whole units of the currency; 0 where events have no amount. */
export function drawAmount({ amount }: Trait, random: Random): number {
  return amount === undefined ? 0 : Math.min(amountMax, Math.ceil(random.logNormal(amount, amountSpread)))
}

/** Index of the source of each type; OTHER (0) where the profile has no sources. */
export function sourcesOfTypes(profile: Profile): readonly number[] {
  const named = Math.max(1, profile.sources.length - 1)
  return profile.types.map((type) => {
    const listed = profile.sourceIndex.get(traitOf.get(type.code)?.source ?? '')
    if (listed !== undefined) return listed
    return profile.sources.length === 1 ? 0 : 1 + (type.group % named)
  })
}
