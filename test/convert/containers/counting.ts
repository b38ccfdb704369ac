import type { ByteSource } from '../../../src/convert/byte-source.ts';

/** A source that knows how many of its bytes were really read: slicing is free, also again and again. */
export function countingSource(blob: Blob, name: string): ByteSource & { readonly read: number } {
  let read = 0;
  const whole = new CountedBlob(blob, (bytes) => {
    read += bytes;
  });
  return {
    name,
    size: blob.size,
    slice: async (from, to) => whole.slice(from, to),
    get read() {
      return read;
    },
  };
}

class CountedBlob extends Blob {
  readonly #count: (bytes: number) => void;

  constructor(blob: Blob, count: (bytes: number) => void) {
    super([blob]);
    this.#count = count;
  }

  override slice(from?: number, to?: number): Blob {
    return new CountedBlob(super.slice(from, to), this.#count);
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    this.#count(this.size);
    return super.arrayBuffer();
  }

  override stream(): ReturnType<Blob['stream']> {
    this.#count(this.size);
    return super.stream();
  }

  override text(): Promise<string> {
    this.#count(this.size);
    return super.text();
  }
}
