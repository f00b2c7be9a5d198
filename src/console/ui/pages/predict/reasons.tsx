// Why a row was answered so: each feature's contribution as a bar to the left or to the right, the largest first.
import { useState, type ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';

/** More is asked for by a button. */
const SHOWN = 8;

type Explanation = Schemas['ExplanationResponse'];

interface ReasonsProps {
  readonly explanation: Explanation | undefined;
  readonly positiveLabel: string;
  readonly nameOf: (feature: string) => string;
}

export function Reasons({ explanation, positiveLabel, nameOf }: ReasonsProps): ReactElement {
  const { reasons: texts } = useTexts(PREDICT_TEXTS);
  const { integer } = useFormats();
  if (explanation === undefined)
    return (
      <>
        <h3>{texts.title}</h3>
        <p className="muted">{texts.unavailable}</p>
      </>
    );
  const { reasons, space, background, background_rows: rows, calibration } = explanation;
  const lead = space === 'log_odds' ? texts.log_odds : texts.probabilitySpace;
  return (
    <>
      <h3>{texts.title}</h3>
      {reasons.length > 0 && (
        <ol className="reason-texts">
          {reasons.map(({ code, feature, text }) => (
            <li key={feature}>
              {text} <code className="muted">{code}</code>
            </li>
          ))}
        </ol>
      )}
      <p className="muted">
        {lead} <strong>{positiveLabel}</strong>.{' '}
        {texts.compared(integer(rows), texts.backgrounds[background])}{' '}
        {calibration !== 'none' && texts.calibrated}
      </p>
      <Contributions explanation={explanation} nameOf={nameOf} />
    </>
  );
}

function Contributions({
  explanation,
  nameOf,
}: {
  readonly explanation: Explanation;
  readonly nameOf: (feature: string) => string;
}): ReactElement {
  const { reasons: texts } = useTexts(PREDICT_TEXTS);
  const { signed, number } = useFormats();
  const [showsAll, setShowsAll] = useState(false);
  const sorted = Object.entries(explanation.contributions).sort(
    ([, a], [, b]) => Math.abs(b) - Math.abs(a),
  );
  const greatest = Math.abs(sorted[0]?.[1] ?? 0) || 1;
  return (
    <>
      <table className="contributions">
        <thead>
          <tr>
            <th scope="col">{texts.feature}</th>
            <th scope="col" colSpan={2} className="numeric">
              {texts.contribution}
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, showsAll ? sorted.length : SHOWN).map(([feature, contribution]) => (
            <tr key={feature}>
              <th scope="row">{nameOf(feature)}</th>
              <td className="contribution-cell">
                <SignedBar share={contribution / greatest} />
              </td>
              <td className="numeric">
                {signed(contribution)}{' '}
                <span className="visually-hidden">
                  {contribution > 0 ? texts.raises : contribution < 0 ? texts.lowers : texts.none}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {texts.base}
            </th>
            <td className="numeric">{number(explanation.base_value, 3)}</td>
          </tr>
          <tr>
            <th scope="row" colSpan={2}>
              {texts.output}
            </th>
            <td className="numeric">{number(explanation.output, 3)}</td>
          </tr>
        </tfoot>
      </table>
      {sorted.length > SHOWN && (
        <button
          type="button"
          aria-expanded={showsAll}
          onClick={() => {
            setShowsAll(!showsAll);
          }}
        >
          {showsAll ? texts.fewer : texts.more(sorted.length)}
        </button>
      )}
    </>
  );
}

/** `share`: from -1, all the way to the left, to 1. */
function SignedBar({ share }: { readonly share: number }): ReactElement {
  const half = `${Math.abs(share) * 50}%`;
  return (
    <div className="signed-bar" aria-hidden="true">
      <div
        className={share < 0 ? 'lowers' : 'raises'}
        style={share < 0 ? { right: '50%', width: half } : { left: '50%', width: half }}
      />
    </div>
  );
}
