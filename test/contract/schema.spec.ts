// The migrations make exactly the schema that the entities describe: nothing would be left for TypeORM to synchronise.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiKey } from '../../src/auth/api-key.entity.ts';
import { RefreshToken, Session } from '../../src/auth/session.entity.ts';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { User } from '../../src/users/user.entity.ts';

it('entities and migrations agree on SQLite', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'schema-'));
  const options = dataSourceOptions({ kind: 'sqlite', path: join(dir, 'foretell.db') });
  const entities = [User, Session, RefreshToken, ApiKey];
  const database = await openDatabase({ ...options, entities });
  const { upQueries } = await database.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
  await database.destroy();
  rmSync(dir, { recursive: true });
});
