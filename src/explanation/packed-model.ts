// An AdditiveModel as two files: a few facts for explainer.json, the numbers one after the other in explainer.bin. What the preorder of the
// trees tells (roots, right children, the places of leaf values) is not written but found again, so that no file can hold a loop.
import type { AdditiveModel, LinearForm, SplitTrees, TreesForm } from './additive-model.ts';

export interface PackedModel {
  readonly space: AdditiveModel['space'];
  readonly calibration: AdditiveModel['calibration'];
  /** As in AdditiveModel; its length is the number of design columns. */
  readonly sources: AdditiveModel['sources'];
  readonly background: AdditiveModel['background'];
  readonly form:
    | { readonly kind: 'linear'; readonly intercept: number }
    | {
        readonly kind: 'trees';
        readonly scale: number;
        readonly offset: number;
        readonly nodes: number;
        /** Whether any split sends NaN to the left: otherwise a byte a node is saved. */
        readonly missing_left: boolean;
        /** Sets of categories; without any the nodes name none. */
        readonly category_sets: number;
        /** Rows of the background. */
        readonly rows: number;
      };
}

/** A packed model whose parts do not belong together; the message says which. */
export class PackedModelError extends Error {
  override readonly name = 'PackedModelError';
}

export function packModel(model: AdditiveModel): {
  readonly json: PackedModel;
  readonly bytes: Uint8Array;
} {
  const { space, calibration, sources, background, form } = model;
  const facts = { space, calibration, sources, background };
  if (form.kind === 'linear') {
    const { kind, intercept, coefficients, means } = form;
    return { json: { ...facts, form: { kind, intercept } }, bytes: join([coefficients, means]) };
  }
  const { kind, scale, offset, trees, cover } = form;
  const missingLeft = trees.missingLeft.some((left) => left === 1);
  const json: PackedModel = {
    ...facts,
    form: {
      kind,
      scale,
      offset,
      nodes: trees.columns.length,
      missing_left: missingLeft,
      category_sets: trees.categorySets.length,
      rows: sources.length === 0 ? 0 : form.background.length / sources.length,
    },
  };
  const parts = [
    trees.columns,
    numbersOf(trees),
    Uint32Array.from(cover),
    form.background,
    ...(trees.categorySets.length > 0
      ? [trees.subsets, wordsOf(trees), ...trees.categorySets]
      : []),
    ...(missingLeft ? [trees.missingLeft] : []),
  ];
  return { json, bytes: join(parts) };
}

/** Throws PackedModelError where the bytes are not those of `json`. */
export function unpackModel(
  { form: packed, ...facts }: PackedModel,
  bytes: Uint8Array,
): AdditiveModel {
  const reader = new Reader(bytes);
  const width = facts.sources.length;
  const form =
    packed.kind === 'linear'
      ? readLinear(packed.intercept, width, reader)
      : readTrees(packed, width, reader);
  reader.expectEnd();
  return { ...facts, form };
}

function readLinear(intercept: number, width: number, reader: Reader): LinearForm {
  const coefficients = reader.take(Float64Array, width);
  return { kind: 'linear', intercept, coefficients, means: reader.take(Float64Array, width) };
}

function readTrees(
  packed: Extract<PackedModel['form'], { readonly kind: 'trees' }>,
  width: number,
  reader: Reader,
): TreesForm {
  const { kind, scale, offset, nodes, rows } = packed;
  const columns = reader.take(Int32Array, nodes);
  const numbers = reader.take(Float32Array, nodes);
  const cover = Float64Array.from(reader.take(Uint32Array, nodes));
  const background = reader.take(Float32Array, rows * width);
  const sets = packed.category_sets;
  const subsets = sets > 0 ? reader.take(Int32Array, nodes) : new Int32Array(nodes).fill(-1);
  const words = reader.take(Uint32Array, sets);
  const categorySets = Array.from(words, (count) => reader.take(Uint32Array, count));
  const missingLeft = packed.missing_left ? reader.take(Uint8Array, nodes) : new Uint8Array(nodes);
  if (columns.some((column) => column < -1 || column >= width))
    throw new PackedModelError(`expected splits on ${width} columns`);
  if (subsets.some((subset) => subset < -1 || subset >= sets))
    throw new PackedModelError(`expected splits by ${sets} sets of categories`);
  const trees = { columns, missingLeft, subsets, categorySets, ...structureOf(columns, numbers) };
  return { kind, scale, offset, trees, cover, background };
}

/** The length of each set. */
const wordsOf = ({ categorySets }: SplitTrees): Uint32Array =>
  Uint32Array.from(categorySets, ({ length }) => length);

/** The threshold of each split and the value of each leaf, [nodes]. */
const numbersOf = ({ columns, thresholds, links, values }: SplitTrees): Float32Array =>
  thresholds.map((threshold, node) =>
    columns[node] === -1 ? (values[links[node] as number] as number) : threshold,
  );

/** A tree ends where no split waits for its right child any more; a leaf's value stands at the leaf's number. */
function structureOf(
  columns: Int32Array,
  numbers: Float32Array,
): Pick<SplitTrees, 'roots' | 'links' | 'thresholds' | 'values'> {
  const roots: number[] = [];
  const links = new Int32Array(columns.length);
  const values: number[] = [];
  const waiting: number[] = [];
  /** Where the next tree begins. */
  let next = 0;
  columns.forEach((column, node) => {
    if (node === next) roots.push(node);
    if (column !== -1) {
      waiting.push(node);
      return;
    }
    links[node] = values.push(numbers[node] as number) - 1;
    const parent = waiting.pop();
    if (parent === undefined) next = node + 1;
    else links[parent] = node + 1;
  });
  if (next !== columns.length)
    throw new PackedModelError('expected every split to have two children');
  return {
    roots: Int32Array.from(roots),
    links,
    thresholds: numbers,
    values: Float32Array.from(values),
  };
}

type Numbers = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

interface NumbersOf<T extends Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
  new (buffer: ArrayBuffer): T;
}

/** Little-endian, as every machine that ONNX Runtime is built for. */
function join(parts: readonly Numbers[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A copy: views want aligned buffers. */
  take<T extends Numbers>(type: NumbersOf<T>, length: number): T {
    const end = this.#at + length * type.BYTES_PER_ELEMENT;
    if (!(end <= this.#bytes.length))
      throw new PackedModelError(`expected at least ${end} bytes, got ${this.#bytes.length}`);
    const part = new type(Uint8Array.from(this.#bytes.subarray(this.#at, end)).buffer);
    this.#at = end;
    return part;
  }

  expectEnd(): void {
    if (this.#at !== this.#bytes.length)
      throw new PackedModelError(`expected ${this.#at} bytes, got ${this.#bytes.length}`);
  }
}
