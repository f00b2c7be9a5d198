// One scheduled evaluation of drift: kept, and shown as metrics.
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors.ts';
import {
  DriftInstruments,
  type DriftFigures,
  type FeatureDriftFigure,
} from '../../metrics/monitoring-instruments.ts';
import type { DriftVerdict } from '../../statistics/drift/drift-of.ts';
import type { WindowName } from '../window.ts';
import { DEFAULT_CONVENTION, type ColumnDriftResponse, type DriftResponse } from './drift.dto.ts';
import { DriftHistory } from './drift-history.ts';
import { DriftService } from './drift.service.ts';

/** Of a model that drift cannot be measured of: the figures of the one before must not stay. */
const NO_FIGURES = {
  features: [],
  ratio: null,
  detected: null,
  domainClassifierAuc: null,
  windowRows: 0,
};

@Injectable()
export class DriftRecorder {
  constructor(
    private readonly drift: DriftService,
    private readonly history: DriftHistory,
    private readonly instruments: DriftInstruments,
  ) {}

  /** `seconds` between two evaluations; 0: on demand only. */
  expectEvaluations(model: string, seconds: number): void {
    this.instruments.expectEvaluations(model, seconds);
  }

  /** Of the champion, which is of this name and version. */
  async record(window: WindowName, model: string, version: string): Promise<void> {
    const startedAt = performance.now();
    const drift = await this.drift
      .evaluate({ window, version, convention: DEFAULT_CONVENTION })
      .catch(nullWithoutReference);
    if (drift !== null) await this.history.keep(window, drift);
    const seconds = (performance.now() - startedAt) / 1000;
    const figures = drift === null ? NO_FIGURES : figuresOf(drift);
    this.instruments.evaluated({ model, version }, { ...figures, seconds });
  }
}

function nullWithoutReference(error: unknown): null {
  if (error instanceof AppError && error.code === 'DRIFT_REFERENCE_UNAVAILABLE') return null;
  throw error;
}

/** Features and predictions, the heaviest first: those of no weight are the score and the label, which have their series whatever there is besides. */
function figuresOf(drift: DriftResponse): Omit<DriftFigures, 'seconds'> {
  const { features, predictions, multivariate, window } = drift;
  const byWeight = features.toSorted((a, b) => b.weight - a.weight);
  return {
    features: [...predictions, ...byWeight].map(toFigure),
    ratio: drift.share,
    detected: detected(drift.verdict),
    domainClassifierAuc: multivariate?.domain_classifier.roc_auc?.value ?? null,
    windowRows: window.sampled,
  };
}

const toFigure = ({ name, method, score, verdict }: ColumnDriftResponse): FeatureDriftFigure => ({
  feature: name,
  method,
  score,
  detected: detected(verdict),
});

const detected = (verdict: DriftVerdict): boolean | null =>
  verdict === 'insufficient_data' ? null : verdict === 'drift';
