// Which request the code that runs now works for. Nobody asks for it while nothing is traced: the storage costs from its first run() on.
import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from '../common/errors.ts';
import type { PartFacts, PartName, Span } from './tracing.ts';

const active = new AsyncLocalStorage<Span | null>();

/** null: nothing is traced, or no request is being answered. */
export const activeSpan = (): Span | null => active.getStore() ?? null;

/** Runs work, and whatever it leads to, for that request; null: for none. */
export const within = <T>(span: Span | null, work: () => T): T =>
  span === activeSpan() ? work() : active.run(span, work);

/** Runs a part of the request that is being answered, and tells its span. Work begins at once, before anything is awaited. */
export async function traced<T>(
  name: PartName,
  facts: PartFacts,
  work: () => Promise<T>,
): Promise<T> {
  const span = activeSpan();
  if (span === null) return work();
  const from = performance.now();
  try {
    const result = await work();
    span.part(name, from, performance.now(), facts);
    return result;
  } catch (error) {
    span.part(name, from, performance.now(), facts, errorTypeOf(error));
    throw error;
  }
}

/** One of the catalogue: messages may be long, and those of others may quote what they were given. */
export const errorTypeOf = (error: unknown): string =>
  error instanceof AppError ? error.code : 'INTERNAL';
