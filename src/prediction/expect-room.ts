// Refuses a prediction that could not be stored soon, before anything is computed in vain, and counts that.
import type { PredictionInstruments } from '../metrics/instruments.ts';
import type { LoadedModel } from '../model/model-slot.ts';
import type { PredictionStore } from './log/prediction-store.ts';

/** Throws UNAVAILABLE. `model`: the one that would have answered; null where none is served, and nobody's prediction was refused. */
export function expectRoom(
  log: PredictionStore,
  instruments: PredictionInstruments,
  model: LoadedModel | null,
): void {
  if (log.hasRoom) return;
  if (model !== null) instruments.failed(model.version.name, 'overloaded');
  log.expectRoom();
}
