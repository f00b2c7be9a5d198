// The migrations make exactly the schema that the entities describe: nothing would be left for TypeORM to synchronise.
import { DataSource } from 'typeorm';
import { PredictionServer } from '../support/prediction-server.ts';

it('entities and migrations agree', async () => {
  const server = await PredictionServer.start();
  const database = server.app.get(DataSource);
  expect(database.entityMetadatas.length).toBeGreaterThan(4);
  const { upQueries } = await database.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
  await server.stop();
});
