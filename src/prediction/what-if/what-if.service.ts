// What would have to change: checks the question by the live model, and keeps that model alive until the answer is found.
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors.ts';
import type { RawValue } from '../../features/feature-spec.ts';
import { PredictionInstruments } from '../../metrics/instruments.ts';
import { ModelSlot, type LoadedModel } from '../../model/model-slot.ts';
import { invalidInput, refusalLabels } from '../refusal.ts';
import { encodeRow, labelsOf } from '../score-row.ts';
import { counterfactual, type AskedChange } from './counterfactual.ts';
import { Turns } from './turns.ts';
import type { WhatIfResponse } from './what-if.dto.ts';
import { readMutable, readWhatIfRequest } from './what-if-request.ts';

@Injectable()
export class WhatIf {
  private readonly turns = new Turns();

  constructor(
    private readonly slot: ModelSlot,
    private readonly instruments: PredictionInstruments,
  ) {}

  /**
   * Nothing is stored or counted as a prediction: no row of the caller's was answered. Throws MODEL_NOT_READY, EXPLANATION_UNAVAILABLE, BAD_REQUEST,
   * INVALID_INPUT, MODEL_ERROR, and what the signal was aborted with.
   */
  async answer(body: unknown, signal: AbortSignal): Promise<WhatIfResponse> {
    const model = this.slot.current();
    const { reference } = model.bundle;
    if (reference === null)
      throw new AppError(
        'EXPLANATION_UNAVAILABLE',
        'This version does not tell what training saw, which a change has to stay within.',
      );
    const asked = this.check(model, body);
    model.scorer.retain();
    try {
      return await counterfactual(model, reference, asked, this.turns, signal);
    } catch (error) {
      if (error instanceof AppError && error.code === 'MODEL_ERROR')
        this.instruments.failed(labelsOf(model).model, 'model_error');
      throw error;
    } finally {
      await model.scorer.release();
    }
  }

  private check(model: LoadedModel, body: unknown): AskedChange {
    const name = labelsOf(model).model;
    try {
      const { features, mutable } = readWhatIfRequest(body);
      const { cells, issues } = encodeRow(model, features);
      const { directions, errors } = readMutable(mutable, model.bundle.features.features);
      for (const { field, code } of issues)
        this.instruments.refused(name, ...refusalLabels(field, code));
      if (issues.length > 0 || errors.length > 0) throw invalidInput([...issues, ...errors]);
      return { features: features as Readonly<Record<string, RawValue>>, cells, directions };
    } catch (error) {
      this.instruments.failed(name, 'invalid_input');
      throw error;
    }
  }
}
