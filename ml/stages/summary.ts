// What `npm run train` prints at its end: the candidates, the chosen one, its held-out metrics, and what was registered.
import { candidateName } from '../candidates.ts';
import { baselineName } from '../evaluation/baselines.ts';
import { SCORES, type ScoreName } from '../evaluation/metrics.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import type { TrainedPipeline } from '../pipeline-run.ts';

/** Prints at most this many candidates, the best ones. */
const LISTED = 20;

export function summarise({ search, evaluation, version, alias, report }: TrainedPipeline): string {
  const { name, version: number } = version;
  return [
    '',
    `Candidates, by mean ${search.metric} over ${search.folds} folds`,
    ...candidateLines(search),
    ...nestedLines(search),
    '',
    `Held-out metrics (${evaluation.rows} rows)`,
    ...Object.entries(evaluation.metrics).map(
      ([metric, value]) => `    ${metric.padEnd(24)}${value.toFixed(4)}`,
    ),
    confusionLine(evaluation.confusion_matrix),
    '',
    ...addedLines(search, evaluation),
    ...(report === null ? [] : [`Report: ${report}`]),
    `Registered ${name}, version ${number}, alias ${alias}`,
    nextStep(name, alias, number),
    '',
  ].join('\n');
}

function candidateLines({
  candidates,
  chosen,
  metric,
}: TrainedPipeline['search']): readonly string[] {
  const sign = SCORES[metric as ScoreName].greaterIsBetter ? -1 : 1;
  const ranked = candidates
    .map((candidate, i) => ({ ...candidate, chosen: i === chosen }))
    .sort((a, b) => Number(b.chosen) - Number(a.chosen) || sign * (a.mean - b.mean));
  const lines = ranked.slice(0, LISTED).map((candidate) => {
    const score = `${candidate.mean.toFixed(4)} ± ${candidate.sd.toFixed(4)}`;
    return `  ${candidate.chosen ? '*' : ' '} ${score}  ${candidateName(candidate)}`;
  });
  return ranked.length > LISTED ? [...lines, `    and ${ranked.length - LISTED} more`] : lines;
}

/** What choosing among the candidates reaches, without the luck of the best of many. */
const nestedLines = ({ nested, metric }: TrainedPipeline['search']): readonly string[] =>
  nested === null
    ? []
    : [
        `    Nested estimate over ${nested.scores.length} folds: ${metric} ${nested.mean.toFixed(4)} ± ${nested.sd.toFixed(4)}`,
      ];

/** The model and the best baseline, which is chosen as the model is: by the folds. */
function addedLines(
  { metric, baselines, candidates, chosen }: TrainedPipeline['search'],
  { metrics, baselines: measured }: TrainedPipeline['evaluation'],
): readonly string[] {
  const sign = SCORES[metric as ScoreName].greaterIsBetter ? -1 : 1;
  const [best] = baselines.toSorted((a, b) => sign * (a.mean - b.mean));
  const baseline = measured.find(({ learner }) => learner === best?.learner);
  if (baseline === undefined) return [];
  const names = Object.keys(baseline.metrics);
  const rows = [
    { name: candidates[chosen]?.learner ?? 'model', values: metrics },
    { name: baselineName(baseline), values: baseline.metrics },
  ];
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (label: string, cell: (metric: string) => string): string =>
    `    ${label.padEnd(width)}${names.map((name) => cell(name).padStart(Math.max(name.length, 6) + 2)).join('')}`;
  return [
    'What the model adds to the best baseline (held-out)',
    line('', (name) => name),
    ...rows.map(({ name, values }) => line(name, (each) => values[each]?.toFixed(4) ?? '')),
    '',
  ];
}

const confusionLine = ({
  tn,
  fp,
  fn,
  tp,
}: TrainedPipeline['evaluation']['confusion_matrix']): string =>
  `    ${'confusion matrix'.padEnd(24)}tn ${tn}, fp ${fp}, fn ${fn}, tp ${tp}`;

function nextStep(name: string, alias: string, version: string): string {
  if (alias === 'challenger') {
    const option = name === SETTINGS.MODEL_NAME.default ? '' : ` --name ${name}`;
    return `The champion of ${name} is still served. Next: npm run promote -- --version ${version}${option}`;
  }
  const environment = name === SETTINGS.MODEL_NAME.default ? '' : `MODEL_NAME=${name} `;
  return `Next: ${environment}npm start`;
}
