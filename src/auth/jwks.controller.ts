// /.well-known/jwks.json: what others need to verify access tokens by themselves.
import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../common/access.ts';
import type { PublicJwk } from './signing-key.ts';
import { SigningKeys } from './signing-keys.ts';

class JwkResponse implements PublicJwk {
  @ApiProperty({ enum: ['EC'] })
  readonly kty!: 'EC';

  @ApiProperty({ enum: ['P-256'] })
  readonly crv!: 'P-256';

  @ApiProperty({ example: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' })
  readonly x!: string;

  @ApiProperty({ example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' })
  readonly y!: string;

  @ApiProperty({ description: 'As in the header of the tokens that it signed.' })
  readonly kid!: string;

  @ApiProperty({ enum: ['sig'] })
  readonly use!: 'sig';

  @ApiProperty({ enum: ['ES256'] })
  readonly alg!: 'ES256';
}

class JwksResponse {
  @ApiProperty({ type: [JwkResponse], description: 'The one that signs now first.' })
  readonly keys!: readonly PublicJwk[];
}

@ApiTags('auth')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @Public()
  @Header('Cache-Control', 'public, max-age=60')
  @ApiOperation({
    summary: 'Keys that verify access tokens',
    description:
      'RFC 7517. A token verified by them may have been revoked since: only this server knows.',
  })
  @ApiOkResponse({ type: JwksResponse })
  published(): JwksResponse {
    return { keys: this.keys.published() };
  }
}
