// Tells the instruments which model is live, and what keeps a version from going live.
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/errors.ts';
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

function reasonOf(error: unknown): LoadFailureReason {
  if (!(error instanceof AppError)) return 'other';
  switch (error.code) {
    case 'BUNDLE_INVALID':
    case 'MODEL_ERROR':
      return 'bundle';
    case 'REGISTRY_UNAVAILABLE':
      return 'registry';
    case 'MODEL_NOT_FOUND':
      return 'not_found';
    default:
      return 'other';
  }
}
