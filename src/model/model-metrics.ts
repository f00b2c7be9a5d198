// Tells the instruments which model is live.
import { Injectable } from '@nestjs/common';
import { ModelInstruments } from '../metrics/instruments.ts';
import { ModelSlot } from './model-slot.ts';

@Injectable()
export class ModelMetrics {
  constructor(slot: ModelSlot, instruments: ModelInstruments) {
    slot.onSwap(({ version, bundle }) => {
      instruments.wentLive({
        model: version.name,
        version: version.version,
        framework: bundle.report.learner,
        sha256: bundle.onnxSha256,
      });
    });
  }
}
