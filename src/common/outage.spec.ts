// Outages as the drivers report them.
import { QueryFailedError } from 'typeorm';
import { isOutage } from './outage.ts';

const coded = (code: string, message = ''): Error => Object.assign(new Error(message), { code });
const wrapped = (cause: Error): Error => new QueryFailedError('SELECT 1', [], cause);

it.each([
  ['a refused connection', coded('ECONNREFUSED')],
  ['PostgreSQL shutting down', wrapped(coded('57P01'))],
  ['PostgreSQL starting', coded('57P03')],
  ['a connection lost in flight', wrapped(new Error('Connection terminated unexpectedly'))],
  ['a file that another process holds', wrapped(coded('SQLITE_BUSY_SNAPSHOT'))],
  ['a full disk', wrapped(coded('SQLITE_FULL', 'database or disk is full'))],
  ['a pool without a connection', new Error('timeout exceeded when trying to connect')],
])('takes %s for an outage', (_, error) => {
  expect(isOutage(error)).toBe(true);
});

it.each([
  ['a statement refused', wrapped(coded('42P01', 'relation "x" does not exist'))],
  ['a unique index', wrapped(coded('23505'))],
  ['a unique index of SQLite', wrapped(coded('SQLITE_CONSTRAINT_UNIQUE'))],
  ['a fault of ours', new TypeError('x is not a function')],
  ['something thrown that is no error', 'ECONNREFUSED'],
])('does not take %s for one', (_, error) => {
  expect(isOutage(error)).toBe(false);
});
