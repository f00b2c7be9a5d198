// The entry of a search's threads: takes one task after the other and answers each with its score or with why there is none.
import { parentPort, workerData } from 'node:worker_threads';
import { scoreFold, type FoldTask, type SearchData } from './fold-task.ts';
import type { FoldOutcome } from './fold-pool.ts';

const data = workerData as SearchData;

async function outcomeOf(task: FoldTask): Promise<FoldOutcome> {
  try {
    return { score: await scoreFold(data, task) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (task: FoldTask) => {
  void outcomeOf(task).then((outcome) => parentPort?.postMessage(outcome));
});
