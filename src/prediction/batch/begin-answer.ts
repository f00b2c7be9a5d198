// An answer as a stream that begins once its first part is there: what fails until then is an ordinary problem.
import { Readable } from 'node:stream';

/** Throws what keeps the first part from being made. */
export async function beginAnswer(
  parts: AsyncGenerator<Uint8Array, void, undefined>,
): Promise<Readable> {
  const first = await parts.next();
  return Readable.from(first.done === true ? [] : joined(first.value, parts), {
    objectMode: false,
  });
}

async function* joined(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    // Where nobody takes the first part, the rest has not begun to be asked for.
    await rest.return();
  }
}
