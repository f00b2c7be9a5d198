import { AppError } from '../common/errors.ts';
import { readPredictRequest } from './predict-request.ts';

function refusalOf(body: unknown): AppError {
  try {
    readPredictRequest(body);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('readPredictRequest', () => {
  it('reads the envelope with and without a key', () => {
    expect(readPredictRequest({ features: { a: 1 } })).toEqual({ features: { a: 1 }, key: null });
    expect(readPredictRequest({ features: { a: 1 }, key: 'row-7' })).toEqual({
      features: { a: 1 },
      key: 'row-7',
    });
  });

  it('reads a bare feature object like an envelope', () => {
    expect(readPredictRequest({ a: 1, key: 2 })).toEqual({ features: { a: 1, key: 2 }, key: null });
  });

  it.each([
    ['an array', [1, 2]],
    ['null', null],
    ['a string', '{"features": {}}'],
    ['a number', 3],
    ['a boolean', true],
  ])('refuses %s as a body in one sentence', (kind, body) => {
    const refusal = refusalOf(body);
    expect(refusal.code).toBe('INVALID_INPUT');
    expect(refusal.message).toBe(`The body must be a JSON object, not ${kind}.`);
  });

  it('refuses a missing body', () => {
    expect(refusalOf(undefined).code).toBe('BAD_REQUEST');
  });

  it('lists every member that is neither features nor key, by its first 64 characters', () => {
    const refusal = refusalOf({ features: {}, extra: 'secret-value', ['x'.repeat(100)]: 1 });
    expect(refusal.errors?.map(({ field }) => field)).toEqual(['extra', 'x'.repeat(64)]);
    expect(JSON.stringify(refusal.errors)).not.toContain('secret-value');
  });

  it.each([
    ['a number', 7],
    ['empty', ''],
    ['too long', 'k'.repeat(129)],
    ['a NUL', 'a\u0000b'],
    ['half a character', 'a\ud800'],
  ])('refuses a key that is %s', (_, key) => {
    expect(refusalOf({ features: {}, key }).errors).toMatchObject([{ field: 'key', code: 'type' }]);
  });
});
