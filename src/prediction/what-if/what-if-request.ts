// Reads the body of POST /predict/what-if: the row as /predict takes it, and which of its features may change, in which direction.
import { AppError, type FieldError } from '../../common/errors.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { kindOf } from '../../features/kind-of.ts';

export const DIRECTIONS = ['any', 'increase', 'decrease'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface WhatIfRequest {
  /** Not checked yet: the encoder of the live model does that. */
  readonly features: unknown;
  /** Not checked yet; undefined where every feature may change. */
  readonly mutable: unknown;
}

export interface Mutable {
  /** By name of the feature. */
  readonly directions: ReadonlyMap<string, Direction>;
  readonly errors: readonly FieldError[];
}

const MAX_NAME = 64;
const MAX_ERRORS = 20;

/** Throws BAD_REQUEST, INVALID_INPUT. */
export function readWhatIfRequest(body: unknown): WhatIfRequest {
  if (body === undefined)
    throw new AppError('BAD_REQUEST', 'The body is missing; send a JSON object.');
  if (!isObject(body))
    throw new AppError('INVALID_INPUT', `The body must be a JSON object, not ${kindOf(body)}.`, {
      errors: [{ field: 'body', code: 'type', expected: 'a JSON object', received: kindOf(body) }],
    });
  const { features, mutable, ...others } = body;
  const errors: FieldError[] = Object.entries(others).map(([name, value]) => ({
    field: name.slice(0, MAX_NAME),
    code: 'unknown',
    expected: 'features and mutable only',
    received: kindOf(value),
  }));
  if (features === undefined)
    errors.unshift({
      field: 'features',
      code: 'missing',
      expected: 'an object with one value per feature',
      received: 'nothing',
    });
  if (errors.length > 0)
    throw new AppError('INVALID_INPUT', 'The body must hold features, and mutable if anything.', {
      errors: errors.slice(0, MAX_ERRORS),
    });
  return { features, mutable };
}

/** A list of names, or an object of name and direction; every feature in any direction where nothing came. */
export function readMutable(mutable: unknown, features: readonly ServedFeature[]): Mutable {
  if (mutable === undefined)
    return { directions: new Map(features.map(({ name }) => [name, 'any'])), errors: [] };
  const read = Array.isArray(mutable)
    ? readNames(mutable, features)
    : isObject(mutable)
      ? readDirections(mutable, features)
      : { directions: new Map<string, Direction>(), errors: [noList(mutable)] };
  if (read.directions.size > 0 || read.errors.length > 0)
    return { ...read, errors: read.errors.slice(0, MAX_ERRORS) };
  const expected = 'at least one feature that may change';
  return {
    ...read,
    errors: [{ field: 'mutable', code: 'empty', expected, received: 'none' }],
  };
}

function readNames(names: readonly unknown[], features: readonly ServedFeature[]): Mutable {
  const known = new Set(features.map(({ name }) => name));
  const directions = new Map<string, Direction>();
  const errors: FieldError[] = [];
  names.forEach((name, i) => {
    const field = `mutable[${i}]`;
    const received = kindOf(name);
    if (typeof name !== 'string')
      errors.push({ field, code: 'type', expected: 'the name of a feature', received });
    else if (!known.has(name))
      errors.push({ field, code: 'unknown', expected: 'the name of a feature', received });
    else if (directions.has(name))
      errors.push({ field, code: 'repeated', expected: 'each feature once', received });
    else directions.set(name, 'any');
  });
  return { directions, errors };
}

function readDirections(
  asked: Readonly<Record<string, unknown>>,
  features: readonly ServedFeature[],
): Mutable {
  const kinds = new Map(features.map(({ name, kind }) => [name, kind]));
  const directions = new Map<string, Direction>();
  const errors: FieldError[] = [];
  for (const [name, direction] of Object.entries(asked)) {
    const field = `mutable.${name.slice(0, MAX_NAME)}`;
    const received = kindOf(direction);
    const kind = kinds.get(name);
    if (kind === undefined)
      errors.push({ field, code: 'unknown', expected: 'the name of a feature', received });
    else if (!isDirection(direction))
      errors.push({ field, code: 'type', expected: 'any, increase or decrease', received });
    else if (kind === 'categorical' && direction !== 'any')
      errors.push({ field, code: 'type', expected: 'any: categories have no order', received });
    else directions.set(name, direction);
  }
  return { directions, errors };
}

const noList = (mutable: unknown): FieldError => ({
  field: 'mutable',
  code: 'type',
  expected: 'a list of names of features, or an object of name and direction',
  received: kindOf(mutable),
});

const isDirection = (value: unknown): value is Direction =>
  (DIRECTIONS as readonly unknown[]).includes(value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
