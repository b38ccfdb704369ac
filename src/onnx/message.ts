import { BYTES, FIXED32, FIXED64, VARINT, type WireReader, WireWriter } from './wire.ts';

/** How one value stands on the wire. */
interface Codec<T> {
  readonly wireType: number;
  write(writer: WireWriter, value: T): void;
  read(reader: WireReader): T;
}

/** How one field of a message is written and read. `T` is undefined or empty where the field is absent. */
interface Field<T> {
  readonly number: number;
  readonly empty: T;
  write(writer: WireWriter, value: T): void;
  /** The value after one more occurrence of the field. */
  read(reader: WireReader, wireType: number, sofar: T): T;
}

type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

export const int: Codec<number> = {
  wireType: VARINT,
  write: (writer, value) => writer.varint(value),
  read: (reader) => reader.varint(),
};
export const float: Codec<number> = {
  wireType: FIXED32,
  write: (writer, value) => writer.float(value),
  read: (reader) => reader.float(),
};
export const double: Codec<number> = {
  wireType: FIXED64,
  write: (writer, value) => writer.double(value),
  read: (reader) => reader.double(),
};
export const bytes: Codec<Uint8Array> = {
  wireType: BYTES,
  write: (writer, value) => {
    writer.varint(value.length);
    writer.raw(value);
  },
  read: (reader) => reader.bytes(),
};
export const text: Codec<string> = {
  wireType: BYTES,
  write: (writer, value) => bytes.write(writer, new TextEncoder().encode(value)),
  read: (reader) => reader.text(),
};

export interface Message<T> extends Codec<T> {
  fields(): Fields<T>;
}

/** A message type from its fields. They are written in the order of their numbers, as every protobuf library does. */
export function message<T extends object>(fields: () => Fields<T>): Message<T> {
  return {
    wireType: BYTES,
    fields,
    write(writer, value) {
      const inner = new WireWriter();
      writeFields(inner, fields(), value);
      writer.nested(inner);
    },
    read: (reader) => readFields(reader.nested(), fields()),
  };
}

/** At most one value; the last one on the wire counts. */
export function one<T>(number: number, codec: Codec<T>): Field<T | undefined> {
  return {
    number,
    empty: undefined,
    write(writer, value) {
      if (value === undefined) return;
      writer.tag(number, codec.wireType);
      codec.write(writer, value);
    },
    read(reader, wireType) {
      if (wireType !== codec.wireType) reader.fail(`field ${number} with wire type ${wireType}`);
      return codec.read(reader);
    },
  };
}

export function many<T>(number: number, codec: Codec<T>): Field<readonly T[]> {
  return {
    number,
    empty: [],
    write(writer, values) {
      for (const value of values) {
        writer.tag(number, codec.wireType);
        codec.write(writer, value);
      }
    },
    read(reader, wireType, sofar) {
      // The empty list is shared; from the first value on the list is our own and grows in place.
      const values = sofar.length === 0 ? [] : (sofar as T[]);
      if (wireType === codec.wireType) values.push(codec.read(reader));
      else if (wireType !== BYTES) reader.fail(`field ${number} with wire type ${wireType}`);
      else for (const inner = reader.nested(); !inner.done; ) values.push(codec.read(inner));
      return values;
    },
  };
}

/** Numbers in one length-delimited run. Reading takes the unpacked form too, as protobuf demands. */
export function packed(number: number, codec: Codec<number>): Field<readonly number[]> {
  return {
    ...many(number, codec),
    write(writer, values) {
      if (values.length === 0) return;
      const inner = new WireWriter();
      for (const value of values) codec.write(inner, value);
      writer.tag(number, BYTES);
      writer.nested(inner);
    },
  };
}

export function writeFields<T extends object>(writer: WireWriter, fields: Fields<T>, value: T): void {
  const names = Object.keys(fields) as (keyof T)[];
  for (const name of names.sort((a, b) => fields[a].number - fields[b].number)) fields[name].write(writer, value[name]);
}

export function readFields<T extends object>(reader: WireReader, fields: Fields<T>): T {
  const names = Object.keys(fields) as (keyof T)[];
  const byNumber = new Map(names.map((name) => [fields[name].number, name]));
  const value = Object.fromEntries(names.map((name) => [name, fields[name].empty])) as T;
  while (!reader.done) {
    const tag = reader.varint();
    const name = byNumber.get(Math.floor(tag / 8));
    if (name === undefined) reader.skip(tag % 8);
    else value[name] = fields[name].read(reader, tag % 8, value[name]);
  }
  return value;
}
