// The gate's report as lines for a terminal.
import type { GateCheck } from '../../src/governance/gate-check.ts';
import type { GateReport } from '../../src/governance/gate.ts';

export const reportLines = ({ checks }: GateReport): readonly string[] => checks.map(line);

function line({ name, passed, value, limit, interval, detail }: GateCheck): string {
  const figures = [
    value === null ? '' : figure(value),
    interval === null ? '' : `[${figure(interval.low)}, ${figure(interval.high)}]`,
    limit === null ? '' : `limit ${figure(limit)}`,
  ].filter((part) => part !== '');
  const verdict = passed ? 'passed' : 'FAILED';
  return `${verdict}  ${name.padEnd(22)}${figures.join(' ').padEnd(40)} ${detail}`;
}

const figure = (value: number): string => `${Number(value.toPrecision(4))}`;
