/** Model: what scores, how the enterprises fall into bands, and whether they still look like those it was trained on. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { byThresholds, dashboard, lines, stat, steps, table } from './parts.ts'

const of = 'job=~"$job"'
const drift = steps('green', [0.1, 'yellow'], [0.25, 'red'])

export const model = (): Dashboard =>
  dashboard(
    {
      uid: 'forewarn-model',
      title: 'Forewarn: model',
      says: 'The models in force, the bands of risk, and drift from the training. Another model: docs/models.md.',
    },
    [],
    table(
      {
        title: 'In force',
        says: 'What scores (champion), and what scores in shadow beside it (challenger), by hash.',
        width: 12,
        height: 5,
      },
      `max by (job, seat, model) (forewarn_model_info{${of}})`,
    ),
    stat({ title: 'Enterprises', says: 'Known by now.', height: 5 }, `sum by (job) (forewarn_enterprises{${of}})`),
    stat(
      {
        title: 'Drift of the score',
        says: 'Population stability index: below .1 stable, from .25 on somebody must act. Nothing below 500 enterprises.',
        height: 5,
      },
      `max by (job) (forewarn_model_psi{${of}, kind="score"})`,
    )
      .thresholds(drift)
      .colorScheme(byThresholds()),
    stat(
      {
        title: 'Not scored',
        says: 'Enterprises that the model gave no number, since the processes began. They keep their last score.',
        height: 5,
      },
      `sum by (job) (forewarn_unscorable_total{${of}})`,
    )
      .thresholds(steps('green', [1, 'red']))
      .colorScheme(byThresholds()),
    lines(
      {
        title: 'Share of each band',
        says: 'Registered enterprises by band of risk, at the last judged tick.',
        unit: 'percentunit',
      },
      [
        `sum by (band) (forewarn_enterprises_by_band{${of}}) / ignoring (band) group_left sum(forewarn_enterprises_by_band{${of}})`,
        '{{band}}',
      ],
    ),
    lines({ title: 'Enterprises of each band', says: 'The same as numbers.' }, [
      `sum by (band) (forewarn_enterprises_by_band{${of}})`,
      '{{band}}',
    ]),
    lines({ title: 'Drift of the score over time', says: 'One index a tick, measured over thirty ticks.' }, [
      `max by (job) (forewarn_model_psi{${of}, kind="score"})`,
      'score',
    ]),
    table(
      {
        title: 'Features that have moved most',
        says: 'Population stability index of each feature against the training.',
      },
      `topk(15, max by (feature) (forewarn_model_psi{${of}, kind="feature"}))`,
    )
      .thresholds(drift)
      .colorScheme(byThresholds()),
    lines(
      { title: 'Scores and alerts a second', says: 'Scores that moved by a step, and changes of band.', unit: 'ops' },
      [`sum by (job) (rate(forewarn_scores_total{${of}}[$__rate_interval]))`, 'scores'],
      [`sum by (job) (rate(forewarn_enterprise_alerts_total{${of}}[$__rate_interval]))`, 'changes of band'],
    ),
    lines(
      {
        title: 'Changes of model',
        says: 'Commands that were refused in the last day, by code; artefacts that the log holds as a whole.',
      },
      [`sum by (code) (increase(forewarn_commands_refused_total{${of}}[1d])) > 0`, 'refused {{code}}'],
      [`max by (job) (forewarn_artifacts_complete{${of}})`, 'artefacts'],
    ),
  )
