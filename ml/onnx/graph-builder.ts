// Builds an ONNX model node by node and writes it as a ModelProto. Names follow the order of calls, so equal calls give equal bytes.
// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { VERSION } from '../../src/common/version.ts';
import { ProtoWriter } from './protobuf.ts';

/** IR 8 with opset 17: what every onnxruntime since 1.17 loads, and the newest that older Spark and Triton images know. */
const IR_VERSION = 8;
const OPSETS = [
  { domain: '', version: 17 },
  { domain: 'ai.onnx.ml', version: 3 },
] as const;

const ELEMENT_TYPES = { float: 1, int64: 7, double: 11 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** The size of a dimension; 'N' is the number of rows, known only at run time. */
export type Dimension = number | 'N';

export type Attribute =
  | { readonly int: number }
  | { readonly ints: ArrayLike<number> }
  | { readonly float: number }
  | { readonly floats: ArrayLike<number> }
  | { readonly string: string }
  | { readonly strings: readonly string[] };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface NodeOptions {
  readonly domain?: 'ai.onnx.ml';
  /** How many outputs the operator has; default 1. outputOf() names the others. */
  readonly outputs?: number;
  /** Name of the node and of its first output; default `<opType>_<n>`. */
  readonly name?: string;
}

/** A graph that cannot be built; the message names the node or tensor. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
}

/** The name of the output at `index` of the node whose first output is `first`. */
export const outputOf = (first: string, index: number): string =>
  index === 0 ? first : `${first}.${index}`;

export class GraphBuilder {
  readonly #graph = new ProtoWriter();
  readonly #tensors = new Set<string>();
  #nodes = 0;
  #initializers = 0;

  /** Appends an operator and returns the name of its first output; an empty input name leaves an optional input out. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    { domain, outputs = 1, name }: NodeOptions = {},
  ): string {
    for (const input of inputs) {
      if (input !== '' && !this.#tensors.has(input))
        throw new GraphError(`${opType}: there is no tensor named ${input} yet`);
    }
    const first = name ?? `${opType}_${this.#nodes}`;
    this.#nodes += 1;
    const outputNames = Array.from({ length: outputs }, (_, index) => outputOf(first, index));
    outputNames.forEach((output) => {
      this.#declare(output);
    });
    this.#graph.message(1, (node) => {
      inputs.forEach((input) => {
        node.string(1, input);
      });
      outputNames.forEach((output) => {
        node.string(2, output);
      });
      node.string(3, first);
      node.string(4, opType);
      for (const [key, attribute] of Object.entries(attributes))
        node.message(5, (message) => {
          writeAttribute(message, key, attribute);
        });
      if (domain !== undefined) node.string(7, domain);
    });
    return first;
  }

  float(values: Float32Array, dims: readonly number[]): string {
    const raw = new DataView(new ArrayBuffer(4 * values.length));
    values.forEach((value, i) => {
      raw.setFloat32(4 * i, value, true);
    });
    return this.#initializer('float', raw, values.length, dims);
  }

  double(values: Float64Array, dims: readonly number[]): string {
    const raw = new DataView(new ArrayBuffer(8 * values.length));
    values.forEach((value, i) => {
      raw.setFloat64(8 * i, value, true);
    });
    return this.#initializer('double', raw, values.length, dims);
  }

  int64(values: readonly number[], dims: readonly number[]): string {
    const raw = new DataView(new ArrayBuffer(8 * values.length));
    values.forEach((value, i) => {
      raw.setBigInt64(8 * i, BigInt(value), true);
    });
    return this.#initializer('int64', raw, values.length, dims);
  }

  /** Declares a model input; returns its name. */
  input(name: string, type: ElementType, dims: readonly Dimension[]): string {
    this.#declare(name);
    this.#graph.message(11, (info) => {
      writeValueInfo(info, name, type, dims);
    });
    return name;
  }

  /** Declares a model output with the value of the tensor `from`. */
  output(from: string, name: string, type: ElementType, dims: readonly Dimension[]): void {
    this.node('Identity', [from], {}, { name });
    this.#graph.message(12, (info) => {
      writeValueInfo(info, name, type, dims);
    });
  }

  /** The bytes of the model (ModelProto). */
  build(): Uint8Array {
    const model = new ProtoWriter();
    model.int(1, IR_VERSION);
    model.string(2, 'foretell');
    model.string(3, VERSION);
    model.message(7, (graph) => {
      // Protobuf messages concatenate: the graph's name joins the fields already written.
      graph.string(2, 'foretell');
      graph.append(this.#graph);
    });
    for (const { domain, version } of OPSETS)
      model.message(8, (opset) => {
        opset.string(1, domain);
        opset.int(2, version);
      });
    return model.finish();
  }

  #initializer(type: ElementType, raw: DataView, count: number, dims: readonly number[]): string {
    const expected = dims.reduce((product, dim) => product * dim, 1);
    if (count !== expected)
      throw new GraphError(
        `a tensor of shape [${dims.join(', ')}] takes ${expected} values, not ${count}`,
      );
    const name = `const_${this.#initializers}`;
    this.#initializers += 1;
    this.#declare(name);
    this.#graph.message(5, (tensor) => {
      tensor.packedInts(1, dims);
      tensor.int(2, ELEMENT_TYPES[type]);
      tensor.string(8, name);
      tensor.bytes(9, new Uint8Array(raw.buffer));
    });
    return name;
  }

  #declare(tensor: string): void {
    if (this.#tensors.has(tensor)) throw new GraphError(`two tensors are named ${tensor}`);
    this.#tensors.add(tensor);
  }
}

/** AttributeProto: its value field and its type number (field 20). */
function writeAttribute(message: ProtoWriter, name: string, attribute: Attribute): void {
  message.string(1, name);
  if ('float' in attribute) {
    message.float(2, attribute.float);
    message.int(20, 1);
  } else if ('int' in attribute) {
    message.int(3, attribute.int);
    message.int(20, 2);
  } else if ('string' in attribute) {
    message.string(4, attribute.string);
    message.int(20, 3);
  } else if ('floats' in attribute) {
    message.packedFloats(7, attribute.floats);
    message.int(20, 6);
  } else if ('ints' in attribute) {
    message.packedInts(8, attribute.ints);
    message.int(20, 7);
  } else {
    attribute.strings.forEach((value) => {
      message.string(9, value);
    });
    message.int(20, 8);
  }
}

function writeValueInfo(
  info: ProtoWriter,
  name: string,
  type: ElementType,
  dims: readonly Dimension[],
): void {
  info.string(1, name);
  info.message(2, (typeProto) => {
    typeProto.message(1, (tensor) => {
      tensor.int(1, ELEMENT_TYPES[type]);
      tensor.message(2, (shape) => {
        for (const dim of dims)
          shape.message(1, (dimension) => {
            if (typeof dim === 'number') dimension.int(1, dim);
            else dimension.string(2, dim);
          });
      });
    });
  });
}
