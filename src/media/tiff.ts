import type { TiffIfd } from 'tiff';
import { TokenscopeError } from '../core/errors.ts';
import type { Picture } from '../core/picture.ts';
import { type OpenedPicture, type OpenOptions, type Remark, reducedRemarks, reducedSize, reducing } from './opened-picture.ts';

/** Reads the first page of a TIFF: 1, 8 or 16 bits; grey, RGB or palette; with or without alpha. Colour profiles are ignored. */
export async function openTiff(file: Blob, name: string, options: OpenOptions): Promise<OpenedPicture> {
  const bytes = await file.arrayBuffer();
  const { decode, isMultiPage } = await import('tiff');
  const read = (ignoreImageData: boolean) => {
    try {
      return decode(bytes, { pages: [0], ignoreImageData })[0]!;
    } catch (error) {
      throw failureOf(error, name);
    }
  };
  const { height, width } = read(true);
  if (!(height > 0 && width > 0)) throw new TokenscopeError('media-undecodable', { file: name, format: 'TIFF' });
  const target = reducedSize(name, { height, width }, options);
  const page = read(false);
  refuseUnread(page, name);
  const { data } = tiffPicture(page);
  const picture = await createImageBitmap(new ImageData(data, width, height), { premultiplyAlpha: 'none', ...reducing(target) });
  const remarks: Remark[] = [...reducedRemarks(name, { height, width }, target)];
  if (page.bitsPerSample === 16) remarks.push({ text: 'sources.notice.sixteenBit', parameters: { name } });
  if (isMultiPage(bytes)) remarks.push({ text: 'sources.notice.firstPage', parameters: { name } });
  return { kind: 'picture', picture, height, width, remarks };
}

function failureOf(error: unknown, file: string): TokenscopeError {
  const reason = error instanceof Error ? /^Unsupported (.*)$/.exec(error.message)?.[1] : undefined;
  return reason
    ? new TokenscopeError('media-unsupported', { file, format: `TIFF (${reason})` }, { cause: error })
    : new TokenscopeError('media-undecodable', { file, format: 'TIFF' }, { cause: error });
}

/** What the reader takes for granted instead of refusing it. */
function refuseUnread(page: TiffIfd, file: string): void {
  const refuse = (what: string) => {
    throw new TokenscopeError('media-unsupported', { file, format: `TIFF (${what})` });
  };
  if (page.tiled && page.components > 1) refuse('tiles');
  if (page.planarConfiguration === 2 && page.components > 1) refuse('planes');
  if (page.bitsPerSample > 16) refuse(`${page.bitsPerSample} bits`);
}

/** Colours and alpha as 8-bit RGBA. Palettes have 16 bits, of which some programs fill only the upper 8. */
export function tiffPicture(
  page: Pick<TiffIfd, 'data' | 'width' | 'height' | 'components' | 'bitsPerSample' | 'alpha' | 'palette'>,
): Picture {
  const { data, width, height, components, bitsPerSample, palette } = page;
  const scale = 255 / (2 ** bitsPerSample - 1);
  const colours = components >= 3 ? 3 : 1;
  const alphaAt = page.alpha && components > colours ? colours : -1;
  const out = new Uint8ClampedArray(width * height * 4);
  for (let i = 0, o = 0; o < out.length; i += components, o += 4) {
    const colour = palette?.[data[i]!];
    for (let c = 0; c < 3; c++) out[o + c] = colour ? colour[c]! >> 8 : data[i + (colours === 3 ? c : 0)]! * scale;
    out[o + 3] = alphaAt < 0 ? 255 : data[i + alphaAt]! * scale;
  }
  return { data: out, width, height };
}
