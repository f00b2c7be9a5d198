// What every command of the server side does with Ctrl-C and with whatever ends it.
import { refusalOf } from './disk-refusal.ts';
import { messageOf } from './errors.ts';

/** What shells answer for a process that was interrupted. */
const INTERRUPTED = 130;

/** Aborted when the process is asked to end: what is under way then ends with an AbortError, and leaves nothing half-made. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      controller.abort();
    });
  return controller.signal;
}

/** One line on standard error and the exit code, for whatever ended the command. */
export function reportFailure(error: unknown): void {
  const interrupted = error instanceof Error && error.name === 'AbortError';
  const why = refusalOf(error);
  const said = why === null ? messageOf(error) : `the file cannot be written: ${why}`;
  process.stderr.write(`foretell: ${interrupted ? 'interrupted' : said}\n`);
  process.exitCode = interrupted ? INTERRUPTED : 1;
}
