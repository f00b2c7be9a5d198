// How much of the background stays with a leaf when some of its path's columns are left to the background: the two ways to weigh.
import type { TreesForm } from './additive-model.ts';
import { sumOfLeaves } from './split.ts';
import { satisfiedColumns, type TreePaths } from './tree-paths.ts';

export interface LeafWeights {
  /** Writes w(U) for each set U of the leaf's columns, by bits, into `out` [2^width]: the share of the background that U lets through. */
  weigh(leaf: number, out: Float64Array): void;
  /** The margin of the background. */
  readonly base: number;
  /** Rows that weighing one leaf looks at. */
  readonly rows: number;
}

/** The share of a node's training rows that go on to a child; of a node that none reached 0. */
export function coverRatio(cover: Float64Array, parent: number, child: number): number {
  const all = cover[parent] as number;
  return all > 0 ? (cover[child] as number) / all : 0;
}

/** w(U) is the product of the cover ratios of the edges of U's columns: Lundberg et al. 2018, "Consistent individualized feature attribution for tree ensembles". */
export function pathDependentWeights(form: TreesForm, paths: TreePaths): LeafWeights {
  const { parents, places, widths } = paths;
  const ratios = new Float64Array(paths.widest);
  const weigh = (leaf: number, out: Float64Array): void => {
    const width = widths[leaf] as number;
    ratios.fill(1, 0, width);
    for (let node = leaf, up = parents[node] as number; up >= 0;) {
      const place = places[node] as number;
      ratios[place] = (ratios[place] as number) * coverRatio(form.cover, up, node);
      node = up;
      up = parents[node] as number;
    }
    out[0] = 1;
    for (let place = 0; place < width; place++) {
      const ratio = ratios[place] as number;
      const size = 1 << place;
      for (let set = 0; set < size; set++) out[size + set] = (out[set] as number) * ratio;
    }
  };
  return { weigh, base: meanByCover(form, paths), rows: 1 };
}

function meanByCover({ trees, cover, scale, offset }: TreesForm, { parents }: TreePaths): number {
  const { columns, links, values } = trees;
  const reach = new Float64Array(columns.length);
  let sum = 0;
  for (let node = 0; node < columns.length; node++) {
    const up = parents[node] as number;
    reach[node] = up === -1 ? 1 : (reach[up] as number) * coverRatio(cover, up, node);
    if (columns[node] === -1)
      sum += (reach[node] as number) * (values[links[node] as number] as number);
  }
  return offset + scale * sum;
}

/** w(U) is the share of background rows that all of U's columns let through: Lundberg et al. 2020, "From local explanations to global understanding with explainable AI for trees". */
export function interventionalWeights(
  { background, trees, offset, scale }: TreesForm,
  paths: TreePaths,
  designColumns: number,
): LeafWeights {
  const rows = background.length / designColumns;
  const weigh = (leaf: number, out: Float64Array): void => {
    const width = paths.widths[leaf] as number;
    out.fill(0, 0, 1 << width);
    for (let row = 0; row < rows; row++) {
      const mask = satisfiedColumns(paths, leaf, background, row * designColumns);
      out[mask] = (out[mask] as number) + 1 / rows;
    }
    sumOverSupersets(out, width);
  };
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += sumOfLeaves(trees, background, row * designColumns);
  return { weigh, base: offset + (scale * sum) / rows, rows };
}

function sumOverSupersets(values: Float64Array, width: number): void {
  for (let bit = 1; bit < 1 << width; bit <<= 1)
    for (let set = 0; set < 1 << width; set++)
      if ((set & bit) === 0) values[set] = (values[set] as number) + (values[set | bit] as number);
}
