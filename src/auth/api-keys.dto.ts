// What /api-keys takes and answers.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsString,
  Length,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { SCOPES, type Scope } from '../common/access.ts';
import { toIso } from '../database/epoch-ms.ts';
import type { ApiKey } from './api-key.entity.ts';
import type { NewApiKey } from './api-keys.service.ts';

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

const IsFutureInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isFutureInstant',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && ISO_INSTANT.test(value) && Date.parse(value) > Date.now(),
      defaultMessage: () =>
        '$property must be an instant in the future, ISO 8601 with its offset (2026-12-31T00:00:00Z)',
    },
  });

const SCOPES_DESCRIPTION = 'What the key may do: some of the scopes you have yourself.';

export class CreateApiKeyDto {
  @ApiProperty({ example: 'nightly batch', description: 'For people to tell keys apart.' })
  @IsString()
  @Length(1, 100)
  readonly name!: string;

  @ApiProperty({
    enum: SCOPES,
    isArray: true,
    example: ['predict'],
    description: SCOPES_DESCRIPTION,
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  readonly scopes!: Scope[];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2030-12-31T00:00:00Z',
    description: 'When the key stops working; absent or null: when it is deleted.',
  })
  @ValidateIf(({ expires_at }: CreateApiKeyDto) => expires_at !== undefined && expires_at !== null)
  @IsFutureInstant()
  readonly expires_at?: string | null;

  toNewApiKey(): NewApiKey {
    const { name, scopes, expires_at: expires } = this;
    return { name, scopes, expiresAt: typeof expires === 'string' ? Date.parse(expires) : null };
  }
}

export class ApiKeyResponse {
  @ApiProperty({ format: 'uuid', example: '0b1d3b52-6f0e-4b0a-8f3b-7d0b7e3c9a55' })
  readonly id: string;

  @ApiProperty({ format: 'uuid', description: 'Its owner.' })
  readonly user_id: string;

  @ApiProperty({ example: 'nightly batch' })
  readonly name: string;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['predict'] })
  readonly scopes: readonly Scope[];

  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  readonly created_at: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-31T12:00:00.000Z',
    description: 'To the minute; null: never.',
  })
  readonly last_used_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  readonly expires_at: string | null;

  constructor(row: ApiKey) {
    this.id = row.id;
    this.user_id = row.userId;
    this.name = row.name;
    this.scopes = row.scopes;
    this.created_at = toIso(row.createdAt);
    this.last_used_at = row.lastUsedAt === null ? null : toIso(row.lastUsedAt);
    this.expires_at = row.expiresAt === null ? null : toIso(row.expiresAt);
  }
}

export class CreatedApiKeyResponse extends ApiKeyResponse {
  @ApiProperty({
    example: 'ftl_0b1d3b52-6f0e-4b0a-8f3b-7d0b7e3c9a55_<43 characters>',
    description: 'The key itself, shown only now. Send it as `X-API-Key`.',
  })
  readonly key: string;

  constructor(created: { readonly row: ApiKey; readonly key: string }) {
    super(created.row);
    this.key = created.key;
  }
}
