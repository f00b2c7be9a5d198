// The shipped rules and configurations at a faster clock: every duration in them divided by one number (the time between
// scrapes by less), and nothing else changed. What takes an hour in production can then be watched in a minute.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DURATION = /(\d+)(ms|[smhdw])/g;

/** Settings of Prometheus, its rules and Alertmanager that are durations. */
const DURATION_SETTINGS = new Set([
  ...['scrape_interval', 'evaluation_interval', 'for', 'keep_firing_for'],
  ...['resolve_timeout', 'group_wait', 'group_interval', 'repeat_interval'],
]);

/** A server that is busy has no longer for an answer than from one scrape to the next: of 15 s a second is left. */
const MOST_OFTEN = 15;

/** In PromQL durations stand in brackets and after `offset`; anywhere else 5m is part of a name. */
const IN_EXPRESSION = /\[[^\]]*\]|\boffset\s+\w+/g;

/** The YAML file with its durations divided. */
export function readShortened(file: string, times: number): Record<string, unknown> {
  return shortened(parse(readFileSync(file, 'utf8')), times) as Record<string, unknown>;
}

function shortened(value: unknown, times: number, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => shortened(each, times));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, shortened(each, times, name)]),
    );
  if (typeof value !== 'string') return value;
  if (key === 'scrape_interval') return divided(value, Math.min(times, MOST_OFTEN));
  if (DURATION_SETTINGS.has(key)) return divided(value, times);
  if (key === 'expr') return value.replace(IN_EXPRESSION, (part) => divided(part, times));
  return value;
}

const divided = (text: string, times: number): string =>
  text.replace(DURATION, (_, amount: string, unit: string) => {
    const ms = (Number(amount) * MS[unit as keyof typeof MS]) / times;
    return `${Math.max(1, Math.round(ms))}ms`;
  });
