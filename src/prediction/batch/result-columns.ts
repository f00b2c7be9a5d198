// The columns of results as a table: the same whatever was asked for, so that who reads them need not know what that was.
import type { ParquetKind } from '../export/parquet-encoder.ts';

interface ResultColumn {
  readonly name: string;
  readonly kind: ParquetKind;
  readonly nullable: boolean;
}

export const RESULT_COLUMNS = [
  { name: 'index', kind: 'integer', nullable: false },
  { name: 'id', kind: 'text', nullable: true },
  { name: 'label', kind: 'text', nullable: true },
  { name: 'probability', kind: 'float', nullable: true },
  { name: 'warnings', kind: 'json', nullable: true },
  { name: 'explanation', kind: 'json', nullable: true },
  { name: 'line', kind: 'integer', nullable: true },
  { name: 'errors', kind: 'json', nullable: true },
] as const satisfies readonly ResultColumn[];
