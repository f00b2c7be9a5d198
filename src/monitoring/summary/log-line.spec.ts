// A line of a log is read as the export writes it; of a broken one is told where it breaks and what was expected, never what stands there.
import { readLogLine, type LineFault } from './log-line.ts';

const WHOLE = {
  id: '0193',
  created_at: '2026-11-21T10:00:00.250Z',
  key: 'probability',
  model_name: 'foretell',
  model_version: '2',
  inputs: { probability: 'no number', nested: [{ threshold: '}"' }] },
  probability: 0.75,
  label: 'malignant',
  threshold: 0.5,
  warnings: [],
  duration_ms: 0.25,
  cpu_percent: 12,
  memory_bytes: 1024,
  explanation: { label: 'of a member inside', probability: 0, threshold: 0, warnings: 0 },
};

const faultOf = (text: string): LineFault => {
  const read = readLogLine(text);
  if (!('fault' in read)) throw new Error('the line was read');
  return read.fault;
};

it('reads what analysis takes of a row, and nothing else', () => {
  expect(readLogLine(JSON.stringify(WHOLE))).toEqual({
    row: {
      createdAt: Date.parse('2026-11-21T10:00:00.250Z'),
      modelName: 'foretell',
      modelVersion: '2',
      probability: 0.75,
      label: 'malignant',
      threshold: 0.5,
      warnings: '[]',
      durationMs: 0.25,
      cpuPercent: 12,
      memoryBytes: 1024,
    },
  });
});

it('keeps warnings, and takes an instant with an offset', () => {
  const warnings = [{ feature: 'side', code: 'outside' }];
  const line = { ...WHOLE, warnings, created_at: '2026-11-21T12:00:00+02:00' };
  expect(readLogLine(JSON.stringify(line))).toMatchObject({
    row: { warnings: JSON.stringify(warnings), createdAt: Date.parse('2026-11-21T10:00:00Z') },
  });
});

it.each([
  ['created_at', 'yesterday', 'an ISO 8601 instant with Z or an offset', 'a string'],
  ['created_at', '2026-11-21T10:00:00', 'an ISO 8601 instant with Z or an offset', 'a string'],
  ['created_at', '2026-13-41T10:00:00Z', 'an ISO 8601 instant with Z or an offset', 'a string'],
  ['model_name', 7, 'text', 'a number'],
  ['probability', 1.5, 'a number from 0 to 1', 'a number'],
  ['probability', '0.5', 'a number from 0 to 1', 'a string'],
  ['label', null, 'text', 'null'],
  ['threshold', -0.1, 'a number from 0 to 1', 'a number'],
  ['warnings', '[]', 'a list', 'a string'],
  ['duration_ms', -1, 'a number, 0 or more', 'a number'],
  ['memory_bytes', {}, 'a number, 0 or more', 'an object'],
])('points at the value of %s where it is %j', (name, value, expected, received) => {
  const text = JSON.stringify({ ...WHOLE, [name]: value });
  const members = Object.entries({ ...WHOLE, [name]: value });
  const upTo = members.slice(0, members.findIndex(([key]) => key === name) + 1);
  const start = JSON.stringify(Object.fromEntries(upTo));
  const column = start.length - JSON.stringify(value).length;
  expect(faultOf(text)).toEqual({ column, expected: `${name}: ${expected}`, received });
});

it('says nothing that stands in the line', () => {
  const fault = faultOf(JSON.stringify({ ...WHOLE, probability: 'the secret of a patient' }));
  expect(JSON.stringify(fault)).not.toContain('secret');
});

it('points at the beginning of a line that lacks a member', () => {
  expect(faultOf(JSON.stringify({ ...WHOLE, label: undefined }))).toEqual({
    column: 1,
    expected: 'label: text',
    received: 'nothing',
  });
});

it.each([
  ['is cut off', JSON.stringify(WHOLE).slice(0, 40), 27],
  ['has a comma too many', '{"id": "1",, "key": null}', 12],
  ['is no JSON at all', 'id;created_at', 1],
])('points at where a line that %s stops being JSON', (_, text, column) => {
  expect(faultOf(text)).toMatchObject({ column, expected: 'a JSON object' });
});

it.each([
  ['[1, 2]', 'an array'],
  ['"text"', 'a string'],
  ['null', 'null'],
])('takes no %s for a row', (text, received) => {
  expect(faultOf(text)).toEqual({ column: 1, expected: 'a JSON object', received });
});
