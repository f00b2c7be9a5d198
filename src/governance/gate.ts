// The gate before promotion: may this version become champion? Every check is run and reported, also after one failed. No Nest, no
// database: the server and `npm run promote` come through here.
import { readHoldout, type HoldoutFile, type ServedBundle } from '../model/model-bundle.ts';
import { openModel, proveModel, type RunnableModel } from '../model/open-model.ts';
import { comparisonChecks } from './compare-models.ts';
import { check, reasonOf, type GateCheck } from './gate-check.ts';

export interface GateReport {
  readonly passed: boolean;
  readonly checks: readonly GateCheck[];
}

/** Metrics of which less is better. */
const AT_MOST: ReadonlySet<string> = new Set(['log_loss', 'brier']);
/** Checks that no operator can overrule: a version that fails them cannot be served. */
const OF_SERVICE: ReadonlySet<string> = new Set(['bundle', 'golden_rows']);
/** Rows timed one by one, after as many untimed ones have warmed the session up. */
const TIMED_ROWS = 200;

/** Both bundles as folders; `champion` is null where the model has none yet. Throws what is not the bundles' fault. */
export async function runGate(
  challengerDir: string,
  champion: { readonly version: string; readonly dir: string } | null,
): Promise<GateReport> {
  let challenger: RunnableModel;
  try {
    challenger = await openModel(challengerDir);
  } catch (error) {
    return reportOf([check('bundle', false, reasonOf(error))]);
  }
  try {
    return reportOf(await checksOf(challenger, champion));
  } finally {
    await challenger.scorer.release();
  }
}

/** Whether the version could be served if an operator insisted. */
export const isServable = ({ checks }: GateReport): boolean =>
  checks.every(({ name, passed }) => passed || !OF_SERVICE.has(name));

export const failedNames = ({ checks }: GateReport): readonly string[] =>
  checks.filter(({ passed }) => !passed).map(({ name }) => name);

const reportOf = (checks: readonly GateCheck[]): GateReport => ({
  passed: checks.every(({ passed }) => passed),
  checks,
});

async function checksOf(
  challenger: RunnableModel,
  champion: { readonly version: string; readonly dir: string } | null,
): Promise<readonly GateCheck[]> {
  const { report } = challenger.bundle;
  const golden = await goldenCheck(challenger);
  if (report.gate === undefined) {
    const detail =
      'report.json states no gate: the version was not made by npm run train, so nothing says what it must reach';
    return [golden, check('policy', false, detail)];
  }
  const held = await heldOutRows(challenger);
  return [
    golden,
    ...thresholdChecks(report, report.gate.thresholds),
    await latencyCheck(challenger, report.gate.latency_budget_ms),
    ...(await comparisonChecks(challenger, champion, held, report.gate.tolerance)),
  ];
}

async function goldenCheck(challenger: RunnableModel): Promise<GateCheck> {
  const { golden } = challenger.bundle;
  const limit = golden?.tolerance ?? null;
  try {
    await proveModel(challenger);
  } catch (error) {
    return check('golden_rows', false, reasonOf(error), { limit });
  }
  const detail =
    golden === null
      ? 'the bundle is from elsewhere and has none; the model runs'
      : `${golden.rows.length} rows reproduced`;
  return check('golden_rows', true, detail, { limit });
}

function thresholdChecks(
  { metrics }: ServedBundle['report'],
  thresholds: Readonly<Record<string, number>>,
): readonly GateCheck[] {
  return Object.entries(thresholds).map(([metric, limit]) => {
    const value = metrics[metric];
    if (value === undefined)
      return check(metric, false, 'the report has no such metric', { limit });
    const less = AT_MOST.has(metric);
    const detail = `of the held-out rows, ${less ? 'at most' : 'at least'} ${limit}`;
    return check(metric, less ? value <= limit : value >= limit, detail, { value, limit });
  });
}

async function latencyCheck(contender: RunnableModel, limit: number): Promise<GateCheck> {
  const value = await meanLatency(contender);
  return check('latency_ms', value <= limit, 'mean of scoring one row', { value, limit });
}

/** Mean milliseconds of one row through ONNX Runtime, over the golden rows. */
async function meanLatency({ bundle, encoder, scorer }: RunnableModel): Promise<number> {
  const rows = (bundle.golden?.rows ?? []).map(({ features }) => {
    const row = new Float32Array(encoder.width);
    encoder.encodeInto(features, row, 0);
    return row;
  });
  const scoreRows = async (): Promise<void> => {
    for (let i = 0; i < TIMED_ROWS; i += 1)
      await scorer.score(rows[i % rows.length] ?? new Float32Array(encoder.width), 1);
  };
  await scoreRows();
  const began = performance.now();
  await scoreRows();
  return (performance.now() - began) / TIMED_ROWS;
}

/** Or, in words, why there are none to compare on. */
async function heldOutRows({ bundle }: RunnableModel): Promise<HoldoutFile | string> {
  try {
    return (
      (await readHoldout(bundle)) ?? 'the bundle carries no held-out rows, so it cannot be compared'
    );
  } catch (error) {
    return reasonOf(error);
  }
}
