import { crc32, deflateSync } from 'node:zlib';
import type { Picture } from '../../core/picture.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const RGB = 2;

/** An 8-bit RGB file of a picture, alpha left out (PNG specification, third edition). */
export function writePng({ data, height, width }: Picture): Buffer {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let row = 0, to = 0, from = 0; row < height; row++) {
    to++; // filter type 0: none
    for (let column = 0; column < width; column++, from += 4, to += 3) rows.set(data.subarray(from, from + 3), to);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, RGB, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from(SIGNATURE), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')]);
}

function chunk(type: string, content: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
