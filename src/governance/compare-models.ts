// Challenger against champion on the challenger's held-out rows. Each check asks for evidence: the whole interval of the difference, not
// its middle, must lie within the tolerance (a test of non-inferiority). Rows that the champion was trained on would flatter the champion,
// so comparing on them errs on the safe side.
import type { GatePolicy, HoldoutFile } from '../model/model-bundle.ts';
import { openModel, type RunnableModel } from '../model/open-model.ts';
import { rocAucDifference } from '../statistics/delong.ts';
import { pairedBootstrap } from '../statistics/paired-bootstrap.ts';
import { Random } from '../statistics/random.ts';
import { check, reasonOf, type GateCheck } from './gate-check.ts';

type Tolerance = GatePolicy['tolerance'];

const NAMES = ['roc_auc_vs_champion', 'log_loss_vs_champion'] as const;
/** Two-sided: with 95 % of confidence the challenger is not worse by more than the tolerance. */
const CONFIDENCE = 0.9;
const RESAMPLES = 2000;
const SEED = 1;
const CLIP = 1e-15;

/** `held` in words is why there are no rows to compare on. */
export async function comparisonChecks(
  challenger: RunnableModel,
  champion: { readonly version: string; readonly dir: string } | null,
  held: HoldoutFile | string,
  tolerance: Tolerance,
): Promise<readonly GateCheck[]> {
  if (champion === null) return bothAre(true, 'not applicable: the model has no champion yet');
  if (typeof held === 'string') return bothAre(false, held);
  let other: RunnableModel;
  try {
    other = await openModel(champion.dir);
  } catch (error) {
    return bothAre(false, `the champion cannot be opened: ${reasonOf(error)}`);
  }
  try {
    return await compare(challenger, other, held, tolerance);
  } finally {
    await other.scorer.release();
  }
}

const bothAre = (passed: boolean, detail: string): readonly GateCheck[] =>
  NAMES.map((name) => check(name, passed, detail));

async function compare(
  challenger: RunnableModel,
  champion: RunnableModel,
  held: HoldoutFile,
  tolerance: Tolerance,
): Promise<readonly GateCheck[]> {
  if (!isSameQuestion(challenger, champion))
    return bothAre(false, 'the champion predicts another target or other labels');
  const mine = await scoreHeldOut(challenger, held);
  if (typeof mine === 'string') return bothAre(false, `holdout.json does not fit: ${mine}`);
  const tolerated = challenger.bundle.golden?.tolerance ?? 0;
  const reproduced = held.probability.every(
    (p, row) => Math.abs(p - (mine[row] ?? Number.NaN)) <= tolerated,
  );
  if (!reproduced) return bothAre(false, 'the probabilities in holdout.json are not reproduced');
  const theirs = await scoreHeldOut(champion, held);
  if (typeof theirs === 'string')
    return bothAre(false, `the champion has other features and cannot be compared: ${theirs}`);
  const y = Uint8Array.from(held.y);
  return [
    aucCheck(y, mine, theirs, tolerance.roc_auc),
    await logLossCheck(y, mine, theirs, tolerance.log_loss),
  ];
}

function isSameQuestion({ bundle: a }: RunnableModel, { bundle: b }: RunnableModel): boolean {
  return (
    a.features.target === b.features.target &&
    a.features.positive_label === b.features.positive_label &&
    a.features.negative_label === b.features.negative_label
  );
}

/** P(positive) of each held-out row from the features that this model takes; or, in words, which of them the rows do not have. */
async function scoreHeldOut(
  { bundle, encoder, scorer }: RunnableModel,
  { columns, rows }: HoldoutFile,
): Promise<Float32Array | string> {
  const taken = bundle.features.features.map(({ name }) => ({ name, at: columns.indexOf(name) }));
  const absent = taken.find(({ at }) => at < 0);
  if (absent !== undefined) return `the rows have no ${absent.name}`;
  const cells = new Float32Array(rows.length * encoder.width);
  for (const [i, row] of rows.entries()) {
    const raw = Object.fromEntries(taken.map(({ name, at }) => [name, row[at] ?? null]));
    const [issue] = encoder.encodeInto(raw, cells, i * encoder.width).issues;
    if (issue !== undefined)
      return `row ${i}, ${issue.field} (${issue.code}), expected ${issue.expected}`;
  }
  return (await scorer.score(cells, rows.length)).probability;
}

function aucCheck(
  y: Uint8Array,
  challenger: Float32Array,
  champion: Float32Array,
  tolerance: number,
): GateCheck {
  if (!y.includes(0) || !y.includes(1))
    return check(NAMES[0], false, 'the held-out rows are of one class');
  const { difference, low, high } = rocAucDifference(y, challenger, champion, CONFIDENCE);
  const detail = `challenger minus champion on ${y.length} rows, DeLong; its interval must not reach below the limit`;
  return check(NAMES[0], low >= -tolerance, detail, {
    value: difference,
    limit: -tolerance,
    interval: { low, high },
  });
}

async function logLossCheck(
  y: Uint8Array,
  challenger: Float32Array,
  champion: Float32Array,
  tolerance: number,
): Promise<GateCheck> {
  const differences = Float64Array.from(
    y,
    (label, row) => logLoss(label, challenger[row]) - logLoss(label, champion[row]),
  );
  const { difference, low, high } = await pairedBootstrap(differences, {
    random: Random.of(SEED),
    resamples: RESAMPLES,
    confidence: CONFIDENCE,
  });
  const detail = `challenger minus champion on ${y.length} rows, paired bootstrap; its interval must not reach above the limit`;
  return check(NAMES[1], high <= tolerance, detail, {
    value: difference,
    limit: tolerance,
    interval: { low, high },
  });
}

/** Of one row; probabilities clipped as the report's log_loss has them. */
function logLoss(label: number, p = Number.NaN): number {
  const clipped = Math.min(Math.max(p, CLIP), 1 - CLIP);
  return label === 1 ? -Math.log(clipped) : -Math.log1p(-clipped);
}
