// The last predictions of this visit, to compare them and to go back to their values.
import type { ReactElement } from 'react';
import { Badge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Row } from './features.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';
import type { ShownAnswer } from './use-prediction.ts';

interface HistoryProps {
  readonly answers: readonly ShownAnswer[];
  readonly onRow: (row: Row) => void;
}

export function History({ answers, onRow }: HistoryProps): ReactElement | null {
  const { history } = useTexts(PREDICT_TEXTS);
  const { clock, percent } = useFormats();
  if (answers.length === 0) return null;
  return (
    <section className="card">
      <h2>{history.title}</h2>
      <DataTable
        caption={history.title}
        hidesCaption
        columns={[
          { header: history.at },
          { header: history.label },
          { header: history.probability, numeric: true },
          { header: history.version },
          { header: history.key },
          { header: history.id },
          { header: history.load },
        ]}
        rows={answers.map(
          ({ at, prediction: { id, label, probability, model }, labels, key, row }) => [
            clock(at),
            <Badge key="label" tone={label === labels.positive ? 'accent' : 'neutral'}>
              {label}
            </Badge>,
            percent(probability),
            model.version,
            key,
            <code key="id">{id}</code>,
            <button
              key="load"
              type="button"
              className="quiet"
              aria-label={history.loadOf(clock(at))}
              onClick={() => {
                onRow(row);
              }}
            >
              {history.load}
            </button>,
          ],
        )}
      />
    </section>
  );
}
