// What a zod issue says in the words of a params file: what was expected there and what kind of thing came, never the value.
import { z } from 'zod';
import type { KeyPath } from './located-yaml.ts';

export interface Expectation {
  readonly path: KeyPath;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** Checks `value`; what it does not meet, or the parsed value. Unknown keys are named with the keys allowed in their place. */
export function check<T extends z.ZodType>(
  schema: T,
  value: unknown,
):
  | { readonly ok: true; readonly value: z.output<T> }
  | { readonly ok: false; readonly problems: readonly Expectation[] } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.flatMap((issue) => explain(schema, value, issue)),
  };
}

function explain(schema: z.ZodType, value: unknown, issue: Issue): readonly Expectation[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    const known = keysAllowed(schema, value, path).join(', ');
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key; allowed here: ${known}`,
    }));
  }
  const came = valueAt(value, path);
  if (came === undefined) return [{ path, message: `missing; expected ${expected(issue)}` }];
  return [{ path, message: `expected ${expected(issue)}, got ${kindOf(came)}` }];
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (value === '') return 'empty text';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'number') return KINDS[typeof value] ?? `a ${typeof value}`;
  if (!Number.isFinite(value)) return 'a number that is not finite';
  if (value <= 0) return value === 0 ? 'zero' : 'a negative number';
  return Number.isInteger(value) ? 'a whole number' : 'a fraction';
}

/** Schemas that add to one other schema what is no matter of keys. */
const isWrapper = (
  schema: z.ZodType,
): schema is z.ZodOptional | z.ZodNullable | z.ZodDefault | z.ZodPrefault | z.ZodReadonly =>
  schema instanceof z.ZodOptional ||
  schema instanceof z.ZodNullable ||
  schema instanceof z.ZodDefault ||
  schema instanceof z.ZodPrefault ||
  schema instanceof z.ZodReadonly;

/** The keys of the object schema that `path` leads to; of a union, the branch that the value itself chose. */
function keysAllowed(schema: z.ZodType, value: unknown, path: KeyPath): readonly string[] {
  if (isWrapper(schema)) return keysAllowed(schema.unwrap() as z.ZodType, value, path);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = schema.def;
    const chosen = valueAt(value, [discriminator]);
    const options = schema.options as readonly z.ZodObject<Record<string, z.ZodType>>[];
    const branch = options.find((option) => option.shape[discriminator]?.safeParse(chosen).success);
    return branch === undefined ? [discriminator] : keysAllowed(branch, value, path);
  }
  const [head, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
    if (head === undefined) return Object.keys(shape);
    const next = shape[head];
    return next === undefined ? [] : keysAllowed(next, valueAt(value, [head]), rest);
  }
  if (schema instanceof z.ZodArray && head !== undefined) {
    return keysAllowed(schema.element as z.ZodType, valueAt(value, [head]), rest);
  }
  return [];
}

function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'above' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'below' : 'at most', issue.maximum);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? oneOf(issue.options)
        : unionOf(issue.errors);
    case 'custom':
      return issue.message;
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return 'a value that fits its schema';
  }
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string')
    return limit === 1 ? 'text that is not empty' : `text of ${relation} ${limit} characters`;
  if (origin === 'array') return `a list of ${relation} ${limit} ${limit === 1 ? 'item' : 'items'}`;
  if (origin === 'object')
    return `a mapping of ${relation} ${limit} ${limit === 1 ? 'key' : 'keys'}`;
  return `a number ${relation} ${limit}`;
}

const oneOf = (values: readonly unknown[]): string => values.map(String).join(' or ');

const unionOf = (branches: readonly (readonly Issue[])[]): string =>
  [...new Set(branches.flatMap(([issue]) => (issue === undefined ? [] : [expected(issue)])))].join(
    ' or ',
  );

function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (at, part) =>
      typeof at === 'object' && at !== null
        ? (at as Readonly<Record<string | number, unknown>>)[part]
        : undefined,
    value,
  );
}
