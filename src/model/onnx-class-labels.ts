// The names of the two classes, read from an ONNX classifier: from the attribute of its node, or from a string constant of two. Just enough
// of the protobuf encoding for that (onnx.proto3: ModelProto.graph 7, GraphProto.node 1 and initializer 5).

interface Field {
  readonly number: number;
  readonly varint: bigint;
  readonly bytes: Uint8Array;
}

const LABELS = /^classlabels_(strings|ints|int64s)$/;
const STRING_TENSOR = 8n;

/** Negative class first, as scikit-learn orders them; null where the graph names no two. */
export function classLabels(model: Uint8Array): readonly [string, string] | null {
  const found = labelLists(model).find((labels) => labels.length === 2);
  const [negative, positive] = found ?? [];
  return negative === undefined || positive === undefined ? null : [negative, positive];
}

function labelLists(model: Uint8Array): readonly (readonly string[])[] {
  try {
    const graphs = messages(model, 7);
    const attributes = graphs
      .flatMap((graph) => messages(graph, 1))
      .flatMap((node) => messages(node, 5));
    const constants = graphs.flatMap((graph) => messages(graph, 5));
    return [...attributes.map(attributeLabels), ...constants.map(constantLabels)];
  } catch (error) {
    // Whether the file is a model at all is for ONNX Runtime to say.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** AttributeProto: name 1, ints 8 (packed or not), strings 9. */
function attributeLabels(attribute: Uint8Array): readonly string[] {
  const fields = [...read(attribute)];
  const name = fields.find(({ number }) => number === 1);
  if (name === undefined || !LABELS.test(text(name.bytes))) return [];
  return fields.flatMap((field) => {
    if (field.number === 9) return [text(field.bytes)];
    if (field.number !== 8) return [];
    const values = field.bytes.length === 0 ? [field.varint] : packed(field.bytes);
    return values.map((value) => String(BigInt.asIntN(64, value)));
  });
}

/** TensorProto: data_type 2, string_data 6. */
function constantLabels(tensor: Uint8Array): readonly string[] {
  const fields = [...read(tensor)];
  const isText = fields.some(({ number, varint }) => number === 2 && varint === STRING_TENSOR);
  return isText ? fields.filter(({ number }) => number === 6).map(({ bytes }) => text(bytes)) : [];
}

const messages = (message: Uint8Array, number: number): readonly Uint8Array[] =>
  [...read(message)].filter((field) => field.number === number).map(({ bytes }) => bytes);

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const NOTHING = new Uint8Array(0);

/** The fields of a message. Throws RangeError where the bytes are none. */
function* read(message: Uint8Array): Generator<Field> {
  let at = 0;
  while (at < message.length) {
    const [tag, afterTag] = varintAt(message, at);
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    if (wireType === 0) {
      const [varint, next] = varintAt(message, afterTag);
      yield { number, varint, bytes: NOTHING };
      at = next;
      continue;
    }
    const [start, length] = extentAt(message, afterTag, wireType);
    if (start + length > message.length) throw new RangeError('a field ends beyond its message');
    yield { number, varint: 0n, bytes: message.subarray(start, start + length) };
    at = start + length;
  }
}

function extentAt(
  message: Uint8Array,
  at: number,
  wireType: number,
): [start: number, length: number] {
  if (wireType === 1) return [at, 8];
  if (wireType === 5) return [at, 4];
  if (wireType !== 2) throw new RangeError('a field of no known wire type');
  const [length, start] = varintAt(message, at);
  return [start, Number(length)];
}

function packed(bytes: Uint8Array): readonly bigint[] {
  const values: bigint[] = [];
  for (let at = 0; at < bytes.length;) {
    const [value, next] = varintAt(bytes, at);
    values.push(value);
    at = next;
  }
  return values;
}

function varintAt(bytes: Uint8Array, start: number): [value: bigint, next: number] {
  let value = 0n;
  for (let at = start; at < bytes.length && at < start + 10; at++) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return [value, at + 1];
  }
  throw new RangeError('a number that does not end');
}
