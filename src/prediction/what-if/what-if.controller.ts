// POST /predict/what-if: what would have to change for the other label.
import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../common/access.ts';
import { callerLeaves } from './caller-leaves.ts';
import { MAX_CANDIDATES } from './search.ts';
import { WHAT_IF_REQUEST, WhatIfResponse } from './what-if.dto.ts';
import { WhatIf } from './what-if.service.ts';

@ApiTags('prediction')
@Controller('predict/what-if')
export class WhatIfController {
  constructor(private readonly whatIf: WhatIf) {}

  @Post()
  @HttpCode(200)
  @Requires('predict')
  @ApiOperation({
    summary: 'The smallest change of a row that gives it the other label',
    description:
      'Of the features that may change, within what training saw and within the monotone constraints of the model. ' +
      `Fewer features come first, then the distance; at most ${MAX_CANDIDATES} changed rows are tried. The row is not stored.`,
  })
  @ApiBody({ schema: WHAT_IF_REQUEST })
  @ApiOkResponse({
    type: WhatIfResponse,
    headers: {
      'X-Model-Version': { description: 'The version that answered.', schema: { type: 'string' } },
    },
  })
  async find(
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WhatIfResponse> {
    const answer = await this.whatIf.answer(body, callerLeaves(reply));
    reply.header('X-Model-Version', answer.model.version);
    return answer;
  }
}
