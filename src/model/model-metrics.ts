// Tells the instruments which model is live, and what keeps a version from going live.
import { Injectable } from '@nestjs/common';
import { AppError, type ErrorCode } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import { ModelInstruments, type LoadFailureReason } from '../metrics/instruments.ts';
import { Challenger } from './challenger.ts';
import { ModelLoader } from './model-loader.ts';
import { ModelSlot } from './model-slot.ts';

@Injectable()
export class ModelMetrics {
  constructor(
    { model: { name } }: Config,
    slot: ModelSlot,
    loader: ModelLoader,
    challenger: Challenger,
    instruments: ModelInstruments,
  ) {
    slot.onSwap(({ version, bundle }) => {
      instruments.wentLive({
        model: version.name,
        version: version.version,
        framework: bundle.report.learner,
        sha256: bundle.onnxSha256,
      });
    });
    instruments.expectLoads(name, 'champion');
    loader.follower.onProblem((error) => {
      instruments.loadFailed(name, 'champion', reasonOf(error));
    });
    challenger.follower.onProblem((error) => {
      // A challenger that nobody named is no failure.
      const reason = reasonOf(error);
      if (reason !== 'not_found') instruments.loadFailed(name, 'challenger', reason);
    });
  }
}

const REASONS: Partial<Record<ErrorCode, LoadFailureReason>> = {
  BUNDLE_INVALID: 'bundle',
  MODEL_ERROR: 'bundle',
  REGISTRY_UNAVAILABLE: 'registry',
  MODEL_NOT_FOUND: 'not_found',
};

const reasonOf = (error: unknown): LoadFailureReason =>
  (error instanceof AppError ? REASONS[error.code] : undefined) ?? 'other';
