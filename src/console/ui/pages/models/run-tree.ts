// Training runs with their candidates below them.
export interface RunNode<R> {
  readonly run: R;
  readonly candidates: readonly R[];
}

interface Related {
  readonly run_id: string;
  readonly parent_run_id: string | null;
}

/** In the order given; a candidate whose training is not among them stands by itself. */
export function runTree<R extends Related>(runs: readonly R[]): readonly RunNode<R>[] {
  const ids = new Set(runs.map(({ run_id: id }) => id));
  const isCandidate = ({ parent_run_id: parent }: R): boolean => parent !== null && ids.has(parent);
  return runs
    .filter((run) => !isCandidate(run))
    .map((run) => ({
      run,
      candidates: runs.filter((each) => isCandidate(each) && each.parent_run_id === run.run_id),
    }));
}
