/** What a column of features holds, in words and units. */
import type { Profile } from '../../../streams/profile.ts'
import { levelOf } from '../../enterprise/score/nearbyRate.ts'
import { declaredOf } from '../../featureProfile.ts'

type Description = { unit: string; about: string }

export function describeFeature(profile: Profile, name: string): Description {
  const own = declaredOf(profile, name)
  return own === undefined ? common(profile, name) : declared(profile, own)
}

type Declared = Profile['file']['features'][number]

function declared(profile: Profile, feature: Declared): Description {
  switch (feature.kind) {
    case 'rate':
      return {
        unit: `${feature.of.join(' + ')} for each ${feature.per.join(' + ')}`,
        about: `own events, half-life ${feature.halfLifeDays} days, drawn to ${feature.prior.rate}`,
      }
    case 'recency':
      return { unit: 'ln(1 + days)', about: `since the last ${feature.of.join(' or ')}` }
    case 'latest':
      return {
        unit: feature.column,
        about: `of the newest ${feature.of.join(' or ')} within ${feature.withinDays} days`,
      }
    case 'nearby':
      return {
        unit:
          feature.per === undefined
            ? 'ln(1 + events)'
            : `${feature.of.join(' + ')} for each ${feature.per.join(' + ')}`,
        about: `${feature.sameGrade === undefined ? 'all enterprises' : 'enterprises of the grade'} of the ${axisOf(profile, feature)}${drawnAround(feature.around)}, half-life ${feature.halfLifeDays} days, ticks up to two before`,
      }
    case 'place':
      return { unit: '0 or 1', about: `lies in that ${feature.axis}` }
  }
}

/** `region (county)`: the axis, and the level of it. */
function axisOf(profile: Profile, feature: Extract<Declared, { kind: 'nearby' }>): string {
  return feature.axis === 'whole' ? 'whole' : `${feature.axis} (${levelOf(profile, feature)})`
}

function drawnAround(around: { km: number } | undefined): string {
  return around === undefined ? '' : `, drawn to those ${around.km} km around`
}

function common({ grades }: Profile, name: string): Description {
  const [kind, subject = '', life = ''] = name.split('.')
  const whose = subject === 'all' ? 'all groups' : `group ${subject}`
  switch (kind) {
    case 'count':
      return { unit: 'ln(1 + events)', about: `events of ${whose}, each halved every ${life.replace('d', ' days')}` }
    case 'severity':
      return {
        unit: 'ln(1 + severity)',
        about: `severities 1 to 5 of ${whose}, each halved every ${life.replace('d', ' days')}`,
      }
    case 'momentum':
      return { unit: 'ln of a ratio', about: `events a day lately against those of the last months, ${whose}` }
    case 'recency':
      return { unit: 'ln(1 + days)', about: 'since the last event' }
    case 'sources':
      return { unit: 'sources', about: 'how many different ones have sent events' }
    case 'amount':
      return { unit: 'ln(1 + sum)', about: 'decayed sum of ln(1 + amount) over all events' }
    case 'grade':
      return { unit: '0 or 1', about: `whether the grade is ${subject}, of ${grades.join(', ')}` }
    case 'gradeAge':
      return { unit: 'ln(1 + days)', about: 'since the grade took effect' }
    case 'gradeWorse':
      return { unit: '-1, 0 or 1', about: 'whether the last change of grade was for the better or the worse' }
    default:
      return { unit: 'deviations', about: 'ln(1 + decayed count) against the median of its peers' }
  }
}
