// The Open Inference Protocol, version 2, over REST: health and metadata open to anyone, inference for those who may predict.
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiExcludeEndpoint,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  ApiServiceUnavailableResponse,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Probe, Public, Requires, type Principal } from '../../common/access.ts';
import { bytesOf, ForeignRoute } from '../../common/foreign-route.ts';
import { afterAnswerOf } from '../after-answer.ts';
import { OipInference } from './inference.ts';
import type { InferResponse } from './infer-response.ts';
import { OipMetadata } from './metadata.ts';
import {
  InferenceResponse,
  ModelMetadataResponse,
  ModelReadyResponse,
  ServerLiveResponse,
  ServerMetadataResponse,
  ServerReadyResponse,
} from './oip.dto.ts';
import { OIP_PROTOCOL } from './protocol.ts';

const ERRORS = [400, 401, 403, 404, 413, 429, 500, 503];
const HEADER_LENGTH = 'inference-header-content-length';
const MODEL = { name: 'model', example: 'foretell' };
const VERSION = { name: 'version', example: '1' };

const BODY = { schema: { $ref: '#/components/schemas/InferenceRequest' } };
const INFER = {
  description:
    'Either the one tensor `features` [rows, features], numbers as the graph takes them, or one tensor per feature, [rows] or [rows, 1], BYTES for a category. ' +
    '`data` is flat or nested, null is a missing value, and the binary tensor extension is understood. All rows are answered or none.',
};

@ApiTags('prediction')
@Controller('v2')
export class OipController {
  constructor(
    private readonly metadata: OipMetadata,
    private readonly inference: OipInference,
  ) {}

  @Get()
  @Public()
  @ForeignRoute(OIP_PROTOCOL, [429])
  @ApiOperation({ summary: 'The server, as the Open Inference Protocol asks for it' })
  @ApiOkResponse({ type: ServerMetadataResponse })
  server(): ServerMetadataResponse {
    return this.metadata.server();
  }

  /** Nest takes the last slash off a route; the protocol's own description has one at `/v2/`. */
  @Get('*')
  @Public()
  @ForeignRoute(OIP_PROTOCOL)
  @ApiExcludeEndpoint()
  other(@Param('*') path: string): ServerMetadataResponse {
    return this.metadata.at(path);
  }

  @Get('health/live')
  @Probe()
  @ForeignRoute(OIP_PROTOCOL)
  @ApiOperation({ summary: 'The process answers' })
  @ApiOkResponse({ type: ServerLiveResponse })
  live(@Res({ passthrough: true }) reply: FastifyReply): ServerLiveResponse {
    reply.header('Cache-Control', 'no-store');
    return { live: true };
  }

  @Get('health/ready')
  @Probe()
  @ForeignRoute(OIP_PROTOCOL)
  @ApiOperation({ summary: 'The same as GET /health/ready' })
  @ApiOkResponse({ type: ServerReadyResponse })
  @ApiServiceUnavailableResponse({ type: ServerReadyResponse, description: 'Not ready.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ServerReadyResponse> {
    const ready = await this.metadata.isReady();
    reply.header('Cache-Control', 'no-store').status(ready ? 200 : 503);
    return { ready };
  }

  @Get('models/:model')
  @Public()
  @ForeignRoute(OIP_PROTOCOL, [404, 429, 503])
  @ApiOperation({ summary: 'Inputs and outputs of the model being served' })
  @ApiParam(MODEL)
  @ApiOkResponse({ type: ModelMetadataResponse })
  model(@Param('model') name: string): ModelMetadataResponse {
    return this.metadata.model({ name });
  }

  @Get('models/:model/versions/:version')
  @Public()
  @ForeignRoute(OIP_PROTOCOL, [404, 429, 503])
  @ApiOperation({ summary: 'Inputs and outputs of the champion or its challenger' })
  @ApiParam(MODEL)
  @ApiParam(VERSION)
  @ApiOkResponse({ type: ModelMetadataResponse })
  version(@Param('model') name: string, @Param('version') version: string): ModelMetadataResponse {
    return this.metadata.model({ name, version });
  }

  @Get('models/:model/ready')
  @Probe()
  @ForeignRoute(OIP_PROTOCOL, [404, 503])
  @ApiOperation({ summary: 'A version of the model is being served' })
  @ApiParam(MODEL)
  @ApiOkResponse({ type: ModelReadyResponse })
  modelReady(@Param('model') name: string): ModelReadyResponse {
    return this.metadata.modelReady({ name });
  }

  @Get('models/:model/versions/:version/ready')
  @Probe()
  @ForeignRoute(OIP_PROTOCOL, [404, 503])
  @ApiOperation({ summary: 'This version of the model is being served' })
  @ApiParam(MODEL)
  @ApiParam(VERSION)
  @ApiOkResponse({ type: ModelReadyResponse })
  versionReady(
    @Param('model') name: string,
    @Param('version') version: string,
  ): ModelReadyResponse {
    return this.metadata.modelReady({ name, version });
  }

  @Post('models/:model/infer')
  @HttpCode(200)
  @Requires('predict')
  @ForeignRoute(OIP_PROTOCOL, ERRORS)
  @ApiOperation({ summary: 'Predict rows, as the Open Inference Protocol asks for it', ...INFER })
  @ApiParam(MODEL)
  @ApiBody(BODY)
  @ApiOkResponse({ type: InferenceResponse })
  async infer(
    @Param('model') name: string,
    @Body() body: unknown,
    @Headers(HEADER_LENGTH) length: string | undefined,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const after = afterAnswerOf(reply);
    return send(reply, await this.inference.infer(bytesOf(body), length, { name }, caller, after));
  }

  @Post('models/:model/versions/:version/infer')
  @HttpCode(200)
  @Requires('predict')
  @ForeignRoute(OIP_PROTOCOL, ERRORS)
  @ApiOperation({ summary: 'The same, by the champion or its challenger as named', ...INFER })
  @ApiParam(MODEL)
  @ApiParam(VERSION)
  @ApiBody(BODY)
  @ApiOkResponse({ type: InferenceResponse })
  async inferByVersion(
    @Param('model') name: string,
    @Param('version') version: string,
    @Body() body: unknown,
    @Headers(HEADER_LENGTH) length: string | undefined,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const [target, after] = [{ name, version }, afterAnswerOf(reply)];
    return send(reply, await this.inference.infer(bytesOf(body), length, target, caller, after));
  }
}

/** What the handler gives back; binary tensors follow the JSON whose length a header states. */
function send(reply: FastifyReply, { version, json, tail }: InferResponse): object {
  reply.header('X-Model-Version', version);
  if (tail === null) return json;
  const head = Buffer.from(JSON.stringify(json));
  reply.header('Inference-Header-Content-Length', String(head.length));
  reply.type('application/octet-stream');
  return Buffer.concat([head, tail]);
}
