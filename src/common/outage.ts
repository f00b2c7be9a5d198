// Tells a database or server that cannot answer now (worth another try) from a request that it refused (a fault of ours).

/** Node's codes of a connection that cannot be made or was lost. */
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** PostgreSQL, Appendix A: class 08 connection exception, 57P01 to 57P03 shutting down or starting, 53300 too many connections. */
const SQLSTATES = /^(08...|57P0[123]|53300)$/;
/** SQLite, held by another process for too long, or its file on a disk that is full, read-only or broken. */
const SQLITE_CODES = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY)/;
/** What pg says without any code. */
const MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/;

/** True for an error of a driver or socket that says that the other side is away; looks through TypeORM's wrapping. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && isOutageCode(code)) return true;
  return MESSAGES.test(error.message) || (driverError !== error && isOutage(driverError));
}

const isOutageCode = (code: string): boolean =>
  SYSTEM_CODES.has(code) || SQLSTATES.test(code) || SQLITE_CODES.test(code);
