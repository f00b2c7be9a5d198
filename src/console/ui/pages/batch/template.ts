// A CSV to begin with: the model's features as its header, and one row of what is usual.
import { csvRecord } from './csv-text.ts';

interface TemplateFeature {
  readonly name: string;
  readonly median: number | null;
  readonly mode: string | null;
}

/** The medians and the most frequent categories of training; empty where the model does not tell. */
export const templateCsv = (features: readonly TemplateFeature[]): string =>
  csvRecord(features.map(({ name }) => name)) +
  csvRecord(features.map(({ median, mode }) => (median === null ? mode : String(median))));
