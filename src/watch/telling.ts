/** What the watch task says: each change of a warning and each notice as a record, and to the listener; levels of risk to whom they are for. */
import type { ModelDrifted, PublicNotice, SourceSilent, SourceSpoke, SourcesHeard } from '../../streams/outputs.ts'
import type { RiskLevels } from '../../streams/riskLevels.ts'
import { warningTopicOf } from '../../streams/topics.ts'
import type { Warning } from '../../streams/warnings.ts'
import type { Emit } from '../fold/task.ts'
import { jsonBytes } from '../json.ts'
import type { Listener, Notice } from '../notices.ts'

type RegionRisk = Extract<Notice, { kind: 'RiskMeasured' }>['regions']

export class Telling {
  readonly #listener: Listener
  #hasToldNotJudged = false

  constructor(listener: Listener) {
    this.#listener = listener
  }

  warnings(warnings: readonly Warning[], emit: Emit): void {
    for (const warning of warnings) {
      emit({
        topic: warningTopicOf(warning),
        partition: 0,
        record: {
          key: [warning.region, warning.industry].filter((code) => code !== '').join('|'),
          value: jsonBytes(warning),
        },
      })
      const { id, statistic, axis, region, industry, level, levelBefore, change, tickLabel, sentences } = warning
      this.#listener({
        kind: 'WarningChanged',
        id,
        statistic,
        axis,
        region,
        industry,
        level,
        levelBefore,
        change,
        tickLabel,
        sentences,
      })
    }
  }

  /** Where regions stand; nothing where none has a scored enterprise. */
  risk(tick: number, tickLabel: string, regions: RegionRisk): void {
    if (regions.length > 0) this.#listener({ kind: 'RiskMeasured', tick, tickLabel, regions })
  }

  /** Once in the life of a task, at the first close. */
  notJudged({ hasModel, grades }: { hasModel: boolean; grades: number }): void {
    if (this.#hasToldNotJudged) return
    this.#hasToldNotJudged = true
    if (!hasModel) this.#listener({ kind: 'RiskNotJudged', what: 'risk', why: 'no model scores under this profile' })
    if (!hasModel || grades < 2)
      this.#listener({
        kind: 'RiskNotJudged',
        what: 'contradictions',
        why: hasModel ? 'the profile has fewer than two grades' : 'no model scores under this profile',
      })
  }

  levels(levels: RiskLevels, emit: Emit): void {
    emit({ topic: 'risk-levels', partition: 0, record: { key: String(levels.tick), value: jsonBytes(levels) } })
  }

  silent(notice: SourceSilent, emit: Emit): void {
    notify(notice.source, notice, emit)
    const { source, region, tickLabel, expected } = notice
    this.#listener({ kind: 'SourceSilent', source, region, tickLabel, expected })
  }

  spoke(notice: SourceSpoke, emit: Emit): void {
    notify(notice.source, notice, emit)
    const { source, region, tickLabel, silentTicks } = notice
    this.#listener({ kind: 'SourceSpoke', source, region, tickLabel, silentTicks })
  }

  heard(notice: SourcesHeard, emit: Emit): void {
    notify(notice.hour, notice, emit)
  }

  drifted(notice: ModelDrifted, emit: Emit): void {
    notify(notice.model, notice, emit)
    const { model, feature, psi, rows, tickLabel, sentences } = notice
    this.#listener({ kind: 'ModelDrifted', model, feature, psi, rows, tickLabel, sentences })
  }
}

function notify(key: string, notice: PublicNotice, emit: Emit): void {
  emit({ topic: 'notices', partition: 0, record: { key, value: jsonBytes(notice) } })
}
