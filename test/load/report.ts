// What was found, for people and for programs: a table by scenario, one page with charts, one JSON file; kept from one run of a scenario to its next.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineChart } from '../../src/report/charts.ts';
import { Html, markup, table, type Column } from '../../src/report/html.ts';
import { page, type Section } from '../../src/report/page.ts';
import { machine as thisMachine } from '../bench/machine.ts';
import { goalText, inDigits, isMet, markdownTable } from '../bench/figures.ts';
import type { Criterion } from './judge/criterion.ts';
import { SCENARIOS, type Outcome } from './outcome.ts';

const DIR = 'coverage/load';
const HEAD = ['criterion', 'figure', 'baseline', 'ratio or count', 'bound', 'met'];
const KINDS_HEAD = ['answered with 200', 'answers', 'p50', 'p99'];

interface Kept extends Outcome {
  readonly met: boolean;
  readonly machine: string;
  readonly when: string;
}

type Summary = Partial<Record<Outcome['scenario'], Kept>>;

/** Answers a line for each criterion that is broken. */
export function writeReport(outcome: Outcome, dir = DIR): readonly string[] {
  const broken = outcome.criteria.filter((criterion) => !isMet(criterion));
  const when = new Date().toISOString();
  const kept = { met: broken.length === 0, machine: thisMachine(), when, ...outcome };
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'summary.json');
  const earlier = existsSync(file) ? summaryOf(readFileSync(file, 'utf8')) : {};
  const summary = { ...earlier, [outcome.scenario]: kept };
  writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`);
  writeFileSync(join(dir, `${outcome.scenario}.md`), markdownOf(kept));
  writeFileSync(join(dir, 'report.html'), pageOf(summary));
  return broken.map((criterion) => `${outcome.scenario}: ${sentenceOf(criterion)}`);
}

/** JSON has no NaN and writes null; there is no other null in it. */
const summaryOf = (text: string): Summary =>
  JSON.parse(text, (_key, value: unknown) => (value === null ? Number.NaN : value)) as Summary;

export const tableOf = ({ criteria }: Outcome): string =>
  markdownTable(HEAD, criteria.map(cellsOf));

export const kindsTableOf = ({ kinds }: Outcome): string =>
  markdownTable(KINDS_HEAD, kinds.map(kindCellsOf));

function markdownOf(kept: Kept): string {
  const { scenario, seconds, machine, when } = kept;
  const title = `# ${scenario}: ${seconds} s of load`;
  const parts = [title, tableOf(kept), kindsTableOf(kept), `${machine}; ${when}.`];
  return `${parts.join('\n\n')}\n`;
}

const kindCellsOf = ({ kind, answers, p50, p99 }: Outcome['kinds'][number]): readonly string[] => [
  kind,
  String(answers),
  `${p50.toFixed(1)} ms`,
  `${p99.toFixed(1)} ms`,
];

function cellsOf(criterion: Criterion): readonly string[] {
  const { what, measured, baseline } = criterion;
  return [what, measured, baseline, valueOf(criterion), goalText(criterion), verdictOf(criterion)];
}

const valueOf = ({ value, digits = 2, unit }: Criterion): string =>
  `${inDigits(value, digits)} ${unit}`.trim();
const verdictOf = (criterion: Criterion): string => (isMet(criterion) ? 'yes' : '**no**');

function sentenceOf(criterion: Criterion): string {
  const { what, measured, baseline } = criterion;
  const divided = baseline === '' ? '' : ` (${measured} of ${baseline})`;
  return `${what} is ${valueOf(criterion)}${divided}, expected ${goalText(criterion)}`;
}

function pageOf(summary: Summary): string {
  const found = SCENARIOS.flatMap((name) => summary[name] ?? []);
  const sections = found.map((kept): Section => {
    const { scenario, seconds, met, charts, criteria, kinds } = kept;
    const verdict = met ? 'Every criterion is met.' : 'A criterion is broken.';
    return {
      id: scenario,
      title: scenario,
      body: [
        markup`<p class="${met ? 'verdict' : 'verdict bad'}">${verdict}</p>`,
        markup`<p>${seconds} s of load; ${kept.machine}; ${kept.when}</p>`,
        table(columnsOf(HEAD), criteria.map(cellsOf)),
        table(columnsOf(KINDS_HEAD), kinds.map(kindCellsOf)),
        markup`<div class="charts">${charts.map(lineChart)}</div>`,
      ],
    };
  });
  const lead = new Html(
    '<p>Every bound is a ratio of two figures of the same run, or a count.</p>',
  );
  return page('Load and soak', lead, sections);
}

const columnsOf = (heads: readonly string[]): readonly Column<readonly string[]>[] =>
  heads.map((head, i) => ({
    head,
    cell: (cells) => cells[i]?.replaceAll('*', '') ?? null,
    right: i > 0,
  }));
