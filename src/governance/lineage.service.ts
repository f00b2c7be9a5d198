// Where a prediction comes from: its version's bytes, run, parameters and data, and how that version came to answer. Read from the log and
// the history alone, so that it outlives the registry's entry.
import { Injectable } from '@nestjs/common';
import { toIso } from '../database/epoch-ms.ts';
import { PredictionLog } from '../prediction/prediction-log.ts';
import type { LineageResponse } from './governance.dto.ts';
import type { ModelEvent } from './model-event.entity.ts';
import { ModelHistory } from './model-history.ts';

@Injectable()
export class LineageService {
  constructor(
    private readonly log: PredictionLog,
    private readonly history: ModelHistory,
  ) {}

  /** Throws NOT_FOUND for an unknown prediction. */
  async of(predictionId: string): Promise<LineageResponse> {
    const { id, createdAt, modelName, modelVersion } = await this.log.get(predictionId);
    const events = await this.history.ofVersion(modelName, modelVersion);
    const started = servingAt(events, createdAt);
    return {
      prediction_id: id,
      predicted_at: toIso(createdAt),
      model: { name: modelName, version: modelVersion },
      served_as: started?.alias ?? null,
      serving_since: started ? toIso(started.at) : null,
      onnx_sha256: started?.onnxSha256 ?? null,
      run_id: started?.runId ?? null,
      params: paramsOf(started),
      data_digest: started?.dataDigest ?? null,
      git_commit: started?.gitCommit ?? null,
      alias_moves: events
        .filter(
          ({ kind, cause, at }) => kind === 'alias_moved' && cause !== 'undone' && at <= createdAt,
        )
        .map(({ at, alias, fromVersion, actor, cause, reason }) => ({
          at: toIso(at),
          alias: alias ?? '',
          from_version: fromVersion,
          actor,
          cause,
          reason,
        })),
    };
  }
}

/**
 * The serving that a prediction of that time came from: the last that had started, since a number can be given again to another model after
 * its version was deleted. A prediction older than the history gets the first.
 */
function servingAt(events: readonly ModelEvent[], at: number): ModelEvent | undefined {
  const servings = events.filter(({ kind }) => kind === 'serving_started');
  return servings.findLast((started) => started.at <= at) ?? servings[0];
}

const paramsOf = (event: ModelEvent | undefined): LineageResponse['params'] =>
  event?.params == null ? null : (JSON.parse(event.params) as LineageResponse['params']);
