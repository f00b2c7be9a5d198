// Candidates below the training that they belong to.
import { runTree } from './run-tree.ts';

const run = (id: string, parent: string | null = null) => ({ run_id: id, parent_run_id: parent });

it('puts candidates below their training, and keeps the order', () => {
  const runs = [run('b'), run('b2', 'b'), run('a2', 'a'), run('b1', 'b'), run('a')];
  expect(runTree(runs)).toEqual([
    { run: run('b'), candidates: [run('b2', 'b'), run('b1', 'b')] },
    { run: run('a'), candidates: [run('a2', 'a')] },
  ]);
});

it('keeps a candidate whose training is on another page', () => {
  expect(runTree([run('x1', 'x')])).toEqual([{ run: run('x1', 'x'), candidates: [] }]);
});
