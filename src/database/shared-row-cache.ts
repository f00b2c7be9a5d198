// A row cache whose siblings in the other processes forget with it: what one of them changes, none uses any more once the change is answered.
import type { Siblings } from '../common/siblings.ts';
import { FRESH_MS, RowCache } from './row-cache.ts';

/** A process that is too busy to answer for longer than rows are fresh reads them anew by itself. */
const WITHIN_MS = FRESH_MS + 500;

export class SharedRowCache<Row> extends RowCache<Row> {
  /** `rows` names what the processes share: one cache of that name in each. */
  constructor(
    load: (id: string) => Promise<Row | null>,
    private readonly rows: string,
    private readonly siblings: Siblings,
  ) {
    super(load);
    siblings.on(rows, (id: string) => {
      this.forget(id);
    });
  }

  /** Call after a change is written, and await before it is answered: nobody uses the row as it was. */
  async forgetEverywhere(id: string): Promise<void> {
    this.forget(id);
    await this.siblings.tell(this.rows, id, WITHIN_MS);
  }
}
