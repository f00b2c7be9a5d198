// Which features become reasons, and in which order.
import { reasonsOf, type ReasonRule } from './reasons.ts';

const rule = (adverse: ReasonRule['adverse']): ReasonRule => ({
  adverse,
  features: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({
    name,
    code: name.toUpperCase(),
    text: `Because of ${name}.`,
  })),
});

const codes = (adverse: ReasonRule['adverse'], ...contributions: readonly number[]): string[] =>
  reasonsOf(Float64Array.from(contributions), rule(adverse)).map(({ code }) => code);

describe('reasonsOf', () => {
  it('names at most four features that push towards the adverse class, the strongest first', () => {
    expect(codes('positive', 0.1, -9, 0.5, 0.3, 0.4, 0.2)).toEqual(['C', 'E', 'D', 'F']);
    expect(codes('negative', 0.1, -0.2, 0.5, -0.3, 9, 9)).toEqual(['D', 'B']);
  });

  it('tells code, feature, text and contribution of a reason', () => {
    expect(reasonsOf(Float64Array.of(0, -0.25, 0, 0, 0, 0), rule('negative'))).toEqual([
      { code: 'B', feature: 'b', text: 'Because of b.', contribution: -0.25 },
    ]);
  });

  it('leaves equal contributions in the order of the features, rounding aside', () => {
    expect(codes('positive', 0.1, 0.3, 0.1 + 0.2, 0.3, 0.7, 0)).toEqual(['E', 'B', 'C', 'D']);
  });

  it('makes no reason of nothing, nor of rounding', () => {
    expect(codes('positive', 0, 1e-16, -0, 0, 0, 0)).toEqual([]);
  });

  it('takes features without a contribution as features that push nowhere', () => {
    expect(codes('positive', 0.2)).toEqual(['A']);
  });
});
