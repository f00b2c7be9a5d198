// What GET /predictions/export takes: which predictions, and how they are to be written.
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PredictionFilterQuery } from '../predictions-query.dto.ts';
import { EXPORT_FORMATS, type ExportFormat } from './export-formats.ts';

export class PredictionsExportQuery extends PredictionFilterQuery {
  @ApiPropertyOptional({
    enum: EXPORT_FORMATS,
    description: 'Wins over `Accept`; without either it is `jsonl`.',
  })
  @IsOptional()
  @IsIn(EXPORT_FORMATS, { message: '$property must be jsonl, csv or parquet' })
  readonly format?: ExportFormat;
}
