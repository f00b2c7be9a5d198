// A line of a log in the layout of the export (docs/prediction-log.md) -> what analysis takes of a row, or where it is not what it must be.
import { findJsonFlaw } from '../../common/json-scan.ts';
import { kindOf } from '../../features/kind-of.ts';
import type { RollupRow } from '../../prediction/rollups/rollup.ts';
import { memberOffset } from './member-offset.ts';

/** Where a line is broken, and what should stand there. Never what does. */
export interface LineFault {
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  readonly expected: string;
  readonly received: string;
}

export type ReadLine = { readonly row: RollupRow } | { readonly fault: LineFault };

const MAX_DEPTH = 64;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

interface Rule {
  readonly name: string;
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
}

const TEXT = { expected: 'text', fits: (value: unknown) => typeof value === 'string' };
const SHARE = {
  expected: 'a number from 0 to 1',
  fits: (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1,
};
const AMOUNT = {
  expected: 'a number, 0 or more',
  fits: (value: unknown) => typeof value === 'number' && value >= 0 && value < Infinity,
};

const RULES: readonly Rule[] = [
  {
    name: 'created_at',
    expected: 'an ISO 8601 instant with Z or an offset',
    fits: (value) =>
      typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
  },
  { name: 'model_name', ...TEXT },
  { name: 'model_version', ...TEXT },
  { name: 'probability', ...SHARE },
  { name: 'label', ...TEXT },
  { name: 'threshold', ...SHARE },
  { name: 'warnings', expected: 'a list', fits: Array.isArray },
  { name: 'duration_ms', ...AMOUNT },
  { name: 'cpu_percent', ...AMOUNT },
  { name: 'memory_bytes', ...AMOUNT },
];

/** Of the first member that does not fit; members that analysis does not need are not looked at. */
export function readLogLine(text: string): ReadLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const offset = findJsonFlaw(text, MAX_DEPTH)?.offset ?? 0;
    const received = 'a text that stops being JSON here';
    return { fault: { column: offset + 1, expected: 'a JSON object', received } };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { fault: { column: 1, expected: 'a JSON object', received: kindOf(value) } };
  const members = value as Readonly<Record<string, unknown>>;
  const broken = RULES.find(({ name, fits }) => !fits(members[name]));
  return broken === undefined
    ? { row: rowOf(members) }
    : { fault: faultOf(text, broken, members[broken.name]) };
}

function faultOf(text: string, { name, expected }: Rule, value: unknown): LineFault {
  return {
    column: (memberOffset(text, name) ?? 0) + 1,
    expected: `${name}: ${expected}`,
    received: kindOf(value),
  };
}

/** Of members that were checked. */
function rowOf(members: Readonly<Record<string, unknown>>): RollupRow {
  const warnings = members['warnings'] as readonly unknown[];
  return {
    createdAt: Date.parse(members['created_at'] as string),
    modelName: members['model_name'] as string,
    modelVersion: members['model_version'] as string,
    probability: members['probability'] as number,
    label: members['label'] as string,
    threshold: members['threshold'] as number,
    warnings: warnings.length === 0 ? '[]' : JSON.stringify(warnings),
    durationMs: members['duration_ms'] as number,
    cpuPercent: members['cpu_percent'] as number,
    memoryBytes: members['memory_bytes'] as number,
  };
}
