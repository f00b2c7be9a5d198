// Tensors -> rows: either the one tensor that the model's graph takes, `features` [rows, features] in the model's order, or a tensor per
// feature, by name.
import { AppError } from '../../common/errors.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { rowsOf, type Rows } from '../rows.ts';
import type { InputTensor } from './infer-request.ts';

/** Name of the graph's input. */
export const FEATURES_INPUT = 'features';

/** Throws INVALID_INPUT. */
export function rowsOfTensors(
  inputs: readonly InputTensor[],
  features: readonly ServedFeature[],
): Rows {
  const [first] = inputs;
  return inputs.length === 1 && first?.name === FEATURES_INPUT && first.shape.length === 2
    ? rowsOfMatrix(first, features)
    : rowsOfColumns(inputs, features);
}

/** Numbers as the graph takes them: a category is its position, NaN and null are missing values. */
function rowsOfMatrix(
  { shape, datatype, elements }: InputTensor,
  features: readonly ServedFeature[],
): Rows {
  const [count = 0, width] = shape;
  if (datatype === 'BYTES')
    throw wrong('inputs[0].datatype', `numbers, as ${FEATURES_INPUT} holds`, 'BYTES');
  if (width !== features.length)
    throw wrong('inputs[0].shape', `[rows, ${features.length}]`, 'another number of columns');
  const valueAt = (row: number, i: number): unknown => elements[row * features.length + i];
  checkPositions(count, features, valueAt);
  const rows = rowsOf(count, features, (row, i) => {
    const [feature, value] = [features[i], missingAsNull(valueAt(row, i))];
    return feature?.kind === 'categorical' && typeof value === 'number'
      ? feature.categories[value]
      : value;
  });
  return isNumbers(elements) ? { ...rows, numbers: elements } : rows;
}

/** As they come out of bytes, or out of one plain list. */
const isNumbers = (elements: InputTensor['elements']): elements is Float64Array | Float32Array =>
  elements instanceof Float64Array || elements instanceof Float32Array;

function checkPositions(
  count: number,
  features: readonly ServedFeature[],
  valueAt: (row: number, feature: number) => unknown,
): void {
  features.forEach((feature, i) => {
    if (feature.kind !== 'categorical') return;
    for (let row = 0; row < count; row += 1) {
      const value = missingAsNull(valueAt(row, i));
      if (typeof value !== 'number' || feature.categories[value] !== undefined) continue;
      const positions = `a position from 0 to ${feature.categories.length - 1}`;
      throw wrong(`rows[${row}].${feature.name}`, positions, 'another number');
    }
  });
}

function rowsOfColumns(inputs: readonly InputTensor[], features: readonly ServedFeature[]): Rows {
  const columns: (InputTensor | undefined)[] = features.map(() => undefined);
  const count = inputs[0]?.shape[0] ?? 0;
  inputs.forEach((input, i) => {
    const field = `inputs[${i}]`;
    const place = features.findIndex(({ name }) => name === input.name);
    const feature = features[place];
    if (feature === undefined)
      throw wrong(`${field}.name`, `${FEATURES_INPUT} alone, or a feature of the model`, 'another');
    if (columns[place] !== undefined)
      throw wrong(`${field}.name`, 'a name that no other input has', 'one that came before');
    if (input.shape[0] !== count || (input.shape[1] ?? 1) !== 1)
      throw wrong(`${field}.shape`, '[rows] or [rows, 1], with as many rows as the first', 'other');
    if ((input.datatype === 'BYTES') !== (feature.kind === 'categorical'))
      throw wrong(`${field}.datatype`, datatypeOf(feature), 'another');
    columns[place] = input;
  });
  return rowsOf(count, features, (row, i) => missingAsNull(columns[i]?.elements[row]));
}

const datatypeOf = ({ kind }: ServedFeature): string =>
  kind === 'categorical' ? 'BYTES' : 'a datatype of numbers';

/** NaN comes in binary tensors, which have no null. */
const missingAsNull = (value: unknown): unknown => (Number.isNaN(value) ? null : value);

const wrong = (field: string, expected: string, received: string): AppError =>
  new AppError('INVALID_INPUT', 'The tensors do not fit the model.', {
    errors: [{ field, code: 'tensor', expected, received }],
  });
