// Confusion matrices, each at the threshold of its version.
import type { ReactElement } from 'react';
import { DataTable } from '../../components/data-table.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';
import type { Evaluation } from './queries.ts';

export function Matrices({
  evaluations,
}: {
  readonly evaluations: readonly Evaluation[];
}): ReactElement | null {
  const texts = useTexts(MODELS_TEXTS).matrices;
  const known = evaluations.filter(({ confusion_matrix: matrix }) => matrix !== null);
  if (known.length === 0) return null;
  return (
    <section aria-labelledby="matrices">
      <h3 id="matrices">{texts.title}</h3>
      <div className="grid model-matrices">
        {known.map((evaluation) => (
          <div key={evaluation.version} className="card">
            <Matrix evaluation={evaluation} />
          </div>
        ))}
      </div>
    </section>
  );
}

function Matrix({ evaluation }: { readonly evaluation: Evaluation }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).matrices;
  const { integer, number } = useFormats();
  const { positive_label: positive, negative_label: negative, version, threshold } = evaluation;
  const { tn, fp, fn, tp } = evaluation.confusion_matrix ?? { tn: 0, fp: 0, fn: 0, tp: 0 };
  const cell = (count: number, right: boolean): ReactElement => (
    <span className={right ? 'model-right' : 'model-wrong'}>
      {integer(count)} <span className="muted">{right ? texts.right : texts.wrong}</span>
    </span>
  );
  return (
    <DataTable
      caption={texts.caption(version, number(threshold))}
      columns={[
        { header: texts.truth },
        { header: texts.predicted(negative), numeric: true },
        { header: texts.predicted(positive), numeric: true },
      ]}
      rows={[
        [negative, cell(tn, true), cell(fp, false)],
        [positive, cell(fn, false), cell(tp, true)],
      ]}
    />
  );
}
