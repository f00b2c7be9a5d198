// Takes labels for predictions: says of each what became of it, and stores what is new.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import { QualityInstruments, type FeedbackResult } from '../metrics/monitoring-instruments.ts';
import { PredictionFacts, type PredictionFact } from '../prediction/prediction-facts.ts';
import { FeedbackTable, type LabelWithHistory, type NewLabel } from './feedback-table.ts';
import { classOf, LabelWords, type Words } from './label-words.ts';
import { InvalidFields, readFeedback, type Statement } from './read-feedback.ts';

/** What became of the label for a prediction. */
export interface ItemResult {
  readonly predictionId: string;
  readonly result: FeedbackResult;
}

type Facts = ReadonlyMap<string, PredictionFact>;

@Injectable()
export class FeedbackService {
  constructor(
    { model }: Config,
    private readonly predictions: PredictionFacts,
    private readonly words: LabelWords,
    private readonly labels: FeedbackTable,
    private readonly instruments: QualityInstruments,
  ) {
    this.modelName = model.name;
    instruments.expectModel(model.name);
  }
  /** What labels for predictions that nobody knows are counted under. */
  private readonly modelName: string;

  /** One result an item, in their order. Throws BAD_REQUEST and INVALID_INPUT; nothing is stored then. */
  async receive(
    body: unknown,
    { userId, via, credentialId }: Principal,
    now = Date.now(),
  ): Promise<readonly ItemResult[]> {
    const statements = readFeedback(body, now);
    const ids = [...new Set(statements.map(({ predictionId }) => predictionId))];
    const facts = await this.predictions.of(ids);
    const classified = await this.classify(statements, facts);
    const conflicting = conflictingOf(classified);
    const first = new Map<string, NewLabel>();
    for (const label of classified)
      if (label !== null && !conflicting.has(label.predictionId) && !first.has(label.predictionId))
        first.set(label.predictionId, label);
    const receipt = { receivedAt: now, userId, credential: `${via}:${credentialId}` };
    const stored = await this.labels.store([...first.values()], receipt);
    const became = new Map([...first.keys()].map((id, i) => [id, stored[i] as FeedbackResult]));
    const results = statements.map(({ predictionId }): ItemResult => {
      const result = conflicting.has(predictionId) ? 'conflict' : became.get(predictionId);
      // The same label said once more in one request.
      if (result !== undefined && result !== 'unknown_id') became.set(predictionId, 'duplicate');
      return { predictionId, result: result ?? 'unknown_id' };
    });
    this.count(results, facts);
    return results;
  }

  /** Throws NOT_FOUND. */
  async find(predictionId: string): Promise<LabelWithHistory> {
    const found = await this.labels.find(predictionId);
    if (found === null)
      throw new AppError('NOT_FOUND', 'There is no label for a prediction with this id.');
    return found;
  }

  /** null where there is no such prediction. Throws INVALID_INPUT for labels that its model does not have. */
  private async classify(
    statements: readonly Statement[],
    facts: Facts,
  ): Promise<readonly (NewLabel | null)[]> {
    const wordsOf = await this.wordsFor(facts);
    const errors = new InvalidFields();
    const classified = statements.map((statement, i) => {
      const fact = facts.get(statement.predictionId);
      if (fact === undefined) return null;
      const words = wordsOf(fact);
      const actual = classOf(words, statement.label);
      if (actual !== null) return toLabel(statement, fact, { actual, words });
      errors.add(`items.${i}.label`, 'label', expectationOf(words), statement.label);
      return null;
    });
    errors.throwIfAny();
    return classified;
  }

  /** Asked once for all predictions that are answered alike. */
  private async wordsFor(facts: Facts): Promise<(fact: PredictionFact) => Words> {
    const words = new Map<string, Words>();
    const keyOf = ({ modelName, modelVersion, label }: PredictionFact): string =>
      JSON.stringify([modelName, modelVersion, label]);
    for (const fact of facts.values()) {
      const key = keyOf(fact);
      if (!words.has(key)) words.set(key, await this.words.of(fact));
    }
    return (fact) => words.get(keyOf(fact)) as Words;
  }

  private count(results: readonly ItemResult[], facts: Facts): void {
    const counts = new Map<string, { model: string; result: FeedbackResult; items: number }>();
    for (const { predictionId, result } of results) {
      const model = facts.get(predictionId)?.modelName ?? this.modelName;
      const key = `${result} ${model}`;
      const count = counts.get(key) ?? { model, result, items: 0 };
      count.items += 1;
      counts.set(key, count);
    }
    for (const { model, result, items } of counts.values())
      this.instruments.received(model, result, items);
  }
}

function toLabel(
  { predictionId, observedAt, groups }: Statement,
  { label }: PredictionFact,
  { actual, words }: { readonly actual: 0 | 1; readonly words: Words },
): NewLabel {
  return {
    predictionId,
    label: actual === 1 ? words.positive_label : words.negative_label,
    actual,
    predicted: label === words.positive_label ? 1 : 0,
    observedAt,
    groups,
  };
}

/** Words of the model, not of the caller. */
const expectationOf = ({ positive_label, negative_label }: Words): string =>
  `"${positive_label}" or "${negative_label}"`;

/** Predictions of which one request says different things. */
function conflictingOf(labels: readonly (NewLabel | null)[]): ReadonlySet<string> {
  const first = new Map<string, NewLabel>();
  const conflicting = new Set<string>();
  for (const label of labels) {
    if (label === null) continue;
    const before = first.get(label.predictionId);
    if (before === undefined) first.set(label.predictionId, label);
    else if (!isSame(before, label)) conflicting.add(label.predictionId);
  }
  return conflicting;
}

const isSame = (a: NewLabel, b: NewLabel): boolean =>
  a.actual === b.actual && a.observedAt === b.observedAt && a.groups === b.groups;
