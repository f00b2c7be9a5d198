// Numbers that threads share instead of copying them each.

type Numbers = Uint8Array | Int32Array | Float32Array | Float64Array;

/** A copy of `numbers` on shared memory. */
export function sharedCopy<T extends Numbers>(numbers: T): T {
  const copy = new (numbers.constructor as new (buffer: SharedArrayBuffer) => T)(
    new SharedArrayBuffer(numbers.byteLength),
  );
  copy.set(numbers);
  return copy;
}
