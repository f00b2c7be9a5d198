// The kind of a value in words: what errors may say about what a caller sent, never the value itself.

/** "a string", "null", "nothing" (undefined), "an array", "a number that is not finite". */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number that is not finite';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
