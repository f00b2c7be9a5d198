// The audit log as JSON Lines: read page by page as fast as it is taken.
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { AuditEventResponse } from './audit.dto.ts';
import type { AuditFilter, AuditLog, AuditPage } from './audit-log.ts';

/** SQLite is read on the event loop: a page is what other requests meanwhile wait for. */
const PAGE_EVENTS = 250;

/** Newest first. The first page is read before the answer begins, so that a database that is away is an error here and not a broken stream. */
export async function auditLines(log: AuditLog, filter: AuditFilter): Promise<Readable> {
  return Readable.from(linesFrom(await log.list(filter, PAGE_EVENTS), log, filter), {
    objectMode: false,
  });
}

async function* linesFrom(
  first: AuditPage,
  log: AuditLog,
  filter: AuditFilter,
): AsyncGenerator<string, void, undefined> {
  let page = first;
  for (;;) {
    yield page.items.map((event) => `${JSON.stringify(new AuditEventResponse(event))}\n`).join('');
    if (page.nextCursor === null) return;
    await turn();
    page = await log.list(filter, PAGE_EVENTS, page.nextCursor);
  }
}
