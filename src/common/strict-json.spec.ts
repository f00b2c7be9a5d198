import { AppError } from './errors.ts';
import { findJsonFlaw } from './json-scan.ts';
import { parseStrictJson } from './strict-json.ts';

function refusalOf(text: string): { code: string; detail: string } {
  try {
    parseStrictJson(text);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, detail: error.message };
    throw error;
  }
  throw new Error('accepted');
}

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** A seeded generator (mulberry32): the same texts on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('parseStrictJson', () => {
  it('gives what JSON.parse gives for a good body', () => {
    const text =
      ' {"features": {"mean radius": 17.99, "x": -1e-3, "y": null, "z": "a\\"b"}, "list": [1, [], {}]}\n';
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['[]', 'null', '"text"', '12', 'true', '\uFEFF{}'])(
    'accepts %p, which is JSON',
    (text) => {
      expect(() => parseStrictJson(text)).not.toThrow();
    },
  );

  it('says at which line and column a body stops being JSON, without quoting it', () => {
    const refusal = refusalOf('{\n  "radius": 17,\n  "secret-value": oops\n}');
    expect(refusal).toEqual({
      code: 'MALFORMED_JSON',
      detail: 'The body stops being JSON at line 3, column 19.',
    });
  });

  it.each([
    ['an unquoted key', '{a: 1}'],
    ['a trailing comma', '{"a": 1,}'],
    ['a truncated body', '{"a": {"b": 1}'],
    ['NaN', '{"a": NaN}'],
    ['Infinity', '{"a": -Infinity}'],
    ['a leading zero', '{"a": 01}'],
    ['a line break in a string', '{"a": "x\ny"}'],
    ['text after the value', '{"a": 1} {"b": 2}'],
    ['single quotes', "{'a': 1}"],
    ['a comment', '{"a": 1 /* no */}'],
  ])('refuses %s', (_, text) => {
    expect(refusalOf(text).code).toBe('MALFORMED_JSON');
  });

  it('refuses a key that appears twice and names it', () => {
    expect(refusalOf('{"a": 1, "b": 2,\n "a": 3}')).toEqual({
      code: 'DUPLICATE_KEY',
      detail: 'The key "a" appears again at line 2, column 2.',
    });
  });

  it('sees through escapes in a key that appears twice', () => {
    expect(refusalOf('{"features": {"a": 1, "\\u0061": 2}}').code).toBe('DUPLICATE_KEY');
  });

  it('allows the same key in two objects', () => {
    expect(parseStrictJson('[{"a": 1}, {"a": {"a": 2}}]')).toEqual([{ a: 1 }, { a: { a: 2 } }]);
  });

  it('shortens a long key to 64 characters', () => {
    const key = 'k'.repeat(1000);
    expect(refusalOf(`{"${key}": 1, "${key}": 2}`).detail).toContain(`"${'k'.repeat(64)}"`);
  });

  it('refuses an empty body', () => {
    expect(refusalOf(' \n')).toEqual({
      code: 'BAD_REQUEST',
      detail: 'The body is empty; send a JSON object.',
    });
  });

  it('refuses nesting deeper than 32 levels, however deep', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseStrictJson(nested(32))).toBeDefined();
    expect(refusalOf(nested(34)).code).toBe('BAD_REQUEST');
    expect(refusalOf('{"a":'.repeat(200_000)).code).toBe('BAD_REQUEST');
  });

  it.each(['{"__proto__": {"admin": true}}', '{"a": {"constructor": {"prototype": {"x": 1}}}}'])(
    'refuses the prototype key of %p',
    (text) => {
      expect(refusalOf(text).code).toBe('BAD_REQUEST');
    },
  );

  it('reads a number beyond float64 as Infinity, for the encoder to refuse by name', () => {
    expect(parseStrictJson('{"a": 1e999}')).toEqual({ a: Infinity });
  });

  it('reads a megabyte of one string without overflowing', () => {
    expect(parseStrictJson(`{"a": "${'x'.repeat(1_000_000)}"}`)).toEqual({
      a: 'x'.repeat(1_000_000),
    });
  });
});

describe('findJsonFlaw', () => {
  it('agrees with JSON.parse on 20,000 damaged texts', () => {
    const random = seeded(7);
    const good =
      '{"a": [1, -2.5e+10, true, null], "b\\u00e9\\n": {"c": "\\"x\\\\"}, "d": {}, "e": []}';
    const characters = '{}[]:,"\\ \n0123456789.eE+-truefalsn\u0001\u00a0é';
    const disagreements: string[] = [];
    for (let round = 0; round < 20_000; round++) {
      const at = Math.floor(random() * good.length);
      const character = characters[Math.floor(random() * characters.length)] ?? '';
      const removed = Math.floor(random() * 3);
      const text = good.slice(0, at) + character + good.slice(at + removed);
      const flaw = findJsonFlaw(text, 32);
      if (flaw?.kind !== 'duplicate_key' && (flaw === null) !== parses(text))
        disagreements.push(text);
    }
    expect(disagreements).toEqual([]);
  });
});
