// Versions side by side: metrics, parameters, curves, mistakes, and what those cost.
import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, type ReactElement } from 'react';
import { Asked, Empty, Loading } from '../../components/states.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { Matrices } from './matrices.tsx';
import { MODELS_TEXTS } from './models-texts.ts';
import { evaluationQuery, type Evaluation } from './queries.ts';
import { MetricTable, ParamTable, type Side } from './side-by-side-tables.tsx';

const Curves = lazy(() => import('./curves.tsx'));
const Cost = lazy(() => import('./cost.tsx'));

interface ComparisonProps {
  readonly name: string;
  readonly versions: readonly string[];
}

/** Evaluations with the curves of their held-out rows. */
export type Drawn = Evaluation & { readonly curves: NonNullable<Evaluation['curves']> };

export function Comparison({ name, versions }: ComparisonProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).comparison;
  const query = useQueries({
    queries: versions.map((version) => evaluationQuery(name, version)),
    combine: together,
  });
  if (versions.length === 0) return <Empty>{texts.choose}</Empty>;
  return (
    <section aria-labelledby="side-by-side">
      <h2 id="side-by-side">{texts.title}</h2>
      <Asked query={query}>{(evaluations) => <Sides evaluations={evaluations} />}</Asked>
    </section>
  );
}

/** All or none of them; the same evaluations stay the same array, so that charts are not drawn anew. */
function together(queries: readonly UseQueryResult<Evaluation>[]): {
  readonly data: readonly Evaluation[] | undefined;
  readonly error: unknown;
  readonly refetch: () => Promise<unknown>;
} {
  const there = queries.flatMap(({ data }) => (data === undefined ? [] : [data]));
  const failed = queries.find(({ error, data }) => error !== null && data === undefined);
  return {
    data: there.length === queries.length ? there : undefined,
    error: failed?.error ?? null,
    refetch: () => Promise.all(queries.map(({ refetch }) => refetch())),
  };
}

function Sides({ evaluations }: { readonly evaluations: readonly Evaluation[] }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).comparison;
  const drawn = useMemo(() => evaluations.filter(hasCurves), [evaluations]);
  const missing = evaluations.filter((each) => !hasCurves(each)).map(({ version }) => version);
  const sides = evaluations.map((evaluation): Side => ({
    key: evaluation.version,
    label: texts.version(evaluation.version),
    metrics: evaluation.metrics,
    intervals: evaluation.intervals,
    params: {
      [texts.learner]: evaluation.learner,
      [texts.threshold]: evaluation.threshold,
      ...evaluation.params,
    },
  }));
  return (
    <>
      <div className="grid">
        <div className="card">
          {sides.every(({ metrics }) => Object.keys(metrics).length === 0) ? (
            <Empty>{texts.noMetrics}</Empty>
          ) : (
            <MetricTable caption={texts.metrics} sides={sides} />
          )}
          <p className="muted">{texts.metricsNote}</p>
          <RowsBehind evaluations={drawn} />
        </div>
        <div className="card">
          <ParamTable caption={texts.params} sides={sides} />
        </div>
      </div>
      {missing.length > 0 && <Empty>{texts.noCurves(missing.join(', '))}</Empty>}
      <Matrices evaluations={evaluations} />
      {drawn.length > 0 && (
        <Suspense fallback={<Loading />}>
          <Curves evaluations={drawn} />
          <Cost evaluations={drawn} />
        </Suspense>
      )}
    </>
  );
}

const hasCurves = (evaluation: Evaluation): evaluation is Drawn => evaluation.curves !== null;

function RowsBehind({ evaluations }: { readonly evaluations: readonly Drawn[] }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).comparison;
  const { integer } = useFormats();
  return (
    <ul className="muted">
      {evaluations.map(({ version, curves }) => (
        <li key={version}>
          {texts.rows(version, integer(curves.rows), integer(curves.positives))}
        </li>
      ))}
    </ul>
  );
}
