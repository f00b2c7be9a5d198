// MLflow's scoring protocol, as `mlflow models serve` speaks it, and the address under which MLflow's deployment client asks for the same.
import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Probe, Requires, type Principal } from '../../common/access.ts';
import { bytesOf, ForeignRoute } from '../../common/foreign-route.ts';
import { VERSION } from '../../common/version.ts';
import { afterAnswerOf } from '../after-answer.ts';
import type { RowsAnswer } from '../predict-rows.ts';
import { ServedModels } from '../served-models.ts';
import { InvocationsResponse, toInvocationsResponse } from './invocations-response.ts';
import { MlflowInvocations } from './invocations.ts';
import { MLFLOW_PROTOCOL } from './protocol.ts';

const INVOCATIONS = {
  description:
    'Exactly one of `dataframe_split`, `dataframe_records`, `instances` and `inputs`, or CSV with a header as `text/csv`; `params` is taken and not used. ' +
    'Other columns are left out. A category is its text, or its position in the list of `/model-info`. All rows are answered or none.',
};
const BODY = { schema: { $ref: '#/components/schemas/InvocationsRequest' } };
const ERRORS = [400, 401, 403, 413, 415, 429, 500, 503];

@ApiTags('prediction')
@Controller()
export class InvocationsController {
  constructor(
    private readonly door: MlflowInvocations,
    private readonly models: ServedModels,
  ) {}

  @Post('invocations')
  @HttpCode(200)
  @Requires('predict')
  @ForeignRoute(MLFLOW_PROTOCOL, ERRORS)
  @ApiOperation({ summary: "Predict rows, as MLflow's scoring server", ...INVOCATIONS })
  @ApiBody(BODY)
  @ApiOkResponse({ type: InvocationsResponse })
  async invocations(
    @Body() body: unknown,
    @Headers('content-type') type: string | undefined,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvocationsResponse> {
    const after = afterAnswerOf(reply);
    return send(reply, await this.door.invoke(bytesOf(body), type, {}, caller, after));
  }

  @Post('endpoints/:name/invocations')
  @HttpCode(200)
  @Requires('predict')
  @ForeignRoute(MLFLOW_PROTOCOL, [...ERRORS, 404])
  @ApiOperation({ summary: 'The same, by the name of the model', ...INVOCATIONS })
  @ApiParam({ name: 'name', example: 'foretell' })
  @ApiBody(BODY)
  @ApiOkResponse({ type: InvocationsResponse })
  async endpoint(
    @Param('name') name: string,
    @Body() body: unknown,
    @Headers('content-type') type: string | undefined,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvocationsResponse> {
    const after = afterAnswerOf(reply);
    return send(reply, await this.door.invoke(bytesOf(body), type, { name }, caller, after));
  }

  @Get('ping')
  @Probe()
  @ForeignRoute(MLFLOW_PROTOCOL, [503])
  @Header('Content-Type', 'application/json')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: "A model is being served, as MLflow's scoring server says it" })
  @ApiOkResponse({ content: { 'application/json': { schema: {} } } })
  ping(): string {
    this.models.find({});
    return '\n';
  }

  @Get('version')
  @Probe()
  @ForeignRoute(MLFLOW_PROTOCOL)
  @ApiOperation({ summary: 'The version of this software' })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string', example: VERSION } } } })
  version(): string {
    return VERSION;
  }
}

function send(reply: FastifyReply, answer: RowsAnswer): InvocationsResponse {
  reply.header('X-Model-Version', answer.model.version);
  return toInvocationsResponse(answer);
}
