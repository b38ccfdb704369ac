import { bytes, double, float, int, type Message, many, message, one, packed, readFields, text, writeFields } from './message.ts';
import { WireReader, WireWriter } from './wire.ts';

/**
 * The part of ONNX's protobuf schema that conv tokenizers need (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 * Fields that are not listed are passed over when reading.
 */
export interface OnnxModel {
  readonly irVersion: number | undefined;
  readonly producerName: string | undefined;
  readonly graph: OnnxGraph | undefined;
  readonly opsets: readonly { readonly domain: string | undefined; readonly version: number | undefined }[];
  readonly metadata: readonly OnnxEntry[];
  /** Functions that the model brings along, each as it stands in the file; undefined where there are none. */
  readonly functions?: readonly Uint8Array[] | undefined;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly name: string | undefined;
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxNode {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name: string | undefined;
  readonly op: string | undefined;
  readonly attributes: readonly OnnxAttribute[];
  readonly domain: string | undefined;
}

export interface OnnxAttribute {
  readonly name: string | undefined;
  readonly float: number | undefined;
  readonly int: number | undefined;
  readonly string: string | undefined;
  readonly tensor: OnnxTensor | undefined;
  readonly graph: OnnxGraph | undefined;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly string[];
  readonly graphs: readonly OnnxGraph[];
  /** AttributeProto.AttributeType: 1 float, 2 int, 3 string, 4 tensor, 5 graph, 6 floats, 7 ints, 8 strings. */
  readonly type: number | undefined;
}

/** Values stand in `raw` (a view of the file, never a copy), in one of the typed lists, or in another file. */
export interface OnnxTensor {
  readonly dims: readonly number[];
  /** TensorProto.DataType, see `dataTypes`. */
  readonly dataType: number | undefined;
  readonly floats: readonly number[];
  readonly int32s: readonly number[];
  readonly int64s: readonly number[];
  readonly name: string | undefined;
  readonly raw: Uint8Array | undefined;
  readonly doubles: readonly number[];
  /** `location`, `offset` and `length` of values in another file. */
  readonly external: readonly OnnxEntry[];
  /** 1 where `external` counts. */
  readonly dataLocation: number | undefined;
}

export interface OnnxEntry {
  readonly key: string | undefined;
  readonly value: string | undefined;
}

export interface OnnxValue {
  readonly name: string | undefined;
  readonly type: { readonly tensor: OnnxTensorType | undefined } | undefined;
}

interface OnnxTensorType {
  readonly dataType: number | undefined;
  readonly shape: { readonly dims: readonly OnnxDimension[] } | undefined;
}

export interface OnnxDimension {
  readonly value: number | undefined;
  readonly parameter: string | undefined;
}

/** TensorProto.DataType by name; the names are those of ONNX Runtime's JavaScript API. */
export const dataTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11 } as const;
export type DataType = keyof typeof dataTypes;

const entry = message<OnnxEntry>(() => ({ key: one(1, text), value: one(2, text) }));

const tensor = message<OnnxTensor>(() => ({
  dims: many(1, int),
  dataType: one(2, int),
  floats: packed(4, float),
  int32s: packed(5, int),
  int64s: packed(7, int),
  name: one(8, text),
  raw: one(9, bytes),
  doubles: packed(10, double),
  external: many(13, entry),
  dataLocation: one(14, int),
}));

const dimension = message<OnnxDimension>(() => ({ value: one(1, int), parameter: one(2, text) }));
const shape = message<{ readonly dims: readonly OnnxDimension[] }>(() => ({ dims: many(1, dimension) }));
const tensorType = message<OnnxTensorType>(() => ({ dataType: one(1, int), shape: one(2, shape) }));
const type = message<{ readonly tensor: OnnxTensorType | undefined }>(() => ({ tensor: one(1, tensorType) }));
const value = message<OnnxValue>(() => ({ name: one(1, text), type: one(2, type) }));

const attribute = message<OnnxAttribute>(() => ({
  name: one(1, text),
  float: one(2, float),
  int: one(3, int),
  string: one(4, text),
  tensor: one(5, tensor),
  graph: one(6, graph),
  floats: many(7, float),
  ints: many(8, int),
  strings: many(9, text),
  graphs: many(11, graph),
  type: one(20, int),
}));

const node = message<OnnxNode>(() => ({
  inputs: many(1, text),
  outputs: many(2, text),
  name: one(3, text),
  op: one(4, text),
  attributes: many(5, attribute),
  domain: one(7, text),
}));

// Named types: these three refer to each other.
const graph: Message<OnnxGraph> = message<OnnxGraph>(() => ({
  nodes: many(1, node),
  name: one(2, text),
  initializers: many(5, tensor),
  inputs: many(11, value),
  outputs: many(12, value),
}));

const opset = message<{ readonly domain: string | undefined; readonly version: number | undefined }>(() => ({
  domain: one(1, text),
  version: one(2, int),
}));

const functions = {
  ...many(25, bytes),
  empty: undefined,
  write: (writer: WireWriter, values: readonly Uint8Array[] | undefined) => many(25, bytes).write(writer, values ?? []),
  read: (reader: WireReader, wireType: number, sofar: readonly Uint8Array[] | undefined) =>
    many(25, bytes).read(reader, wireType, sofar ?? []),
};

const model = message<OnnxModel>(() => ({
  irVersion: one(1, int),
  producerName: one(2, text),
  graph: one(7, graph),
  opsets: many(8, opset),
  metadata: many(14, entry),
  functions,
}));

/**
 * Reads the bytes of an .onnx file. 64-bit integers come as the nearest double; tensor bytes are views of `file`.
 * Throws `model-corrupt` where the bytes are no protobuf, or ask for more than any tokenizer needs.
 */
export function readModel(file: Uint8Array, name: string): OnnxModel {
  return readFields(new WireReader(file, name), model.fields());
}

/** The bytes of an .onnx file. */
export function writeModel(content: OnnxModel): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  writeFields(writer, model.fields(), content);
  return writer.bytes();
}
