// The route of model cards: Markdown for people, JSON for programs.
import { Controller, Get, Header, Param, Query, Req, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedType } from '../common/accepted-type.ts';
import { Requires } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { ModelCardQuery, ModelCardResponse } from './model-card.dto.ts';
import { ModelCards } from './model-cards.ts';

@ApiTags('models')
@ApiExtraModels(ModelCardResponse)
@Controller('models/:name/card')
@Requires('read')
export class ModelCardController {
  constructor(private readonly cards: ModelCards) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @Header('Vary', 'Accept')
  @ApiOperation({
    summary: 'The model card of a version',
    description:
      'What it is for, what it was measured at and for whom, what it takes, how to make it again, and what is true of it today. Made from the bundle when it is asked for.',
  })
  @ApiParam({ name: 'name', example: 'foretell' })
  @ApiOkResponse({
    content: {
      'text/markdown': { schema: { type: 'string' } },
      'application/json': { schema: { $ref: getSchemaPath(ModelCardResponse) } },
    },
  })
  async card(
    @Param('name') name: string,
    @Query() { version }: ModelCardQuery,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ModelCardResponse | string> {
    const type = acceptedType(headers.accept, ['text/markdown', 'application/json']);
    if (type === null)
      throw new AppError('NOT_ACCEPTABLE', 'The card can be text/markdown or application/json.');
    const card = await this.cards.of(name, version);
    void reply.type(`${type}; charset=utf-8`);
    return type === 'text/markdown' ? card.markdown : card;
  }
}
