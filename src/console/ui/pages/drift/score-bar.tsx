// How far a score is from its threshold, and how it was before: two small drawings whose figures stand beside them as text.
import type { ReactElement } from 'react';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { placeOf, type ColumnRow } from './drift-columns.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';
import { pValueText } from './p-value.ts';
import { countsOf, sparklinePath } from './sparkline-path.ts';

const BAR = { width: 80, height: 10 } as const;
const SPARK = { width: 90, height: 24 } as const;

export function ScoreBar({ row }: { readonly row: ColumnRow }): ReactElement {
  const { columns } = useTexts(DRIFT_TEXTS);
  const { number } = useFormats();
  const { score, threshold, isPValue, excess } = row;
  const short = (value: number | null): string => number(value, 3);
  return (
    <span className="drift-score">
      <span>{isPValue ? pValueText(score, short) : short(score)}</span>
      <svg width={BAR.width} height={BAR.height} aria-hidden="true" className={toneOf(row)}>
        <rect className="track" width={BAR.width} height={BAR.height} rx="2" />
        {excess !== null && (
          <rect className="fill" width={placeOf(excess) * BAR.width} height={BAR.height} rx="2" />
        )}
        <path d={`M${BAR.width / 2} 0v${BAR.height}`} className="mark" />
      </svg>
      {score !== null && (
        <span className="muted">
          {(isPValue ? columns.below : columns.above)(number(threshold, 3))}
        </span>
      )}
    </span>
  );
}

export function Sparkline({ row }: { readonly row: ColumnRow }): ReactElement {
  const { columns } = useTexts(DRIFT_TEXTS);
  const { integer } = useFormats();
  const { scored, drifted } = countsOf(row.past);
  if (scored === 0)
    return (
      <span className="muted">
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">{columns.noPast}</span>
      </span>
    );
  const label = columns.spark(integer(scored), integer(drifted));
  return (
    <svg width={SPARK.width} height={SPARK.height} role="img" aria-label={label} className="spark">
      <title>{label}</title>
      <path d={`M0 ${SPARK.height / 2}H${SPARK.width}`} className="mark" />
      <path d={sparklinePath(row.past, SPARK)} className="line" />
    </svg>
  );
}

const toneOf = ({ conventionVerdict }: ColumnRow): string =>
  conventionVerdict === 'drift' ? 'bad' : '';
