/** What panels of all dashboards have in common: where their data comes from, how a query is put, the levels of warnings as words and colours. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  QueryVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMap,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'

const source = { type: 'prometheus', uid: '$datasource' }

/** Of the whole width (24), and in Grafana's units of height. */
type Size = { width?: number; height?: number }
type Says = { title: string; says: string; unit?: string } & Size

export const query = (expr: string, legend: string): DataqueryBuilder =>
  new DataqueryBuilder().datasource(source).expr(expr).legendFormat(legend)

/** What every panel begins with. */
function headed<P extends StatBuilder | LinesBuilder | TableBuilder>(
  panel: P,
  { title, says, unit = 'short' }: Says,
  { width, height }: Required<Size>,
): P {
  panel.title(title).description(says).datasource(source).unit(unit).span(width).height(height)
  return panel
}

/** One number, or one a series. */
export function stat(says: Says, expr: string, legend = ''): StatBuilder {
  return headed(new StatBuilder(), says, { width: 4, height: 4, ...says }).withTarget(query(expr, legend).instant())
}

/** Lines over time; each query with its legend. */
export function lines(says: Says, ...queries: readonly (readonly [expr: string, legend: string])[]): LinesBuilder {
  const panel = headed(new LinesBuilder(), says, { width: 12, height: 8, ...says })
  for (const [expr, legend] of queries) panel.withTarget(query(expr, legend).range())
  return panel
}

/** A row a series, as it stands now. */
export function table(says: Says, expr: string): TableBuilder {
  return headed(new TableBuilder(), says, { width: 12, height: 10, ...says })
    .withTarget(query(expr, '').instant().format(PromQueryFormat.Table))
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true, __name__: true, job: true, instance: true } },
    })
}

export const levelColours = ['green', 'blue', 'yellow', 'orange', 'red'] as const
const levelWords = ['calm', 'blue', 'yellow', 'orange', 'red'] as const

/** 1 is blue, 4 red. */
export const levelsAsWords: ValueMap = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    levelWords.map((text, level) => [String(level), { text, color: levelColours[level], index: level }]),
  ),
}

/** Colours by steps: each colour from its value on. */
export function steps(
  first: string,
  ...more: readonly (readonly [from: number, color: string])[]
): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: first }, ...more.map(([value, color]) => ({ value, color }))])
}

export const byThresholds = (): FieldColorBuilder => new FieldColorBuilder().mode(FieldColorModeId.Thresholds)

/** A variable whose values are those of a label; all of them at first. */
export function labelVariable(name: string, title: string, metric: string, label: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(title)
    .datasource(source)
    .query(`label_values(${metric}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' })
}

export function dashboard(
  { uid, title, says }: { uid: string; title: string; says: string },
  variables: readonly Builder<VariableModel>[],
  ...panels: readonly Builder<Panel>[]
): Dashboard {
  const built = new DashboardBuilder(title)
    .uid(uid)
    .description(says)
    .tags(['forewarn'])
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .readonly()
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
  for (const variable of [labelVariable('job', 'Log', 'forewarn_build_info', 'job'), ...variables])
    built.withVariable(variable)
  for (const panel of panels) built.withPanel(panel)
  const { panels: laid = [], ...made } = built.build()
  return { ...made, panels: laid.map((panel, at) => ({ ...panel, id: at + 1 })) }
}
