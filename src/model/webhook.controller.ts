// MLflow's alias webhook: makes the server look at once instead of at the next poll. Signed instead of authenticated.
import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { Public } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { parseStrictJson, RAW_BODY } from '../common/strict-json.ts';
import { Config } from '../config/load-config.ts';
import { ModelOperations } from './model-operations.ts';
import { DeliveryVerifier } from './webhook-delivery.ts';

export class WebhookResponse {
  @ApiProperty({ description: 'Whether the event is about a model served here.', example: true })
  readonly followed!: boolean;
}

const aliasEvent = z.object({
  entity: z.literal('model_version_alias'),
  data: z.object({ name: z.string(), alias: z.string() }),
});

@ApiTags('models')
@Controller('webhooks')
@Public()
export class WebhookController {
  private readonly verifier: DeliveryVerifier | null;

  constructor(
    { mlflowWebhookSecret: secret }: Config,
    private readonly operations: ModelOperations,
  ) {
    this.verifier = secret === null ? null : new DeliveryVerifier(secret);
  }

  @Post('mlflow')
  @HttpCode(202)
  @RouteConfig(RAW_BODY)
  @ApiOperation({
    summary: "MLflow's alias webhook",
    description:
      'Signed with MLFLOW_WEBHOOK_SECRET; without that setting the route is closed. A delivery counts once and for five minutes. The answer does not wait for the model.',
  })
  @ApiHeader({ name: 'X-MLflow-Delivery-Id', required: true })
  @ApiHeader({ name: 'X-MLflow-Timestamp', required: true, description: 'Unix time, seconds.' })
  @ApiHeader({ name: 'X-MLflow-Signature', required: true, description: 'v1,<base64 HMAC-SHA256>' })
  @ApiBody({ schema: { type: 'object' } })
  @ApiAcceptedResponse({ type: WebhookResponse })
  receive(
    @Headers('x-mlflow-delivery-id') id = '',
    @Headers('x-mlflow-timestamp') timestamp = '',
    @Headers('x-mlflow-signature') signature = '',
    @Body() body: unknown = '',
  ): WebhookResponse {
    if (this.verifier === null)
      throw new AppError('NOT_FOUND', 'Webhooks are off here: MLFLOW_WEBHOOK_SECRET is not set.');
    const raw = typeof body === 'string' ? body : '';
    this.verifier.verify({ id, timestamp, signature, body: raw });
    const event = aliasEvent.safeParse(parseStrictJson(raw));
    return { followed: event.success && this.operations.aliasMoved(event.data.data) };
  }
}
