// The boosting program in which the last thread dies in the middle of a fit, and one in which it throws: what the tests of faults run.
import {
  run as boost,
  type Boosted,
  type BoostingJob,
} from '../../ml/learners/gradient-boosting/booster.ts';
import type { Team } from '../../ml/threads/team.ts';

/** Barriers that the fit has behind it by then: some trees are grown. */
const BARRIERS = 200;

export function run(team: Team, job: BoostingJob): Boosted | null {
  let passed = 0;
  const barrier = (): void => {
    passed += 1;
    if (passed === BARRIERS && team.rank === team.size - 1) process.exit(7);
    team.barrier();
  };
  return boost({ ...team, barrier }, job);
}

export const url = import.meta.url;
