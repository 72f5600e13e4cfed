/** Early warning: for whoever supervises. What burns where, and whether a quiet screen means quiet. */
import { TableCellDisplayMode } from '@grafana/grafana-foundation-sdk/common'
import { CustomVariableBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { byThresholds, dashboard, labelVariable, levelsAsWords, lines, query, stat, steps, table } from './parts.ts'

const of = 'job=~"$job"'
const levels = steps('green', [1, 'blue'], [2, 'yellow'], [3, 'orange'], [4, 'red'])
const warnings = `job:forewarn_warning_level:max{${of}, province=~"$region", section=~"$section"}`
const chosen = `max by (statistic, axis, region, industry) (${warnings}) >= $level`
const crossings = `${of}, region=~"$region", region!="all", industry=~"$section", industry!="all"`

type Crossing = { title: string; says: string; expr: string; decimals: number; colours: ReturnType<typeof steps> }
/** Regions by sections, each cell in the colour of its value. */
const crossingTable = ({ title, says, expr, decimals, colours }: Crossing): ReturnType<typeof table> =>
  table(
    { title, says: `A map as a table: ${says} Small cells are merged into OTHER.`, width: 24, height: 14 },
    `max by (region, industry) (${expr})`,
  )
    .decimals(decimals)
    .thresholds(colours)
    .colorScheme(byThresholds())
    .cellOptions({ type: TableCellDisplayMode.ColorBackground })
    .withTransformation({
      id: 'groupingToMatrix',
      options: { rowField: 'region', columnField: 'industry', valueField: 'Value' },
    })

export const earlyWarning = (): Dashboard =>
  dashboard(
    {
      uid: 'forewarn-early-warning',
      title: 'Forewarn: early warning',
      says: 'Regions and industries whose events are above what is usual. No enterprise is named here.',
    },
    [
      labelVariable('region', 'Region', 'forewarn_cell_events{industry="all"}', 'region'),
      labelVariable('section', 'Section', 'forewarn_cell_events{region="all"}', 'industry'),
      new CustomVariableBuilder('level')
        .label('From level')
        .values('blue : 1, yellow : 2, orange : 3, red : 4')
        .current({ selected: true, text: 'blue', value: '1' }),
    ],
    stat(
      { title: 'Open warnings', says: 'Of all regions and industries, by level, at the last judged tick.', width: 12 },
      `max by (level) (sum by (job, instance, level) (forewarn_open_warnings{${of}}))`,
      '{{level}}',
    ),
    stat(
      { title: 'Silent sources', says: 'While a source is silent, calm in its region means nothing.' },
      `sum by (job) (forewarn_sources_silent{${of}})`,
    )
      .thresholds(steps('green', [1, 'red']))
      .colorScheme(byThresholds()),
    stat(
      { title: 'Ticks judged', says: 'Since the process began. It must go on.' },
      `max by (job) (forewarn_ticks_judged_total{${of}})`,
    ),
    stat(
      { title: 'Cells judged', says: 'Regions, industries and both that the watch judges.' },
      `max by (job) (forewarn_judged_cells{${of}})`,
    ),
    table(
      { title: 'Where it burns', says: 'Each open warning from the chosen level on..', height: 12 },
      `sort_desc(${chosen})`,
    )
      .mappings([levelsAsWords])
      .thresholds(levels)
      .colorScheme(byThresholds()),
    timeline(),
    crossingTable({
      title: 'Observed against expected, by region and section',
      says: 'events of the last judged tick over those that are usual. 1 is usual, 2 is twice as many.',
      expr: `forewarn_cell_events{${crossings}} / (forewarn_cell_expected_events{${crossings}} > 0)`,
      decimals: 1,
      colours: steps('transparent', [1.5, 'yellow'], [2, 'orange'], [4, 'red']),
    }),
    lines(
      {
        title: 'Observed and expected',
        says: 'Events of the chosen regions and sections together, and those that are usual.',
      },
      [`sum(max without (instance) (forewarn_cell_events{${crossings}}))`, 'observed'],
      [`sum(max without (instance) (forewarn_cell_expected_events{${crossings}}))`, 'expected'],
    ),
    crossingTable({
      title: 'Risk above that of the same grades elsewhere',
      says: 'mean log-odds of the scored enterprises less what their grades have at siblings. 0 is as elsewhere.',
      expr: `forewarn_cell_risk_log_odds_at_same_grades{${crossings}}`,
      decimals: 2,
      colours: steps('transparent', [0.2, 'yellow'], [0.5, 'orange'], [1, 'red']),
    }),
    lines(
      {
        title: 'Enterprises at risk',
        says: 'How many of the chosen regions and sections will come to harm by their scores, and how many would if each grade were as elsewhere.',
      },
      [`sum(max without (instance) (forewarn_cell_risky_enterprises{${crossings}}))`, 'by their scores'],
      [`sum(max without (instance) (forewarn_cell_expected_risky_enterprises{${crossings}}))`, 'if as elsewhere'],
    ),
    lines({ title: 'Level of risk', says: 'Mean log-odds of the scored enterprises of the chosen regions.' }, [
      `max by (region) (forewarn_cell_risk_log_odds{${of}, region=~"$region", region!="all", industry="all"})`,
      '{{region}}',
    ]),
    lines({ title: 'Changes of warnings', says: 'In the last day of the clock, by the level that they came to.' }, [
      `sum by (level) (increase(forewarn_warning_changes_total{${of}}[1d]))`,
      '{{level}}',
    ]),
    table(
      {
        title: 'Who is silent',
        says: 'Sources and regions in which a silence lasts; empty when all are heard.',
        width: 12,
        height: 7,
      },
      `max by (source, region) (forewarn_sources_silent{${of}}) > 0`,
    ),
  )

/** Each warning as a band over time, coloured by its level. */
function timeline(): TimelineBuilder {
  return new TimelineBuilder()
    .title('Levels over time')
    .description('How each warning rose and fell.')
    .span(12)
    .height(12)
    .mappings([levelsAsWords])
    .thresholds(levels)
    .colorScheme(byThresholds())
    .withTarget(query(chosen, '{{axis}} {{region}} {{industry}}').range())
}
