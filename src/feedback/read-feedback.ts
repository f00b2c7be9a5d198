// Reads the body of POST /feedback. By hand: of as many items as a request may hold class-validator takes 200 to 600 ms, this 20, and every
// prediction meanwhile waits.
import { AppError, type FieldError } from '../common/errors.ts';
import { kindOf } from '../features/kind-of.ts';

export const MAX_ITEMS = 10_000;
export const MAX_GROUPS = 10;
export const MAX_GROUP_LENGTH = 64;
const MAX_LABEL_LENGTH = 256;
const MAX_NAME = 64;
const MAX_ERRORS = 20;
/** Clocks differ. */
const FUTURE_MS = 60_000;

/** What one item says. */
export interface Statement {
  readonly predictionId: string;
  /** Any text: which labels there are is for the model of the prediction to say. */
  readonly label: string;
  /** Epoch milliseconds; null: not said. */
  readonly observedAt: number | null;
  /** JSON with sorted keys; null: not said. */
  readonly groups: string | null;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const PRINTABLE = /^\P{Cc}+$/u;
/** With an offset: local time would mean another instant on another server. */
const INSTANT =
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const MEMBERS: ReadonlySet<string> = new Set(['prediction_id', 'label', 'observed_at', 'groups']);

/** Throws INVALID_INPUT with the first of the fields that do not fit. */
export function readFeedback(body: unknown, now: number): readonly Statement[] {
  const items = itemsOf(body);
  const errors = new InvalidFields();
  const statements = items.map((item, i) => readItem(item, `items.${i}`, errors, now));
  errors.throwIfAny();
  return statements;
}

function itemsOf(body: unknown): readonly unknown[] {
  if (body === undefined)
    throw new AppError('BAD_REQUEST', 'The body is missing; send a JSON object.');
  const errors = new InvalidFields();
  if (!isObject(body)) {
    errors.add('body', 'type', 'a JSON object with items', body);
    return errors.throwNow();
  }
  for (const name of Object.keys(body))
    if (name !== 'items') errors.add(name.slice(0, MAX_NAME), 'unknown', 'items only', body[name]);
  const { items } = body;
  if (!Array.isArray(items)) errors.add('items', 'type', `1 to ${MAX_ITEMS} items`, items);
  else if (items.length < 1 || items.length > MAX_ITEMS)
    errors.add('items', 'length', `1 to ${MAX_ITEMS} items`, items);
  errors.throwIfAny();
  return items as readonly unknown[];
}

function readItem(item: unknown, field: string, errors: InvalidFields, now: number): Statement {
  if (!isObject(item)) {
    errors.add(field, 'type', 'an object with prediction_id and label', item);
    return NOTHING;
  }
  const { prediction_id: id, label, observed_at: observed, groups } = item;
  for (const name of Object.keys(item))
    if (!MEMBERS.has(name))
      errors.add(`${field}.${name.slice(0, MAX_NAME)}`, 'unknown', 'no such field', item[name]);
  if (typeof id !== 'string' || !UUID.test(id))
    errors.add(`${field}.prediction_id`, 'uuid', 'the id that a prediction answered with', id);
  if (!isText(label, MAX_LABEL_LENGTH))
    errors.add(`${field}.label`, 'label', 'a label of the model, as text', label);
  return {
    predictionId: typeof id === 'string' ? id.toLowerCase() : '',
    label: typeof label === 'string' ? label : '',
    observedAt: readInstant(observed, `${field}.observed_at`, errors, now),
    groups: readGroups(groups, `${field}.groups`, errors),
  };
}

const NOTHING: Statement = Object.freeze({
  predictionId: '',
  label: '',
  observedAt: null,
  groups: null,
});

function readInstant(
  value: unknown,
  field: string,
  errors: InvalidFields,
  now: number,
): number | null {
  if (value === undefined || value === null) return null;
  const at = typeof value === 'string' && INSTANT.test(value) ? Date.parse(value) : Number.NaN;
  if (!(at >= 0 && at <= now + FUTURE_MS)) {
    const expected = 'a date or an ISO 8601 instant with an offset or Z, not in the future';
    errors.add(field, 'instant', expected, value);
    return null;
  }
  return at;
}

function readGroups(value: unknown, field: string, errors: InvalidFields): string | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) {
    errors.add(field, 'type', 'an object of texts', value);
    return null;
  }
  const names = Object.keys(value).sort();
  if (names.length < 1 || names.length > MAX_GROUPS)
    errors.add(field, 'length', `1 to ${MAX_GROUPS} names`, value);
  const most = `1 to ${MAX_GROUP_LENGTH} printable characters`;
  for (const name of names.slice(0, MAX_GROUPS)) {
    if (!isText(name, MAX_GROUP_LENGTH)) errors.add(field, 'name', `names of ${most}`, name);
    else if (!isText(value[name], MAX_GROUP_LENGTH))
      errors.add(`${field}.${name}`, 'type', `a text of ${most}`, value[name]);
  }
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, value[name]])));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest && PRINTABLE.test(value);

/** Fields that do not fit, the first of them: what is said of many says it all. */
export class InvalidFields {
  readonly #found: FieldError[] = [];

  add(field: string, code: string, expected: string, received: unknown): void {
    if (this.#found.length < MAX_ERRORS)
      this.#found.push({ field, code, expected, received: kindOf(received) });
  }

  throwIfAny(): void {
    if (this.#found.length > 0) this.throwNow();
  }

  throwNow(): never {
    const names = [...new Set(this.#found.map(({ field }) => field))].join(', ');
    throw new AppError('INVALID_INPUT', `The input does not fit: ${names}.`, {
      errors: this.#found,
    });
  }
}
