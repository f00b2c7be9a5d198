// GET /predictions/export: the log as one file.
import { Controller, Get, Header, Logger, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '../../common/access.ts';
import { AuditTrail, type Origin } from '../../common/audit-trail.ts';
import { messageOf } from '../../common/errors.ts';
import { RequestOrigin } from '../../common/request-origin.ts';
import { toFilter } from '../predictions-query.dto.ts';
import { acceptedFormat } from './accepted-format.ts';
import { FORMAT_WRITERS } from './export-formats.ts';
import { PredictionExport } from './prediction-export.ts';
import { PredictionsExportQuery } from './predictions-export-query.dto.ts';

@ApiTags('prediction')
@Controller('predictions/export')
export class PredictionsExportController {
  private readonly logger = new Logger('PredictionExport');

  constructor(
    private readonly predictions: PredictionExport,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Requires('read')
  @Header('Cache-Control', 'no-store')
  @Header('Vary', 'Accept')
  @ApiOperation({
    summary: 'Stored predictions as a file, oldest first',
    description:
      'Streamed: a file of any length. One that breaks off half way ends as a broken transfer, never as a whole file.',
  })
  @ApiProduces('application/x-ndjson', 'text/csv', 'application/vnd.apache.parquet')
  @ApiOkResponse({
    description: 'One row per prediction, in the columns of docs/prediction-log.md.',
    schema: { type: 'string', format: 'binary' },
  })
  async export(
    @Query() query: PredictionsExportQuery,
    @Req() { headers }: FastifyRequest,
    @RequestOrigin() origin: Origin,
  ): Promise<StreamableFile> {
    const format = query.format ?? acceptedFormat(headers.accept);
    const filter = toFilter(query);
    // Before a byte leaves. How many rows there are is not known yet; what a filter looks for may be personal.
    const stream = await this.audit.recorded(
      {
        action: 'predictions_exported',
        origin,
        target: { kind: 'predictions', id: null, name: null },
        details: { format, filters: Object.keys(filter) },
      },
      () => this.predictions.open(filter, format),
    );
    // The answer has begun: the client learns of it by the connection, and nobody else would.
    stream.once('error', (error) => {
      this.logger.error(`An export broke off: ${messageOf(error)}`);
    });
    return new StreamableFile(stream, {
      type: FORMAT_WRITERS[format].mediaType,
      disposition: `attachment; filename="predictions.${format}"`,
    });
  }
}
