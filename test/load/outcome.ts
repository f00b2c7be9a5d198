// What a scenario comes to: its criteria, how long each kind of request took, and charts of how it went.
import type { LineChart } from '../../src/report/charts.ts';
import { quantile } from '../bench/figures.ts';
import { isAnswered, type Criterion } from './judge/criterion.ts';
import type { PhaseRecord } from './record.ts';

export const SCENARIOS = ['steady', 'spike', 'soak'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface Outcome {
  readonly scenario: ScenarioName;
  /** Of load, as planned. */
  readonly seconds: number;
  readonly criteria: readonly Criterion[];
  readonly kinds: readonly KindSeen[];
  readonly charts: readonly LineChart[];
}

/** What was answered with 200. */
interface KindSeen {
  readonly kind: string;
  readonly answers: number;
  readonly p50: number;
  readonly p99: number;
}

export function kindsOf(phases: readonly PhaseRecord[]): readonly KindSeen[] {
  const answers = phases.flatMap((phase) => phase.answers).filter(isAnswered);
  return [...new Set(answers.map(({ kind }) => kind))].map((kind) => {
    const took = answers.filter((answer) => answer.kind === kind).map(({ tookMs }) => tookMs);
    return { kind, answers: took.length, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
  });
}
