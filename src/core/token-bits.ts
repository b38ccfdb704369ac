/** Bits that hold any token of a codebook of `entries`: ceil(log2 K), at least one. */
export function bitsPerToken(entries: number): number {
  return Math.max(1, Math.ceil(Math.log2(entries)));
}

/** Tokens as base64 of `bitsPerToken` bits each, most significant first, the last byte filled with zeros. */
export function packTokens(tokens: ArrayLike<number>, entries: number): string {
  const bits = bitsPerToken(entries);
  const bytes = new Uint8Array(Math.ceil((tokens.length * bits) / 8));
  for (let i = 0; i < tokens.length; i++) {
    for (let b = 0; b < bits; b++) {
      const at = i * bits + b;
      if ((tokens[i]! >>> (bits - 1 - b)) & 1) bytes[at >> 3]! |= 128 >> (at & 7);
    }
  }
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** The first `count` tokens of what `packTokens` made; what is missing reads as 0. */
export function unpackTokens(packed: string, count: number, entries: number): Int32Array {
  const bits = bitsPerToken(entries);
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  return Int32Array.from({ length: count }, (_, i) => {
    let token = 0;
    for (let at = i * bits; at < (i + 1) * bits; at++) token = (token << 1) | (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return token;
  });
}
