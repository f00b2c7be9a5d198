// /users: administration of accounts, and one's own.
import { Body, Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, Requires, type Principal } from '../common/access.ts';
import type { Origin, RemoteOrigin } from '../common/audit-trail.ts';
import { IdParam } from '../common/id-param.ts';
import { RequestOrigin } from '../common/request-origin.ts';
import { CredentialsService } from './credentials.service.ts';
import { ChangePasswordDto, CreateUserDto, UpdateUserDto, UserResponse } from './users.dto.ts';
import { UsersService } from './users.service.ts';

const USER_ID = { name: 'id', format: 'uuid', description: 'The id of the user.' };

@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
  ) {}

  @Get('me')
  @Requires('any')
  @ApiOperation({ summary: 'Your own account' })
  @ApiOkResponse({ type: UserResponse })
  async me(@Caller() caller: Principal): Promise<UserResponse> {
    return new UserResponse(await this.users.get(caller.userId));
  }

  @Patch('me/password')
  @Requires('any')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Change your own password',
    description: 'Ends all your sessions: log in again with the new password. API keys stay.',
  })
  @ApiNoContentResponse({ description: 'Changed.' })
  changePassword(
    @Caller() caller: Principal,
    @Body() body: ChangePasswordDto,
    @RequestOrigin() origin: RemoteOrigin,
  ): Promise<void> {
    return this.credentials.changePassword(caller.username, body, origin);
  }

  @Get()
  @Requires('admin')
  @ApiOperation({ summary: 'All users, by name' })
  @ApiOkResponse({ type: UserResponse, isArray: true })
  async list(): Promise<readonly UserResponse[]> {
    return (await this.users.list()).map((user) => new UserResponse(user));
  }

  @Post()
  @Requires('admin')
  @ApiOperation({ summary: 'Create a user' })
  @ApiCreatedResponse({ type: UserResponse })
  async create(
    @Body() body: CreateUserDto,
    @RequestOrigin() origin: Origin,
  ): Promise<UserResponse> {
    return new UserResponse(await this.users.create(body, origin));
  }

  @Get(':id')
  @Requires('admin')
  @ApiOperation({ summary: 'One user' })
  @ApiParam(USER_ID)
  @ApiOkResponse({ type: UserResponse })
  async get(@IdParam('user') id: string): Promise<UserResponse> {
    return new UserResponse(await this.users.get(id));
  }

  @Patch(':id')
  @Requires('admin')
  @ApiOperation({
    summary: 'Change a user',
    description:
      'A new password or another role ends all sessions of the user. The last admin stays admin (409).',
  })
  @ApiParam(USER_ID)
  @ApiOkResponse({ type: UserResponse })
  async update(
    @IdParam('user') id: string,
    @Body() body: UpdateUserDto,
    @RequestOrigin() origin: Origin,
  ): Promise<UserResponse> {
    return new UserResponse(await this.users.update(id, body, origin));
  }

  @Delete(':id')
  @Requires('admin')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a user with its sessions and API keys',
    description: 'The last admin cannot be deleted (409). Logged predictions stay.',
  })
  @ApiParam(USER_ID)
  @ApiNoContentResponse({ description: 'Deleted.' })
  delete(@IdParam('user') id: string, @RequestOrigin() origin: Origin): Promise<void> {
    return this.users.delete(id, origin);
  }
}
