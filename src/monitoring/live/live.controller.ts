// GET /monitoring/stream: what is happening, pushed as it changes.
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Admitted, Requires, type Admission } from '../../common/access.ts';
import { LiveFeeds } from './live-feeds.ts';
import { LiveViewer } from './live-viewer.ts';
import { LiveChangeResponse, LiveQuery, LiveStateResponse } from './live.dto.ts';

/** How long a client waits before it comes back; the word before the first event, so that it knows at once that it is heard. */
const BEGINNING = 'retry: 3000\n\n';

@ApiTags('monitoring')
@ApiExtraModels(LiveStateResponse, LiveChangeResponse)
@Controller('monitoring/stream')
@Requires('read')
export class LiveController {
  constructor(private readonly feeds: LiveFeeds) {}

  @Get()
  @ApiOperation({
    summary: 'The log summarised, live',
    description:
      'Server-sent events: `snapshot` (LiveStateResponse) first, then a `change` (LiveChangeResponse) every few seconds. With the `Last-Event-ID` of an event ' +
      'that is still remembered only what came after it is sent. After 15 seconds of silence a comment comes. The stream ends with the credentials that it was opened with.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that came.',
  })
  @ApiOkResponse({
    description: 'An event stream.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  async stream(
    @Query() query: LiveQuery,
    @Admitted() admission: Admission,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.feeds.expectRoom(query);
    reply
      .header('Content-Type', 'text/event-stream; charset=utf-8')
      .header('Cache-Control', 'no-store')
      // nginx would gather events before it passes them on.
      .header('X-Accel-Buffering', 'no');
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, reply.getHeaders() as Record<string, string>);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write(BEGINNING);
    const lastId = request.headers['last-event-id'];
    this.feeds.watch(query, new LiveViewer(response, admission), lastId?.toString());
  }
}
