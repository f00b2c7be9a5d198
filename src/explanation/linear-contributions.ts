// Contributions of a linear model in closed form: coefficient * (x - mean), for columns that are independent (Lundberg and Lee 2017, corollary 1).
import type { LinearForm } from './additive-model.ts';
import type { ColumnContributions } from './column-contributions.ts';

export function linearContributions({
  coefficients,
  intercept,
  means,
}: LinearForm): ColumnContributions {
  const columns = coefficients.length;
  const margin = (values: Float32Array | Float64Array, at: number): number =>
    coefficients.reduce((sum, weight, j) => sum + weight * (values[at + j] as number), intercept);
  return {
    base: margin(means, 0),
    explainInto(design, from, rows, sums, margins) {
      for (let row = 0; row < rows; row++) {
        const at = (from + row) * columns;
        for (let j = 0; j < columns; j++)
          sums[row * columns + j] =
            (coefficients[j] as number) * ((design[at + j] as number) - (means[j] as number));
        margins[from + row] = margin(design, at);
      }
    },
  };
}
