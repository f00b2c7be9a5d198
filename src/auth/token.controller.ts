// /token: log in, continue, log out.
import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import {
  ApiConsumes,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, Public, Requires, type Principal } from '../common/access.ts';
import type { Origin, RemoteOrigin } from '../common/audit-trail.ts';
import { RequestOrigin } from '../common/request-origin.ts';
import { TokenRequest, TokenResponse } from './token.dto.ts';
import { TokenService } from './token.service.ts';

@ApiTags('auth')
@Controller('token')
export class TokenController {
  constructor(private readonly tokens: TokenService) {}

  @Post()
  @Public()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Log in, or continue a session',
    description:
      'The OAuth2 password form or the same fields as JSON. Failed logins are limited per account and address (429).',
  })
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @ApiOkResponse({ type: TokenResponse })
  grant(@Body() body: TokenRequest, @RequestOrigin() origin: RemoteOrigin): Promise<TokenResponse> {
    return this.tokens.grant(body, origin);
  }

  @Post('revoke')
  @Requires('any')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Log out',
    description: 'Ends the session of the access token: its tokens are refused from now on.',
  })
  @ApiNoContentResponse({ description: 'Logged out.' })
  revoke(@Caller() caller: Principal, @RequestOrigin() origin: Origin): Promise<void> {
    return this.tokens.revoke(caller, origin);
  }
}
