// Drift of all features together: how well rows are told apart, and how well they are rebuilt.
import { useId, type ReactElement } from 'react';
import { DataTable } from '../../components/data-table.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Multivariate, Verdict } from './drift-data.ts';
import { TOGETHER_TEXTS } from './together-texts.ts';
import { VerdictBadge } from './verdict-badge.tsx';

export function MultivariateCard({
  multivariate: { domain_classifier, pca },
}: {
  readonly multivariate: Multivariate;
}): ReactElement {
  const texts = useTexts(TOGETHER_TEXTS).multivariate;
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>{texts.title}</h2>
      <p>{texts.lead}</p>
      <div className="drift-pair">
        <Classifier classifier={domain_classifier} />
        <Reconstruction pca={pca} />
      </div>
    </section>
  );
}

/** The contract types these as text, the server answers no other. */
const Verdicts = ({
  verdict,
  convention,
}: {
  readonly verdict: string;
  readonly convention: string;
}): ReactElement => {
  const texts = useTexts(TOGETHER_TEXTS).multivariate;
  return (
    <p>
      <VerdictBadge verdict={verdict as Verdict} />{' '}
      <span className="muted">
        {texts.nannyml}: <VerdictBadge verdict={convention as Verdict} />
      </span>
    </p>
  );
};

function Classifier({
  classifier: { roc_auc, rows, folds, threshold, verdict, convention_verdict, top_features },
}: {
  readonly classifier: Multivariate['domain_classifier'];
}): ReactElement {
  const texts = useTexts(TOGETHER_TEXTS).multivariate;
  const { number, integer, percent } = useFormats();
  return (
    <div>
      <h3>{texts.classifier}</h3>
      <Verdicts verdict={verdict} convention={convention_verdict.verdict} />
      {roc_auc === null ? (
        <p>{texts.classifierNone}</p>
      ) : (
        <p>
          {texts.classifierSaid(
            number(roc_auc.value, 3),
            number(roc_auc.low, 3),
            number(roc_auc.high, 3),
          )}
        </p>
      )}
      <p className="muted">
        {texts.classifierRule(
          number(threshold),
          integer(rows.reference),
          integer(rows.current),
          integer(folds),
        )}
      </p>
      {top_features.length > 0 && (
        <DataTable
          caption={texts.top}
          columns={[{ header: texts.feature }, { header: texts.gain, numeric: true }]}
          rows={top_features.map(({ name, share }) => [name, percent(share)])}
        />
      )}
    </div>
  );
}

function Reconstruction({
  pca: { reconstruction_error, components, explained_variance, verdict, convention_verdict },
}: {
  readonly pca: Multivariate['pca'];
}): ReactElement {
  const texts = useTexts(TOGETHER_TEXTS).multivariate;
  const { number, integer, percent } = useFormats();
  return (
    <div>
      <h3>{texts.pca}</h3>
      <Verdicts verdict={verdict} convention={convention_verdict.verdict} />
      {reconstruction_error === null ? (
        <p>{texts.pcaNone}</p>
      ) : (
        <p>
          {texts.pcaSaid(
            number(reconstruction_error.current, 3),
            number(reconstruction_error.low, 3),
            number(reconstruction_error.high, 3),
          )}
        </p>
      )}
      <p className="muted">{texts.pcaRule(integer(components), percent(explained_variance))}</p>
    </div>
  );
}
