// Reads the body of POST /predict: the envelope { features, key? }, or a bare feature object.
import { AppError } from '../common/errors.ts';
import { kindOf } from '../features/kind-of.ts';

export interface PredictRequest {
  /** Not checked yet: the encoder of the live model does that. */
  readonly features: unknown;
  /** The caller's own reference, stored with the prediction. */
  readonly key: string | null;
}

const MEMBERS: ReadonlySet<string> = new Set(['features', 'key']);
const MAX_NAME = 64;
/** No control characters: PostgreSQL stores no NUL in a text. No halves of a character: no database gives them back as they came. */
const KEY = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

/** An object with a member `features` is the envelope; a model with a feature of that name needs the envelope. Throws INVALID_INPUT. */
export function readPredictRequest(body: unknown): PredictRequest {
  if (body === undefined)
    throw new AppError('BAD_REQUEST', 'The body is missing; send a JSON object.');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new AppError('INVALID_INPUT', `The body must be a JSON object, not ${kindOf(body)}.`, {
      errors: [{ field: 'body', code: 'type', expected: 'a JSON object', received: kindOf(body) }],
    });
  }
  return Object.hasOwn(body, 'features') ? readEnvelope(body) : { features: body, key: null };
}

function readEnvelope(body: object): PredictRequest {
  const { features, key } = body as { features: unknown; key?: unknown };
  const errors = Object.keys(body)
    .filter((name) => !MEMBERS.has(name))
    .map((name) => ({
      field: name.slice(0, MAX_NAME),
      code: 'unknown',
      expected: 'features and key only',
      received: kindOf((body as Record<string, unknown>)[name]),
    }));
  const isKey = typeof key === 'string' && KEY.test(key);
  if (key !== undefined && key !== null && !isKey) {
    errors.push({
      field: 'key',
      code: 'type',
      expected: 'a string of 1 to 128 printable characters',
      received: kindOf(key),
    });
  }
  if (errors.length > 0) {
    throw new AppError(
      'INVALID_INPUT',
      'The body holds more than features and a key, or a key that is none.',
      {
        errors: errors.slice(0, 20),
      },
    );
  }
  return { features, key: isKey ? key : null };
}
