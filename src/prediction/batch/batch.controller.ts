// POST /predict/batch: any number of rows of one upload, answered while they come.
import {
  Controller,
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
  ApiConsumes,
  ApiBody,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Requires, type Principal } from '../../common/access.ts';
import { AppError } from '../../common/errors.ts';
import { reportProblem, toAppError, toProblem, type Problem } from '../../common/problem.filter.ts';
import { StreamedBody, type Upload } from '../../common/streamed-body.ts';
import { activeSpan, within } from '../../tracing/active-span.ts';
import { choiceOf } from '../explanation/explanation.dto.ts';
import { BatchPredictions } from './batch-predictions.ts';
import { BatchQuery } from './batch-query.dto.ts';
import { beginAnswer } from './begin-answer.ts';
import { acceptedFormat, BATCH_BODY, BATCH_TYPES, formatOf, mediaTypeOf } from './media-types.ts';
import { writeResults } from './write-results.ts';

@ApiTags('prediction')
@Controller('predict/batch')
export class BatchController {
  private readonly logger = new Logger('Batch');

  constructor(private readonly batches: BatchPredictions) {}

  @Post()
  @HttpCode(200)
  @Requires('predict')
  @StreamedBody()
  @Header('Cache-Control', 'no-store')
  @Header('Vary', 'Accept')
  @ApiOperation({
    summary: 'Predict the rows of an upload',
    description:
      'Each row is answered or refused with its line, fields and reasons; the others are answered all the same. ' +
      'Streamed: the first answers leave while the last rows are still to come. docs/batches.md has the forms.',
  })
  @ApiConsumes(...BATCH_TYPES)
  @ApiProduces(...BATCH_TYPES)
  @ApiBody(BATCH_BODY)
  @ApiOkResponse({
    description: 'One result a row, in the order of the rows.',
    schema: BATCH_BODY.schema,
    headers: {
      'X-Model-Version': { description: 'The version that answered.', schema: { type: 'string' } },
    },
  })
  async predict(
    @Query() query: BatchQuery,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const upload = request.body as Upload;
    const format = formatOf(upload.type, request.headers['content-encoding']);
    const answered = acceptedFormat(request.headers.accept, format);
    const progress = query.progress === 'true';
    if (progress && answered !== 'ndjson') throw onlyNdjson();
    const isLogged = query.log !== 'off';
    const { model, scored } = this.batches.open(
      upload,
      { format, explain: choiceOf(query), isLogged },
      caller,
    );
    // Who reads the stream works for nobody in particular.
    const span = activeSpan();
    const toFault = (error: unknown): Problem =>
      within(span, () => this.toFault(error, request.id));
    const stream = await beginAnswer(
      writeResults(answered, scored, { progress, toProblem: toFault }),
    );
    // Of Parquet: the client learns of it by the connection, and nobody else would.
    stream.once('error', (error) => {
      toFault(error);
    });
    reply.header('X-Model-Version', model.version);
    return new StreamableFile(stream, { type: mediaTypeOf(answered) });
  }

  private toFault(thrown: unknown, requestId: string): Problem {
    const error = toAppError(thrown);
    reportProblem(this.logger, requestId, error);
    return toProblem(error, requestId);
  }
}

const onlyNdjson = (): AppError =>
  new AppError('INVALID_INPUT', 'Only NDJSON has lines that can tell of progress.', {
    errors: [{ field: 'progress', code: 'format', expected: 'an answer as application/x-ndjson' }],
  });
