// Values that nobody can change: freezes a plain value and everything in it.

/** Freezes in place and returns the same value; meant for parsed JSON and records, not for class instances or typed arrays. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
