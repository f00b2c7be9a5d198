// A category as MLflow's clients send it: its text, or, because the model's MLflow signature is all numbers, its position in the model's list.
import { AppError } from '../../common/errors.ts';
import type { CategoricalFeature } from '../../features/feature-spec.ts';

/**
 * The category's text where a number came that is its position, any other value as it is. Throws INVALID_INPUT where a number could mean
 * two categories: by its position, and by its text.
 */
export function categoryCell(
  { name, categories }: CategoricalFeature,
  value: unknown,
  row: number,
): unknown {
  if (typeof value !== 'number') return value;
  const byPosition = categories[value];
  const byText = categories.includes(String(value)) ? String(value) : undefined;
  if (byPosition !== undefined && byText !== undefined && byPosition !== byText) {
    throw new AppError('INVALID_INPUT', `A number is ambiguous for ${name}.`, {
      errors: [
        {
          field: `rows[${row}].${name}`,
          code: 'category',
          expected: 'the category in quotes',
          received: 'a number that is one category by position and another by text',
        },
      ],
    });
  }
  return byPosition ?? value;
}
