// The features of the served model as the form shows them: their names for people, their groups, what each field holds at first.
import type { Schemas } from '../../api/client.ts';
import { writeNumber } from './read-number.ts';

export type Feature = Schemas['FeatureInfo'];
export type ModelInfo = Schemas['ModelInfoResponse'];
export type Value = number | string | null;
/** A row as /predict takes it. */
export type Row = Readonly<Record<string, Value>>;

/** What stands in each field, by the name of its feature. */
export type Draft = ReadonlyMap<string, string>;

export interface FeatureGroup {
  /** null: of the features that declare none. */
  readonly heading: string | null;
  readonly features: readonly Feature[];
}

export const nameOf = ({ label, name }: Feature): string => label ?? name;

/** In the order in which the model lists them; those of one group together, where its first stands. */
export function groupsOf(features: readonly Feature[]): readonly FeatureGroup[] {
  const groups = new Map<string | null, Feature[]>();
  for (const feature of features) {
    const group = groups.get(feature.group);
    if (group === undefined) groups.set(feature.group, [feature]);
    else group.push(feature);
  }
  return [...groups].map(([heading, members]) => ({ heading, features: members }));
}

/** The most usual value in training; empty where the model tells of none. */
export const usualValue = ({ kind, median, mode }: Feature): Value =>
  kind === 'numeric' ? median : mode;

/** As a field holds it; a missing value is an empty field. */
export const textOf = (value: Value | undefined, decimal: string): string =>
  typeof value === 'number' ? writeNumber(value, decimal) : (value ?? '');

export const usualDraft = (features: readonly Feature[], decimal: string): Draft =>
  new Map(features.map((feature) => [feature.name, textOf(usualValue(feature), decimal)]));

/** Of a row from elsewhere, which may lack features of the present model: they stay empty. */
export const draftOf = (row: Row, features: readonly Feature[], decimal: string): Draft =>
  new Map(
    features.map(({ name }) => [
      name,
      textOf(Object.hasOwn(row, name) ? row[name] : null, decimal),
    ]),
  );

/** An own property each, whatever the name: `__proto__` too. */
export const rowOf = (cells: Iterable<readonly [string, Value]>): Row => Object.fromEntries(cells);
