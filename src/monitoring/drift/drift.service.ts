// Evaluates drift: which model, which rows of the log, and how it is told. The figures come from a thread of their own.
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../../common/errors.ts';
import { toIso } from '../../database/epoch-ms.ts';
import { Challenger } from '../../model/challenger.ts';
import { ModelSlot, type LoadedModel } from '../../model/model-slot.ts';
import { SAMPLING_RULE, WindowSample } from '../../prediction/window-sample.ts';
import { FALSE_DISCOVERY_RATE, MINIMUM_WINDOW } from '../../statistics/drift/dataset-drift.ts';
import type { ConventionName } from '../../statistics/drift/drift-of.ts';
import { Evaluations } from '../evaluations.ts';
import { windowUntil, type Window } from '../window.ts';
import { expectColumn } from './column-sides.ts';
import type { DistributionQuery, DistributionResponse } from './distribution.dto.ts';
import type { DriftQuery, DriftResponse } from './drift.dto.ts';
import { DriftWorker } from './drift-worker.ts';

/** What was compared, whatever was asked of it. */
type Compared = Pick<DriftResponse, 'at' | 'model' | 'reference' | 'window'>;

@Injectable()
export class DriftService implements OnModuleDestroy {
  readonly #evaluations = new Evaluations<DriftResponse>();
  readonly #distributions = new Evaluations<DistributionResponse>();
  readonly #workers = new Set<DriftWorker>();
  #closed = false;

  constructor(
    private readonly slot: ModelSlot,
    private readonly challenger: Challenger,
    private readonly sample: WindowSample,
  ) {}

  /** Throws MODEL_NOT_READY, MODEL_NOT_FOUND, DRIFT_REFERENCE_UNAVAILABLE, BUNDLE_INVALID. */
  async evaluate({ window, version, convention }: DriftQuery): Promise<DriftResponse> {
    const model = this.modelOf(version);
    const { name, version: of } = model.version;
    return this.#evaluations.share([name, of, window, convention], () =>
      this.measure(model, convention, windowUntil(Date.now(), window)),
    );
  }

  /** Of one column. Throws INVALID_INPUT for one that the model does not have, and what `evaluate` throws. */
  async distribution({
    window,
    version,
    column,
  }: DistributionQuery): Promise<DistributionResponse> {
    const model = this.modelOf(version);
    expectColumn(column, model.bundle.features);
    const { name, version: of } = model.version;
    return this.#distributions.share([name, of, window, column], async () => {
      const [compared, distribution] = await this.compare(
        model,
        windowUntil(Date.now(), window),
        (worker) => worker.distribute(column),
      );
      return { ...compared, column, ...distribution };
    });
  }

  /** Over a window with given bounds, epoch milliseconds, both inclusive. The same bounds over the same log give the same digits. */
  async measure(
    model: LoadedModel,
    convention: ConventionName,
    window: Window,
  ): Promise<DriftResponse> {
    const [compared, measured] = await this.compare(model, window, (worker) =>
      worker.measure(convention),
    );
    return {
      ...compared,
      convention,
      minimum_rows: MINIMUM_WINDOW,
      false_discovery_rate: FALSE_DISCOVERY_RATE,
      ...measured,
    };
  }

  /** Hands the rows of the window to a thread and asks it once it has them all. */
  private async compare<Answer>(
    model: LoadedModel,
    { from, to }: Window,
    ask: (worker: DriftWorker) => Promise<Answer>,
  ): Promise<readonly [Compared, Answer]> {
    const { name, version } = model.version;
    const { dir, manifest, features, explainer } = model.bundle;
    const plan = await this.sample.plan({ modelName: name, version, from, to });
    this.expectOpen();
    const worker = new DriftWorker({ bundle: { dir, manifest, features, explainer } });
    this.#workers.add(worker);
    try {
      const reference = await worker.start(plan.sampled);
      if (reference === null) throw withoutReference();
      let sampled = 0;
      for await (const page of this.sample.pages(plan)) {
        await worker.take(page);
        sampled += page.length;
      }
      const compared = {
        at: toIso(Date.now()),
        model: { name, version },
        reference,
        window: { from: toIso(from), to: toIso(to), rows: plan.rows, sampled, rule: SAMPLING_RULE },
      };
      return [compared, await ask(worker)];
    } finally {
      this.#workers.delete(worker);
      await worker.end();
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#workers].map((worker) => worker.end()));
    await Promise.all([this.#evaluations.ended(), this.#distributions.ended()]);
  }

  private modelOf(version: string | undefined): LoadedModel {
    const champion = this.slot.current();
    if (version === undefined || version === champion.version.version) return champion;
    const challenger = this.challenger.current();
    if (version === challenger?.version.version) return challenger;
    throw new AppError(
      'MODEL_NOT_FOUND',
      'Drift is evaluated of the champion and of the challenger that is loaded; the version is neither.',
    );
  }

  private expectOpen(): void {
    if (this.#closed) throw new AppError('UNAVAILABLE', 'The server is about to stop.');
  }
}

const withoutReference = (): AppError =>
  new AppError(
    'DRIFT_REFERENCE_UNAVAILABLE',
    'The bundle of the model holds no reference to measure drift against; train it again to have one.',
  );
