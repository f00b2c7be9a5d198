// What the language of derived features means, and where it says that something is wrong.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { ExpressionError } from './expression-error.ts';
import { evaluateExpression, parseExpression } from './expression.ts';

const numeric = (name: string): FeatureSpec => ({ kind: 'numeric', name, nullable: true });
const features: readonly FeatureSpec[] = [
  numeric('mean radius'),
  numeric('worst radius'),
  numeric('mean'),
  numeric('log'),
  numeric('pH (25 °C)'),
  { kind: 'categorical', name: 'purpose', nullable: false, categories: ['a', 'b'] },
];
const row = Float32Array.of(4, 10, 2, 8, 7, 1);
const evaluate = (source: string, data = row): number =>
  evaluateExpression(parseExpression(source, features), data, 0);

describe('parseExpression', () => {
  it.each([
    ['worst radius / mean radius', 2.5],
    ['`worst radius`/`mean radius`', 2.5],
    ['mean + mean radius', 6],
    ['mean+mean radius*mean', 10],
    ['(mean + mean radius) * mean', 12],
    ['10 - mean radius - mean', 4],
    ['-mean radius + 1', -3],
    ['--mean', 2],
    ['1.5e1 * .5 + 2. + mean', 11.5],
    ['log(log) / log(mean)', 3],
    ['sqrt (mean radius)', 2],
    ['abs(mean - worst radius)', 8],
    ['min(mean radius, mean, 3)', 2],
    ['max(mean radius, worst radius)', 10],
    ['`pH (25 °C)` - mean', 5],
    ['worst radius > mean radius', 1],
    ['worst radius <= mean', 0],
    ['mean == 2', 1],
    ['mean != 2', 0],
    ['(mean < 3) * worst radius', 10],
    ['mean radius + 1 < 5', 0],
  ])('reads %s', (source, value) => {
    expect(evaluate(source)).toBeCloseTo(value, 12);
  });

  it('divides as IEEE 754 does, so that the pipeline sees a value that is not finite as missing', () => {
    const zero = Float32Array.of(0, 1, 0, 0, 0, 0);
    expect(evaluate('worst radius / mean radius', zero)).toBe(Infinity);
    expect(evaluate('mean / mean radius', zero)).toBeNaN();
  });

  it.each([
    'mean + worst radius',
    'mean < worst radius',
    'worst radius >= mean',
    'mean == worst radius',
    'mean != worst radius',
    'min(worst radius, mean)',
    'max(mean, worst radius)',
    '-mean',
    'abs(mean)',
  ])('gives a missing value for %s where a value is missing', (source) => {
    expect(evaluate(source, Float32Array.of(1, 1, NaN, 1, 1, 1))).toBeNaN();
  });

  it.each([
    ['', 1, 'at least one feature'],
    ['1 + 2', 1, 'at least one feature'],
    ['mean +', 7, 'a feature, a number'],
    ['mean * * mean', 8, 'a feature, a number'],
    ['* mean', 1, 'a feature, a number'],
    ['mean mean radius', 6, 'an operator before it'],
    ['mean 3', 6, 'an operator before it'],
    ['mean +  median', 9, 'a declared feature'],
    ['mean + `mean  radius`', 8, 'a declared feature'],
    ['mean + sin(mean)', 8, 'a function: log, sqrt, abs, min, max'],
    ['2 * purpose', 5, 'a numeric feature'],
    ['(mean + 1', 10, '")"'],
    ['mean + 1)', 9, 'no "(" is open'],
    ['()*mean', 3, 'a feature, a number'],
    ['mean, 1', 5, 'an operator or the end'],
    ['(mean, 1)', 1, 'a feature, a number'],
    ['log(mean, 2)', 1, 'log of one number'],
    ['2 + min(mean)', 5, 'min of two or more numbers'],
    ['min(mean,)', 11, 'a feature, a number'],
    ['log()+mean', 1, 'log of one number'],
    ['mean(2)', 1, 'an operator between it and "("'],
    ['`mean`(2)', 1, 'an operator between it and "("'],
    ['(mean)(2)', 2, 'an operator between it and "("'],
    ['mean ** 2', 9, 'one of + - * / < <= > >= == != before it'],
    ['+mean', 2, 'no sign but -'],
    ['mean % 2', 6, 'or an operator'],
    ['mean ? 1 : 2', 6, 'or an operator'],
    ['mean["x"]', 5, 'or an operator'],
    ['mean.constructor', 5, 'a feature, a number, a function or "(", or an operator'],
    ['"mean"', 1, 'a feature, a number'],
    ['`mean', 1, 'a feature, a number'],
    ['constructor(mean)', 1, 'a function: log, sqrt, abs, min, max'],
    ['mean + 1e999', 8, 'a number below 1.8e308'],
    ['mean'.padEnd(1001), 1001, 'at most 1000 characters'],
  ])('refuses %s at character %d', (source, position, expected) => {
    let thrown: unknown;
    try {
      parseExpression(source, features);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ExpressionError);
    expect(thrown).toMatchObject({ position });
    expect((thrown as ExpressionError).expected).toContain(expected);
    expect((thrown as ExpressionError).message).toMatch(/^at character \d+: expected /);
  });
});
