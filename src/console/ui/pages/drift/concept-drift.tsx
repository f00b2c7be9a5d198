// The alarm of concept drift: whether labels and scores have parted.
import type { ReactElement } from 'react';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Quality } from './drift-data.ts';
import { pValueText } from './p-value.ts';
import { QUALITY_TEXTS } from './quality-texts.ts';
import { VerdictBadge } from './verdict-badge.tsx';

export function ConceptDrift({
  concept,
}: {
  readonly concept: Quality['concept_drift'];
}): ReactElement {
  const texts = useTexts(QUALITY_TEXTS).concept;
  const { number, integer } = useFormats();
  const { verdict, rows, rule, live, estimated, expected, p_value } = concept;
  return (
    <div className="drift-concept">
      <h3>
        {texts.title} <VerdictBadge verdict={verdict} />
      </h3>
      <p>
        {verdict === 'insufficient_data'
          ? texts.said.insufficient_data(
              integer(rows),
              integer(rule.least_rows),
              integer(rule.least_rows_of_a_class),
            )
          : texts.said[verdict]}
      </p>
      {expected !== null && (
        <p className="muted">
          {texts.figures(
            number(live),
            number(estimated),
            number(expected.low),
            number(expected.high),
            pValueText(p_value, (value) => number(value, 2)),
          )}
        </p>
      )}
    </div>
  );
}
