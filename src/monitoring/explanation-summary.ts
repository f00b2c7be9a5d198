// Stored explanations added up: how much each feature moved the answers of a model version, over all of them and by label.
import type { ExplainedAnswer } from '../prediction/explanation-log.ts';

/** Means over the rows of a group, or of those with one label. */
export interface FeatureMeans {
  readonly mean_absolute_contribution: number;
  /** With the sign: above 0, the feature spoke for the positive label. */
  readonly mean_contribution: number;
}

export interface FeatureSummary extends FeatureMeans {
  readonly name: string;
  readonly by_label: readonly (FeatureMeans & { readonly label: string })[];
}

/** Figures of different versions, methods or backgrounds measure different things, and stand apart. */
export interface ExplanationGroup {
  readonly model: { readonly name: string; readonly version: string };
  readonly method: string;
  readonly background: string;
  readonly space: string;
  readonly rows: number;
  readonly labels: readonly { readonly label: string; readonly rows: number }[];
  /** The largest mean absolute contribution first. */
  readonly features: readonly FeatureSummary[];
}

/** Sums of one label's contributions, feature by feature. */
interface LabelSums {
  rows: number;
  readonly absolute: Float64Array;
  readonly signed: Float64Array;
}

class GroupSums {
  readonly #first: ExplainedAnswer;
  readonly #names: readonly string[];
  readonly #labels = new Map<string, LabelSums>();

  constructor(first: ExplainedAnswer) {
    this.#first = first;
    this.#names = Object.keys(first.explanation.contributions);
  }

  add({ label, explanation: { contributions } }: ExplainedAnswer): void {
    const sums = this.#of(label);
    sums.rows += 1;
    this.#names.forEach((name, i) => {
      const value = contributions[name] ?? 0;
      sums.absolute[i] = (sums.absolute[i] ?? 0) + Math.abs(value);
      sums.signed[i] = (sums.signed[i] ?? 0) + value;
    });
  }

  summary(): ExplanationGroup {
    const { modelName, modelVersion, explanation } = this.#first;
    const { method, background, space } = explanation;
    const labels = [...this.#labels].sort(([a], [b]) => (a < b ? -1 : 1));
    const rows = labels.reduce((sum, [, of]) => sum + of.rows, 0);
    return {
      model: { name: modelName, version: modelVersion },
      method,
      background,
      space,
      rows,
      labels: labels.map(([label, of]) => ({ label, rows: of.rows })),
      features: this.#names
        .map((name, i) => ({
          name,
          ...meansOf(
            labels.map(([, of]) => of),
            i,
          ),
          by_label: labels.map(([label, of]) => ({ label, ...meansOf([of], i) })),
        }))
        .sort((a, b) => b.mean_absolute_contribution - a.mean_absolute_contribution),
    };
  }

  #of(label: string): LabelSums {
    let sums = this.#labels.get(label);
    if (sums === undefined) {
      const { length } = this.#names;
      sums = { rows: 0, absolute: new Float64Array(length), signed: new Float64Array(length) };
      this.#labels.set(label, sums);
    }
    return sums;
  }
}

/** Takes any number of answers in the memory of a few sums a feature. */
export class ExplanationSums {
  readonly #groups = new Map<string, GroupSums>();

  add(answer: ExplainedAnswer): void {
    const { modelName, modelVersion, explanation } = answer;
    const { method, background } = explanation;
    const key = JSON.stringify([modelName, modelVersion, method, background]);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = new GroupSums(answer);
      this.#groups.set(key, group);
    }
    group.add(answer);
  }

  /** The group with the most rows first. */
  summary(): ExplanationGroup[] {
    return [...this.#groups.values()]
      .map((group) => group.summary())
      .sort((a, b) => b.rows - a.rows);
  }
}

function meansOf(sums: readonly LabelSums[], feature: number): FeatureMeans {
  let [rows, absolute, signed] = [0, 0, 0];
  for (const of of sums) {
    rows += of.rows;
    absolute += of.absolute[feature] ?? 0;
    signed += of.signed[feature] ?? 0;
  }
  return { mean_absolute_contribution: absolute / rows, mean_contribution: signed / rows };
}
