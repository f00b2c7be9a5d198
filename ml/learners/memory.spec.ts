// A fit that would not fit into memory is refused with both numbers.
import { FitError } from './learner.ts';
import { expectMemory } from './memory.ts';

describe('expectMemory', () => {
  const shape = { rows: 1000, columns: 10_000 };

  it('lets a fit start that takes no more than there is', () => {
    expectMemory('random_forest', 100, shape, 100);
    expectMemory('random_forest', 1, shape);
  });

  it('refuses one that takes more, with the estimate and what there is', () => {
    const ask = (): void => {
      expectMemory('random_forest', 3.2 * 2 ** 30, shape, 2 ** 30);
    };
    expect(ask).toThrow(FitError);
    expect(ask).toThrow(
      'random_forest on 1000 rows and 10000 columns would take about 3277 MiB, 1024 MiB are available',
    );
  });
});
