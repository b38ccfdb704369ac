/** Names people know, by the word the file or the browser uses. */
const NAMES: Readonly<Record<string, string>> = {
  avc: 'H.264',
  hevc: 'HEVC (H.265)',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  prores: 'ProRes',
  mp4v: 'MPEG-4 Part 2',
  s263: 'H.263',
  jpeg: 'Motion JPEG',
  mjpa: 'Motion JPEG',
  mjpb: 'Motion JPEG',
  mp1v: 'MPEG-1',
  mp2v: 'MPEG-2',
  dvh1: 'Dolby Vision (HEVC)',
  dvhe: 'Dolby Vision (HEVC)',
  vvc1: 'VVC (H.266)',
  'png ': 'PNG',
  'rle ': 'QuickTime Animation',
  AVdn: 'DNxHD',
  V_MPEG1: 'MPEG-1',
  V_MPEG2: 'MPEG-2',
  'V_MPEG4/ISO/ASP': 'MPEG-4 Part 2',
  V_THEORA: 'Theora',
  V_MJPEG: 'Motion JPEG',
  V_UNCOMPRESSED: 'uncompressed',
  V_PRORES: 'ProRes',
  'V_MPEGI/ISO/VVC': 'VVC (H.266)',
};

/** The name people know; `word` itself where none is known. */
export function codecName(word: string): string {
  return NAMES[word] ?? (word.trim() || '?');
}

/** The word a container itself uses for a codec. */
export function internalWord(id: string | number | Uint8Array | null): string {
  return typeof id === 'string' ? id : String(id ?? '');
}

/** Bits a channel by the full codec string of RFC 6381 and its registrations; undefined where it does not say. */
export function bitDepthOf(parameter: string): number | undefined {
  const parts = parameter.split('.');
  switch (parts[0]) {
    case 'avc1':
    case 'avc3':
      return avcDepth(Number.parseInt(parts[1]?.slice(0, 2) ?? '', 16));
    case 'hvc1':
    case 'hev1':
      return { '1': 8, '2': 10, '3': 8 }[parts[1] ?? ''];
    case 'vp8':
      return 8;
    case 'vp09':
    case 'av01':
      return Number(parts[3]) || undefined;
    default:
      return undefined;
  }
}

/** By the profile: Baseline, Main and High have 8 bits, High 10 and High 4:2:2 up to 10; of the others it is not sure. */
function avcDepth(profile: number): number | undefined {
  if ([66, 77, 88, 100].includes(profile)) return 8;
  return [110, 122].includes(profile) ? 10 : undefined;
}
