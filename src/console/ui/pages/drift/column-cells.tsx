// One column of the model as a row of the table.
import type { ReactElement } from 'react';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { ColumnRow } from './drift-columns.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';
import { pValueText } from './p-value.ts';
import { ScoreBar, Sparkline } from './score-bar.tsx';
import { VerdictBadge } from './verdict-badge.tsx';

interface ColumnCellsProps {
  readonly row: ColumnRow;
  readonly onPick: (column: string) => void;
}

export function ColumnCells({ row, onPick }: ColumnCellsProps): ReactElement {
  const texts = useTexts(DRIFT_TEXTS);
  const { number, percent, integer } = useFormats();
  const { name, method, verdict, conventionVerdict, pValue, weight, nCurrent } = row;
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          className="quiet drift-name"
          title={texts.columns.show(name)}
          aria-haspopup="dialog"
          onClick={() => {
            onPick(name);
          }}
        >
          {name}
        </button>
        {(name === 'prediction_score' || name === 'prediction_label') && (
          <span className="muted"> {texts.columns[name]}</span>
        )}
      </th>
      <td>{texts.methods[method] ?? method}</td>
      <td>
        <ScoreBar row={row} />
      </td>
      <td className="numeric">{pValueText(pValue, (value) => number(value, 3))}</td>
      <td>
        <VerdictBadge verdict={verdict} />
      </td>
      <td>
        <VerdictBadge verdict={conventionVerdict} />
      </td>
      <td className="numeric">{integer(nCurrent)}</td>
      <td className="numeric">
        <Missing row={row} />
      </td>
      <td className="numeric">{percent(weight)}</td>
      <td>
        <Sparkline row={row} />
      </td>
    </tr>
  );
}

/** In percentage points; with the verdict on it where there is drift. */
function Missing({
  row: { missingChange, missingVerdict },
}: {
  readonly row: ColumnRow;
}): ReactElement {
  const { columns } = useTexts(DRIFT_TEXTS);
  const { signed } = useFormats();
  const change = missingChange === null ? null : missingChange * 100;
  return (
    <>
      {change === null ? signed(null) : columns.points(signed(change, 2))}
      {missingVerdict === 'drift' && (
        <>
          {' '}
          <VerdictBadge verdict="drift" />
          <span className="visually-hidden">{columns.missingDrift}</span>
        </>
      )}
    </>
  );
}
