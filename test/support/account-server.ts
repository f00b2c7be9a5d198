// The accounts side of the application on a real port: the same modules, pipe and filter as the product, without models, and with probe
// routes that need each scope, so that what the guard lets through can be seen by itself.
import 'reflect-metadata';
import { Controller, Get, Module, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuditModule } from '../../src/audit/audit.module.ts';
import { AuthModule } from '../../src/auth/auth.module.ts';
import { Caller, Public, Requires, type Principal } from '../../src/common/access.ts';
import { ProblemFilter } from '../../src/common/problem.filter.ts';
import { validationPipe } from '../../src/common/validation.ts';
import { NoSiblings } from '../../src/common/siblings.ts';
import { SiblingsModule } from '../../src/common/siblings.module.ts';
import { ConfigModule } from '../../src/config/config.module.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { DatabaseModule } from '../../src/database/database.module.ts';
import { UsersModule } from '../../src/users/users.module.ts';
import { databaseSettings } from './test-database.ts';

@Controller('probe')
class ProbeController {
  @Get('public')
  @Public()
  open(): string {
    return 'open';
  }

  @Get('unmarked')
  unmarked(): string {
    return 'never';
  }

  @Get('any')
  @Requires('any')
  any(@Caller() caller: Principal): Principal {
    return caller;
  }

  @Get('predict')
  @Requires('predict')
  predict(): string {
    return 'predict';
  }

  @Get('read')
  @Requires('read')
  read(): string {
    return 'read';
  }

  @Get('operate')
  @Requires('operate')
  operate(): string {
    return 'operate';
  }

  @Get('admin')
  @Requires('admin')
  admin(): string {
    return 'admin';
  }
}

@Module({ controllers: [ProbeController] })
class AccountsModule {}

const LOGGING_ERRORS: NestApplicationOptions = { logger: ['error'], abortOnError: false };

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** What to send: a bearer token or an API key, and a body as JSON or as a form. */
export interface Call {
  readonly token?: string | undefined;
  readonly key?: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AccountServer {
  readonly app: NestFastifyApplication;
  readonly call: <Body = Record<string, unknown>>(
    route: string,
    what?: Call,
  ) => Promise<Answer<Body>>;
}

/** Starts on a free port with the settings given; close `app` afterwards. */
export async function startAccounts(
  environment: Readonly<Record<string, string>> & { readonly VAR_DIR: string },
): Promise<AccountServer> {
  const database = await databaseSettings(environment.VAR_DIR);
  const config = parseConfig({ BCRYPT_COST: '4', ...database, ...environment });
  const imports = [
    ConfigModule.with(config),
    SiblingsModule.with(new NoSiblings()),
    DatabaseModule,
    AuditModule,
    UsersModule,
    AuthModule,
  ];
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: AccountsModule, imports },
    new FastifyAdapter(),
    LOGGING_ERRORS,
  );
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(0, '127.0.0.1');
  const origin = await app.getUrl();
  return { app, call: (route, what = {}) => send(origin, route, what) };
}

async function send<Body>(origin: string, route: string, what: Call): Promise<Answer<Body>> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const { token, key, json, form } = what;
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'x-api-key': key }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...what.headers,
    },
    body: json === undefined ? ((form && new URLSearchParams(form)) ?? null) : JSON.stringify(json),
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  const body = isJson ? (JSON.parse(text) as unknown) : text;
  return { status: response.status, headers: response.headers, body: body as Body };
}
