// Lines of a benchmark beside its goals.
import type { MeasuredCommand } from '../../support/measured-command.ts';

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

export const tell = (
  what: string,
  { seconds, peakMegabytes }: Pick<MeasuredCommand, 'seconds' | 'peakMegabytes'>,
): void => {
  say(`  ${what}: ${seconds.toFixed(2)} s, ${peakMegabytes.toFixed(0)} MiB at its peak`);
};
