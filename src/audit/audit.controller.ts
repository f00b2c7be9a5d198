// GET /audit: who did what. There is no route that changes it.
import { Controller, Get, Header, Logger, Query, Req, StreamableFile } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '../common/access.ts';
import { acceptedType } from '../common/accepted-type.ts';
import { AppError, messageOf } from '../common/errors.ts';
import { auditLines } from './audit-lines.ts';
import { AuditLog } from './audit-log.ts';
import { AuditPageResponse, AuditQuery, toFilter, type AuditFormat } from './audit.dto.ts';

const JSON_LINES = 'application/x-ndjson';
const TYPES = ['application/json', JSON_LINES] as const;

@ApiTags('audit')
@Controller('audit')
@ApiExtraModels(AuditPageResponse)
export class AuditController {
  private readonly logger = new Logger('Audit');

  constructor(private readonly log: AuditLog) {}

  @Get()
  @Requires('admin')
  @Header('Cache-Control', 'no-store')
  @Header('Vary', 'Accept')
  @ApiOperation({
    summary: 'Who did what, newest first',
    description:
      'Logins, changes of users and keys, what operators did to models, and predictions that left in bulk or were erased. ' +
      'As JSON Lines every event that matches, as a stream.',
  })
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(AuditPageResponse) } },
      [JSON_LINES]: { schema: { type: 'string', format: 'binary' } },
    },
  })
  async events(
    @Query() query: AuditQuery,
    @Req() { headers }: FastifyRequest,
  ): Promise<AuditPageResponse | StreamableFile> {
    const filter = toFilter(query);
    if ((query.format ?? formatOf(headers.accept)) === 'json')
      return new AuditPageResponse(await this.log.list(filter, query.limit, query.cursor));
    const stream = await auditLines(this.log, filter);
    // The answer has begun: the client learns of it by the connection, and nobody else would.
    stream.once('error', (error) => {
      this.logger.error(`An export broke off: ${messageOf(error)}`);
    });
    return new StreamableFile(stream, {
      type: JSON_LINES,
      disposition: 'attachment; filename="audit.jsonl"',
    });
  }
}

/** Throws NOT_ACCEPTABLE. */
function formatOf(accept: string | undefined): AuditFormat {
  const type = acceptedType(accept, TYPES);
  if (type === null) throw new AppError('NOT_ACCEPTABLE', `This answers ${TYPES.join(' or ')}.`);
  return type === JSON_LINES ? 'jsonl' : 'json';
}
