// What /users takes and answers.
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { ROLES, type Role } from '../common/access.ts';
import { toIso } from '../database/epoch-ms.ts';
import { IsNewPassword } from './password.ts';
import type { User } from './user.entity.ts';
import { IsUsername } from './username.ts';

/** Bounds what a login has to read; what no user may have is answered like any wrong password. */
export const MAX_CREDENTIAL_LENGTH = 1024;

const PASSWORD_DESCRIPTION = 'At least 12 characters and at most 72 bytes of UTF-8.';
const ROLE_DESCRIPTION =
  'admin: users and everything; operator: promote models; client: predict; viewer: read.';

export class CreateUserDto {
  @ApiProperty({ example: 'ann', description: 'Unique; case makes no difference.', maxLength: 64 })
  @IsUsername()
  readonly username!: string;

  @ApiProperty({
    example: 'correct horse battery',
    description: PASSWORD_DESCRIPTION,
    minLength: 12,
    format: 'password',
  })
  @IsNewPassword()
  readonly password!: string;

  @ApiProperty({ enum: ROLES, example: 'client', description: ROLE_DESCRIPTION })
  @IsIn(ROLES)
  readonly role!: Role;
}

export class UpdateUserDto extends PartialType(CreateUserDto, {
  skipNullProperties: false,
}) {}

export class ChangePasswordDto {
  @ApiProperty({ example: 'the password of today', format: 'password' })
  @IsString()
  @MaxLength(MAX_CREDENTIAL_LENGTH)
  readonly current_password!: string;

  @ApiProperty({
    example: 'correct horse battery',
    description: PASSWORD_DESCRIPTION,
    minLength: 12,
    format: 'password',
  })
  @IsNewPassword()
  readonly new_password!: string;
}

export class UserResponse {
  @ApiProperty({ format: 'uuid', example: '5f3e8f0e-2c54-4a52-9d6c-0a4a1f1f7c11' })
  readonly id: string;

  @ApiProperty({ example: 'ann' })
  readonly username: string;

  @ApiProperty({ enum: ROLES, example: 'client', description: ROLE_DESCRIPTION })
  readonly role: Role;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  readonly created_at: string;

  constructor({ id, username, role, createdAt }: User) {
    this.id = id;
    this.username = username;
    this.role = role;
    this.created_at = toIso(createdAt);
  }
}
