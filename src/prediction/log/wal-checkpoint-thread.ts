// The thread that copies SQLite's write-ahead log into the database file, beside whoever writes and reads.
import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from '../../database/open-sqlite.ts';
import { checkpoint } from './checkpoint.ts';

const database = openSqlite(workerData as string);

/** null: there will be no more. Answers when it has done what it could. */
parentPort?.on('message', (order: 'checkpoint' | null) => {
  if (order !== null) {
    checkpoint(database);
    parentPort?.postMessage('done');
    return;
  }
  database.close();
  parentPort?.close();
});
