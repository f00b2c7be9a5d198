// One line for a crowd, a stack for a fault.
import { Logger } from '@nestjs/common';
import { AppError } from './errors.ts';
import { ProblemReports } from './problem-reports.ts';

class Lines extends Logger {
  readonly written: string[][] = [];
  override error(...line: unknown[]): void {
    this.written.push(line.map(String));
  }
}

const refusal = (): AppError =>
  new AppError('UNAVAILABLE', 'It could not be stored.', { cause: new Error('disk full') });

function opened() {
  const logger = new Lines();
  const clock = { ms: 0 };
  const reports = new ProblemReports(() => clock.ms);
  const report = (id: string, error: AppError): void => {
    reports.report(logger, id, error);
  };
  return { logger, clock, report };
}

it('writes one line without a stack for all refusals of some seconds, and then says how many there were', () => {
  const { logger, clock, report } = opened();
  for (let i = 0; i < 5000; i++) report(`request-${i}`, refusal());
  expect(logger.written).toEqual([['request-0 UNAVAILABLE It could not be stored. (disk full)']]);
  clock.ms = 5000;
  report('later', refusal());
  expect(logger.written[1]).toEqual([
    'later UNAVAILABLE It could not be stored. (disk full); 4999 more like it were not logged',
  ]);
  clock.ms = 10_000;
  report('latest', refusal());
  expect(logger.written[2]?.[0]).not.toContain('more');
});

it('keeps refusals of different codes apart', () => {
  const { logger, report } = opened();
  report('a', refusal());
  report('b', new AppError('MODEL_NOT_READY', 'There is no model.'));
  expect(logger.written).toHaveLength(2);
});

it('writes every fault of ours with its stack', () => {
  const { logger, report } = opened();
  for (const id of ['a', 'b'])
    report(id, new AppError('INTERNAL', 'Wrong.', { cause: new Error('x') }));
  expect(logger.written).toHaveLength(2);
  expect(logger.written[0]?.[1]).toContain('problem-reports.spec');
});

it("writes nothing about callers' mistakes", () => {
  const { logger, report } = opened();
  report('a', new AppError('INVALID_INPUT', 'It does not fit.'));
  expect(logger.written).toEqual([]);
});
