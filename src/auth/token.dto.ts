// What /token takes and answers.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength, ValidateIf } from 'class-validator';
import { MAX_CREDENTIAL_LENGTH } from '../users/users.dto.ts';

export const GRANT_TYPES = ['password', 'refresh_token'] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

const isRefresh = ({ grant_type }: TokenRequest): boolean => grant_type === 'refresh_token';

export class TokenRequest {
  @ApiPropertyOptional({
    enum: GRANT_TYPES,
    default: 'password',
    example: 'password',
    description: 'password: log in; refresh_token: continue a session.',
  })
  @IsIn(GRANT_TYPES)
  readonly grant_type: GrantType = 'password';

  @ApiPropertyOptional({ example: 'admin', description: 'For grant_type password.' })
  @ValidateIf((body: TokenRequest) => !isRefresh(body))
  @IsString()
  @MaxLength(MAX_CREDENTIAL_LENGTH)
  readonly username!: string;

  @ApiPropertyOptional({
    example: 'the password of admin',
    format: 'password',
    description: 'For grant_type password.',
  })
  @ValidateIf((body: TokenRequest) => !isRefresh(body))
  @IsString()
  @MaxLength(MAX_CREDENTIAL_LENGTH)
  readonly password!: string;

  @ApiPropertyOptional({
    description: 'For grant_type refresh_token: the one of the last answer; each works once.',
    example: 'sPzYnG1n0hT0e0lTqkM3m3m4o9cQ7v1yZyJ8w2b5x6A',
  })
  @ValidateIf(isRefresh)
  @IsString()
  @MaxLength(MAX_CREDENTIAL_LENGTH)
  readonly refresh_token!: string;

  @ApiPropertyOptional({
    example: '',
    description: 'Tolerated, as OAuth2 clients send it; the role says what a token may do.',
  })
  @IsOptional()
  @IsString()
  readonly scope?: string;

  @ApiPropertyOptional({ example: '', description: 'Tolerated; clients are not registered.' })
  @IsOptional()
  @IsString()
  readonly client_id?: string;

  @ApiPropertyOptional({ example: '', description: 'Tolerated; clients are not registered.' })
  @IsOptional()
  @IsString()
  readonly client_secret?: string;
}

export class TokenResponse {
  @ApiProperty({
    example: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI1ZjNlIn0.c2lnbmF0dXJl',
    description: 'Send it as `Authorization: Bearer <access_token>`.',
  })
  readonly access_token: string;

  @ApiProperty({ enum: ['bearer'], example: 'bearer' })
  readonly token_type = 'bearer';

  @ApiProperty({ example: 900, description: 'Seconds until the access token expires.' })
  readonly expires_in: number;

  @ApiProperty({
    example: 'sPzYnG1n0hT0e0lTqkM3m3m4o9cQ7v1yZyJ8w2b5x6A',
    description: 'Works once; a second use ends the session.',
  })
  readonly refresh_token: string;

  constructor(accessToken: string, expiresInSeconds: number, refreshToken: string) {
    this.access_token = accessToken;
    this.expires_in = expiresInSeconds;
    this.refresh_token = refreshToken;
  }
}
