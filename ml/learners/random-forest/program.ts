// What each thread of a fit runs: it takes the next tree until none is left. Trees depend on their own seed only, so who grows which is free.
import { Random } from '../../../src/statistics/random.ts';
import type { Team } from '../../threads/team.ts';
import type { ForestJob, GrownForest, GrownTree } from './forest-job.ts';
import { TreeGrower } from './grow-tree.ts';
import { addOutOfBag, emptyOutOfBag } from './out-of-bag.ts';

export function run(_: Team, job: ForestJob): GrownForest {
  const grower = new TreeGrower(job);
  const outOfBag = job.outOfBag ? emptyOutOfBag(job) : null;
  const trees: (readonly [number, GrownTree])[] = [];
  const count = job.seeds.length / 2;
  for (let tree = Atomics.add(job.taken, 0, 1); tree < count; tree = Atomics.add(job.taken, 0, 1)) {
    const grown = grower.grow(randomOfTree(job, tree));
    if (outOfBag !== null) addOutOfBag(job, grown, grower.bag.times, outOfBag);
    trees.push([tree, grown]);
  }
  return { trees, outOfBag };
}

export const randomOfTree = ({ seeds }: Pick<ForestJob, 'seeds'>, tree: number): Random =>
  Random.of(seeds[2 * tree] as number, seeds[2 * tree + 1] as number);

export const url = import.meta.url;
