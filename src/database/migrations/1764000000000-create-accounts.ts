// The tables of accounts: users, their sessions with rotating refresh tokens, and their API keys.
import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const ownedBy = (table: string, column: string, owner: string) => ({
  name: `${table}_${column}_fkey`,
  columnNames: [column],
  referencedTableName: owner,
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
});

const id = { name: 'id', type: 'text', isPrimary: true };
const createdAt = { name: 'created_at', type: 'bigint' };

const TABLES = [
  new Table({
    name: 'users',
    columns: [
      id,
      { name: 'username', type: 'text' },
      // Comparing folded names in one more column is the same on both engines; citext and NOCASE are not.
      { name: 'username_key', type: 'text' },
      { name: 'password_hash', type: 'text' },
      { name: 'role', type: 'text' },
      { name: 'credentials_version', type: 'integer' },
      createdAt,
    ],
    indices: [{ name: 'users_username_key', columnNames: ['username_key'], isUnique: true }],
  }),
  new Table({
    name: 'sessions',
    columns: [
      id,
      { name: 'user_id', type: 'text' },
      { name: 'credentials_version', type: 'integer' },
      createdAt,
      { name: 'expires_at', type: 'bigint' },
      { name: 'revoked_at', type: 'bigint', isNullable: true },
    ],
    indices: [
      { name: 'sessions_user_id', columnNames: ['user_id'] },
      { name: 'sessions_expires_at', columnNames: ['expires_at'] },
    ],
    foreignKeys: [ownedBy('sessions', 'user_id', 'users')],
  }),
  new Table({
    name: 'refresh_tokens',
    columns: [
      { name: 'token_hash', type: 'text', isPrimary: true },
      { name: 'session_id', type: 'text' },
      { name: 'expires_at', type: 'bigint' },
      { name: 'used_at', type: 'bigint', isNullable: true },
    ],
    indices: [{ name: 'refresh_tokens_session_id', columnNames: ['session_id'] }],
    foreignKeys: [ownedBy('refresh_tokens', 'session_id', 'sessions')],
  }),
  new Table({
    name: 'api_keys',
    columns: [
      id,
      { name: 'user_id', type: 'text' },
      { name: 'name', type: 'text' },
      { name: 'scopes', type: 'text' },
      { name: 'key_hash', type: 'text' },
      createdAt,
      { name: 'last_used_at', type: 'bigint', isNullable: true },
      { name: 'expires_at', type: 'bigint', isNullable: true },
    ],
    indices: [{ name: 'api_keys_user_id', columnNames: ['user_id'] }],
    foreignKeys: [ownedBy('api_keys', 'user_id', 'users')],
  }),
];

export class CreateAccounts1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of TABLES.toReversed()) await runner.dropTable(name);
  }
}
