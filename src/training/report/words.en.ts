import type { Unjudged } from '../../../models/quality/driftLimits.ts'
import type { Figures } from '../../../models/quality/evaluation.ts'
import type { GateName } from '../../../models/quality/gates.ts'
import type { Stability } from '../../../models/quality/psi.ts'

type Named = readonly [name: string, meaning: string]
/** What is said of everything that is measured. */
type Measured = {
  figures: Record<keyof Figures, Named>
  differences: Record<'auc' | 'brier', Named>
  gates: Record<GateName, string>
  psi: Record<Stability | Unjudged, string>
}
/** What English says is what every language has to say. */
type Texts<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : T[K] extends Named ? Named : Texts<T[K]>
}
export type Words = Texts<typeof en>

export const en = {
  language: 'en',
  to: 'to',
  headline:
    'Of two enterprises, one with the outcome and one without, the model ranks the right one higher in {auc} of 100 cases.',
  headlineNone: 'All rows have the same outcome, so there is no order to judge.',
  found:
    'Checking the {share} with the highest scores finds {recall} of the outcomes, {lift} times as many as checking at random; the first half holds {half}.',
  passes: 'Passes all {gates} promotion gates that could be judged',
  fails: 'Fails {failed} of {gates} promotion gates: {names}',
  about:
    '{rows} rows, {positives} with the outcome ({rate}), {from} to {to}; the candidate, as it is judged here, has learnt from none of them.',
  worstGrade:
    'At {share}, as many rows as have grade {grade}: {lift} times as many as at random; the grade by itself finds {own} times as many.',
  sameRecipe:
    '{name} is made by the same recipe: as judged here, both are one model, and only newer rows part the two.',
  outcomes: {
    none: 'nothing: the profile has no label',
    within: 'an adverse outcome within {days} days, known at most {delay} days later: {types}',
    result: '{positive} as the next of {of}, known at most {delay} days later',
  },
  facts: {
    outcome: 'What is foretold',
    profile: 'Profile',
    rows: 'Rows that judge',
    candidate: 'Candidate',
    date: 'Date of this report',
  },
  rows: {
    judging: '{from} to {to}: {rows} rows, {positives} with the outcome',
    trained: '{kind}, learnt from {from} to {to}: {rows} rows, {positives} with the outcome.',
    calibrated:
      '{kind}, trained elsewhere and imported: it cannot be fitted again; calibrated on {from} to {to}: {rows} rows, {positives} with the outcome.',
    judgedAs:
      'It has learnt from rows that judge here. Judged is its recipe, as fitted on the rows before them: {from} to {to}, {rows} rows, {positives} with the outcome.',
  },
  resampled: 'Intervals: {level}, from {draws} resamples of {clusters} units (seed {seed}).',
  inUse: 'in use',
  refused: '{name} could not score {refused} rows; its figures leave them out.',
  sections: {
    facts: 'What this is about',
    gates: 'Promotion gates',
    figures: 'Key figures',
    bands: 'What the bands hold',
    importance: 'What counts',
    order: 'Does it put the right ones first?',
    calibration: 'Do its probabilities hold?',
    grades: 'Score by credit grade',
    months: 'Stability by month',
    regions: 'By region',
    industries: 'By industry',
    psi: 'Have the inputs moved?',
  },
  notes: {
    gates: 'A person promotes; these gates say what the numbers allow.',
    figures: 'Differences are candidate minus other, on the rows that both scored, with the same resamples.',
    bands:
      'Precision: of the rows in this band or a higher one, the share with the outcome. Recall: of all outcomes, the share that they hold.',
    weight: 'Weights: change of the log-odds for one standard deviation more of the feature.',
    aucLoss: 'Permutation importance: AUC lost when the values of one feature are dealt anew among the rows.',
    roc: 'The further up and left, the better. The dashed diagonal is chance.',
    precisionRecall: 'The share of hits as the search goes deeper. The dashed line is the rate among all rows.',
    calibration:
      'Dots on the diagonal are honest probabilities; bars show 95 % intervals. Below, how many rows have which score.',
    gains: 'Outcomes found when the enterprises with the highest scores are checked first.',
    grades: 'Box: the middle half of the scores; line: median; whiskers: 10 % to 90 %; diamond: what really happened.',
    months: 'A steady model stays on one level; bars are 95 % intervals.',
    groups:
      'Recall: share of the outcomes among the {share} of all rows with the highest scores. Small groups have wide intervals.',
    psi: 'Population stability index against the training rows: below 0.10 stable, to 0.25 look, above act, unless the profile has other limits. A feature that looks further back than the log went when training began is too young to judge.',
    noPsi: 'The model holds no reference of its training rows, so drift cannot be measured.',
  },
  plots: {
    roc: 'ROC curve',
    precisionRecall: 'Precision and recall',
    calibration: 'Calibration',
    gains: 'Lift: what checking pays',
    grades: 'Scores of each grade',
    months: 'AUC of each month',
  },
  axes: {
    falsePositives: 'False positive rate',
    truePositives: 'True positive rate',
    recall: 'Recall',
    precision: 'Precision',
    predicted: 'Predicted probability',
    observed: 'Observed share',
    examined: 'Share of enterprises checked',
    found: 'Share of outcomes found',
    rows: 'Rows',
    score: 'Predicted probability',
    auc: 'AUC',
  },
  figures: {
    auc: ['AUC', 'right order of a pair; 0.5 is chance, 1 perfect'],
    gini: ['Gini', '2 AUC − 1'],
    ks: ['KS', 'largest distance between the two score distributions'],
    averagePrecision: ['Average precision', 'area under precision and recall'],
    brier: ['Brier score', 'mean squared error; lower is better'],
    logLoss: ['Log loss', 'lower is better'],
    calibrationError: ['Calibration error', 'mean gap of predicted and observed, {bins} bins of equal mass'],
    calibrationSlope: ['Calibration slope', '1 is right; below 1 is too sure'],
    calibrationIntercept: ['Calibration intercept', '0 is right'],
    lift: ['Lift at {share}', 'outcomes among the highest scores, against random'],
    firstHalf: ['First half', 'share of the outcomes in the first half of the order'],
  },
  differences: {
    auc: ['AUC difference', 'candidate minus other; above 0 is better'],
    brier: ['Brier difference', 'candidate minus other; below 0 is better'],
  },
  columns: {
    figure: 'Figure',
    meaning: 'Meaning',
    name: 'Name',
    rows: 'Rows',
    positives: 'Outcomes',
    predicted: 'Predicted',
    observed: 'Observed',
    auc: 'AUC',
    recall: 'Recall',
    brier: 'Brier',
    lift: 'Lift',
    share: 'Checked',
    gate: 'Gate',
    value: 'Value',
    limit: 'Limit',
    of: 'Where',
    result: 'Result',
    feature: 'Feature',
    psi: 'PSI',
    verdict: 'Verdict',
    month: 'Month',
    grade: 'Grade',
    region: 'Region',
    industry: 'Industry',
    median: 'Median',
    band: 'Band',
    from: 'From score',
    precision: 'Precision',
    weight: 'Weight',
    aucLoss: 'AUC lost',
  },
  gates: {
    aucDifference: 'AUC not worse: lower bound of the difference',
    brierDifference: 'Brier score better',
    regionRecall: 'No region loses recall',
    scorePsi: 'Scores lie where they lay in training (PSI)',
    featurePsi: 'Features lie where they lay in training (PSI)',
  },
  pass: 'pass',
  fail: 'fail',
  unjudged: 'not judged',
  unknown: 'unknown',
  psi: {
    stable: 'stable',
    look: 'look',
    act: 'act',
    common: 'moves for everybody at once; not judged',
    young: 'too young to judge',
  },
  score: 'Score',
  positive: 'with the outcome',
  negative: 'without',
  numbers: 'The numbers',
} satisfies Measured & Record<string, unknown>
