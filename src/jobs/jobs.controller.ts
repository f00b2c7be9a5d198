// /jobs: rows that outgrow a request.
import {
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Logger,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Requires, type Principal } from '../common/access.ts';
import { AuditTrail, type Origin } from '../common/audit-trail.ts';
import { messageOf } from '../common/errors.ts';
import { IdParam } from '../common/id-param.ts';
import { PageQuery } from '../common/page-query.ts';
import { RequestOrigin } from '../common/request-origin.ts';
import { StreamedBody, type Upload } from '../common/streamed-body.ts';
import { beginAnswer } from '../prediction/batch/begin-answer.ts';
import {
  acceptedFormat,
  BATCH_BODY,
  BATCH_TYPES,
  formatOf,
  mediaTypeOf,
} from '../prediction/batch/media-types.ts';
import { choiceOf, PredictQuery } from '../prediction/explanation/explanation.dto.ts';
import { readCursor, toCursor } from './job-cursor.ts';
import { JobRequests } from './job-requests.ts';
import { JobPageResponse, JobResponse } from './jobs.dto.ts';
import { JobsService } from './jobs.service.ts';

const ID = { name: 'id', format: 'uuid', description: 'The id that the job was answered with.' };

@ApiTags('jobs')
@Controller('jobs')
export class JobsController {
  private readonly logger = new Logger('Jobs');

  constructor(
    private readonly jobs: JobsService,
    private readonly requests: JobRequests,
    private readonly audit: AuditTrail,
  ) {}

  @Post()
  @HttpCode(202)
  @Requires('predict')
  @StreamedBody()
  @ApiOperation({
    summary: 'Order the scoring of many rows',
    description:
      'The rows are the upload, or an object in S3: a JSON array holds rows, a JSON object is an order, ' +
      '`{ "input": "s3://bucket/key", "output"?, "format"?, "explain"? }`. docs/jobs.md has the forms.',
  })
  @ApiConsumes(...BATCH_TYPES)
  @ApiBody(BATCH_BODY)
  @ApiAcceptedResponse({
    type: JobResponse,
    headers: { Location: { description: 'The job.', schema: { type: 'string' } } },
  })
  async create(
    @Query() query: PredictQuery,
    @Caller() caller: Principal,
    @Req() { body, headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobResponse> {
    const upload = body as Upload;
    const format = formatOf(upload.type, headers['content-encoding']);
    const job = await this.requests.create(caller, { upload, format, explain: choiceOf(query) });
    reply.header('Location', `/jobs/${job.id}`);
    return new JobResponse(job);
  }

  @Get()
  @Requires('predict')
  @ApiOperation({ summary: 'Your jobs, newest first; everybody’s for an admin' })
  @ApiOkResponse({ type: JobPageResponse })
  async list(@Query() query: PageQuery, @Caller() caller: Principal): Promise<JobPageResponse> {
    const { items, next } = await this.jobs.list(caller, query.limit, readCursor(query.cursor));
    return new JobPageResponse(items, toCursor(next));
  }

  @Get(':id')
  @Requires('predict')
  @ApiOperation({ summary: 'One job, and how far it is' })
  @ApiParam(ID)
  @ApiOkResponse({ type: JobResponse })
  async get(@IdParam('job') id: string, @Caller() caller: Principal): Promise<JobResponse> {
    return new JobResponse(await this.jobs.get(caller, id));
  }

  @Delete(':id')
  @Requires('predict')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Cancel a job, or delete one that is over',
    description:
      'One under way is cancelled and stays to be seen; one that is over goes with its result.',
  })
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'Cancelled, or deleted.' })
  delete(@IdParam('job') id: string, @Caller() caller: Principal): Promise<void> {
    return this.jobs.delete(caller, id);
  }

  @Get(':id/result')
  @Requires('predict')
  @Header('Cache-Control', 'no-store')
  @Header('Vary', 'Accept')
  @ApiOperation({
    summary: 'The result of a job that is done',
    description: 'One result a row, in the order of the rows, as POST /predict/batch answers them.',
  })
  @ApiParam(ID)
  @ApiProduces(...BATCH_TYPES)
  @ApiOkResponse({ schema: BATCH_BODY.schema })
  async result(
    @IdParam('job') id: string,
    @Caller() caller: Principal,
    @Req() { headers }: FastifyRequest,
    @RequestOrigin() origin: Origin,
  ): Promise<StreamableFile> {
    const format = acceptedFormat(headers.accept, 'ndjson');
    const stream = await this.audit.recorded(
      {
        action: 'job_result_downloaded',
        origin,
        target: { kind: 'job', id, name: null },
        details: { format },
      },
      async () => beginAnswer(await this.jobs.result(caller, id, format)),
    );
    // The answer has begun: the client learns of it by the connection, and nobody else would.
    stream.once('error', (error) => {
      this.logger.error(`A result broke off: ${messageOf(error)}`);
    });
    return new StreamableFile(stream, {
      type: mediaTypeOf(format),
      disposition: `attachment; filename="${id}.${format}"`,
    });
  }
}
