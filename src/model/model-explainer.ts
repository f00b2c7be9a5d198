// Explains a model's answers by what its bundle holds for that: the graph from raw rows to design columns, and the sum that is its margin.
import { setImmediate as turn } from 'node:timers/promises';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { AppError } from '../common/errors.ts';
import type {
  AdditiveModel,
  Contributions,
  ExplanationMethod,
} from '../explanation/additive-model.ts';
import { Explainer } from '../explanation/explainer.ts';
import type { ReasonRule } from '../explanation/reasons.ts';
import { invalid } from './bundle-schema.ts';
import { EXPLAINER_FILES, readExplainer, type ServedBundle } from './model-bundle.ts';
import { describe, list, openSession, type OnnxScorer } from './onnx-scorer.ts';

/** How to explain: as is usual for the model, or trees in one of two ways. */
export type ExplanationChoice = 'default' | 'path_dependent' | 'interventional';

/** Contributions of many rows, and what it takes to tell them. */
export interface ExplainedRows extends Contributions {
  readonly model: Pick<AdditiveModel, 'space' | 'calibration' | 'background'>;
  /** Of a row of the values: features behind the last one that the model looks at have none. */
  readonly width: number;
  /** Of all raw features. */
  readonly names: readonly string[];
  readonly rule: ReasonRule;
}

const NOTHING_TO_EXPLAIN_BY =
  'The bundle of the model being served holds nothing to explain answers by; ask without ?explain.';

type ExplainableBundle = Pick<ServedBundle, 'dir' | 'manifest' | 'features' | 'explainer'>;

/** Throws EXPLANATION_UNAVAILABLE where the bundle holds no explainer, BUNDLE_INVALID where it is not what it should be. */
export async function openExplainer(bundle: ExplainableBundle): Promise<ModelExplainer> {
  const files = await readExplainer(bundle);
  const rule = ruleOf(bundle);
  if (files === null || rule === null)
    throw new AppError('EXPLANATION_UNAVAILABLE', NOTHING_TO_EXPLAIN_BY);
  const session = await openSession(files.onnx, EXPLAINER_FILES.onnx);
  const problem = problemOf(session, bundle.features.features.length, files.model);
  if (problem === null) return new ModelExplainer(session, files.model, rule);
  await session.release();
  throw invalid(EXPLAINER_FILES.onnx, problem);
}

export class ModelExplainer {
  readonly #session: InferenceSession;
  readonly #model: AdditiveModel;
  /** By method: tables for the second one are made when somebody asks for it. */
  readonly #explainers = new Map<ExplanationMethod, Promise<Explainer>>();
  readonly #names: readonly string[];

  readonly #rule: ReasonRule;

  constructor(session: InferenceSession, model: AdditiveModel, rule: ReasonRule) {
    this.#session = session;
    this.#model = model;
    this.#rule = rule;
    this.#names = rule.features.map(({ name }) => name);
  }

  /**
   * Explains the first `rows` rows of `cells`, row-major [rows, features], as the scorer takes them. Throws EXPLANATION_UNAVAILABLE where the
   * model is not of the kind that the choice is about, MODEL_ERROR.
   */
  async explain(
    cells: Float32Array,
    rows: number,
    choice: ExplanationChoice = 'default',
  ): Promise<ExplainedRows> {
    const explainer = await this.#explainer(methodOf(this.#model, choice));
    return {
      ...explainer.explain(await this.#design(cells, rows), rows),
      width: explainer.features,
      model: this.#model,
      names: this.#names,
      rule: this.#rule,
    };
  }

  /** Frees the session, once nothing is asked of it any more. */
  async release(): Promise<void> {
    this.#explainers.clear();
    await this.#session.release();
  }

  #explainer(method: ExplanationMethod): Promise<Explainer> {
    let explainer = this.#explainers.get(method);
    if (explainer === undefined) {
      explainer = Explainer.build(this.#model, turn, method);
      this.#explainers.set(method, explainer);
    }
    return explainer;
  }

  async #design(cells: Float32Array, rows: number): Promise<Float32Array | Float64Array> {
    const width = this.#names.length;
    const features = new Tensor('float32', cells.subarray(0, rows * width), [rows, width]);
    try {
      const { design } = await this.#session.run({ features });
      return design?.data as Float32Array | Float64Array;
    } catch (cause) {
      throw new AppError('MODEL_ERROR', 'ONNX Runtime could not run the explainer', { cause });
    }
  }
}

/** The explainer of one loaded model: opened when somebody first asks, for all who ask meanwhile, and freed with the model. */
export class LazyExplainer {
  #opening: Promise<ModelExplainer> | null = null;

  constructor(
    private readonly bundle: ExplainableBundle,
    private readonly scorer: OnnxScorer,
  ) {
    scorer.onFreed(async () => {
      const opened = await this.#opening?.catch(() => null);
      await opened?.release();
    });
  }

  /** Whether answers can be explained so, as far as can be told without opening anything. */
  can(choice: ExplanationChoice): boolean {
    return refusalOf(this.bundle.explainer?.additive, choice) === null;
  }

  /** Throws EXPLANATION_UNAVAILABLE where they cannot. */
  expect(choice: ExplanationChoice): void {
    const refusal = refusalOf(this.bundle.explainer?.additive, choice);
    if (refusal !== null) throw new AppError('EXPLANATION_UNAVAILABLE', refusal);
  }

  /** See ModelExplainer; throws BUNDLE_INVALID too. The model must be alive when this is called, and stays so meanwhile. */
  async explain(
    cells: Float32Array,
    rows: number,
    choice: ExplanationChoice,
  ): Promise<ExplainedRows> {
    this.scorer.retain();
    try {
      const explainer = await (this.#opening ??= this.#open());
      return await explainer.explain(cells, rows, choice);
    } finally {
      await this.scorer.release();
    }
  }

  async #open(): Promise<ModelExplainer> {
    try {
      return await openExplainer(this.bundle);
    } catch (error) {
      // Files that were away may be back when somebody asks again.
      this.#opening = null;
      throw error;
    }
  }
}

/** Throws EXPLANATION_UNAVAILABLE. */
function methodOf(model: AdditiveModel, choice: ExplanationChoice): ExplanationMethod {
  const refusal = refusalOf(model, choice);
  if (refusal !== null) throw new AppError('EXPLANATION_UNAVAILABLE', refusal);
  if (model.form.kind === 'linear') return 'linear';
  return choice === 'path_dependent' ? 'tree_path_dependent' : 'tree_interventional';
}

/** A linear model's closed form is its interventional explanation; paths it has none. */
function refusalOf(
  model: { readonly form: { readonly kind: 'linear' | 'trees' } } | undefined,
  choice: ExplanationChoice,
): string | null {
  if (model === undefined) return NOTHING_TO_EXPLAIN_BY;
  return model.form.kind === 'linear' && choice === 'path_dependent'
    ? 'The model being served is linear, and path-dependent explanations are of trees; ask with ?explain=true.'
    : null;
}

function ruleOf({ explainer }: ExplainableBundle): ReasonRule | null {
  const { adverse, reasons } = explainer ?? {};
  return adverse === undefined || reasons === undefined ? null : { adverse, features: reasons };
}

function problemOf(
  session: InferenceSession,
  width: number,
  { sources, form }: AdditiveModel,
): string | null {
  const type = form.kind === 'linear' ? 'float64' : 'float32';
  const expected = [`features float32 [N, ${width}]`, `design ${type} [N, ${sources.length}]`];
  const found = [...session.inputMetadata, ...session.outputMetadata].map(describe);
  return expected.length === found.length && expected.every((each, i) => each === found[i])
    ? null
    : `expected ${list(expected)}, found ${list(found)}`;
}
