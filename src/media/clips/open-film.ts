import {
  BlobSource,
  canDecodeVideo,
  EncodedPacketSink,
  Input,
  type InputVideoTrack,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  MPEG_TS,
  QTFF,
  WEBM,
} from 'mediabunny';
import { TokenscopeError } from '../../core/errors.ts';
import { codecName, internalWord } from './codec-names.ts';
import { outlineOfBoxes } from './cut-off.ts';
import { outlineOfTransport } from './transport-codecs.ts';

export interface OpenedFilm {
  readonly input: Input;
  readonly track: InputVideoTrack;
}

// What it would print, the errors say.
Logging.level = LogLevel.Silent;

/** Thrown inside mediabunny when a packet asks for a key. */
class KeyWanted extends Error {}

/** Finds the track and makes sure that this browser decodes it, unless only its outline is wanted. Reads the index, no more. */
export async function openFilm(file: Blob, name: string, outlineOnly: boolean): Promise<OpenedFilm> {
  const resolveKeyId = () => {
    throw new KeyWanted();
  };
  const input = new Input({
    formats: [MP4, QTFF, WEBM, MATROSKA, MPEG_TS],
    source: new BlobSource(file),
    formatOptions: { isobmff: { resolveKeyId } },
  });
  try {
    const track = await findTrack(input, file, name);
    await refuseEncrypted(track, name);
    if (!outlineOnly && !(await track.canDecode())) throw await codecLacking(track, name);
    assumeColours(track);
    return { input, track };
  } catch (error) {
    input.dispose();
    throw error instanceof TokenscopeError ? error : new TokenscopeError('clip-damaged', { file: name }, { cause: error });
  }
}

async function findTrack(input: Input, file: Blob, name: string): Promise<InputVideoTrack> {
  const track = await input.getPrimaryVideoTrack().catch(() => null);
  if (track) return track;
  await refuseTransport(file, name);
  const tracks = await input.getTracks().catch(() => undefined);
  const code = await reasonWithoutTrack(file, tracks?.length);
  throw new TokenscopeError(code, { file: name });
}

/** The reader passes over streams that it does not know, such as MPEG-2; the table of a transport stream names them. */
async function refuseTransport(file: Blob, name: string): Promise<void> {
  const bytes = new Uint8Array(await file.slice(0, 1 << 18).arrayBuffer());
  const { listed, video } = outlineOfTransport(bytes);
  if (!listed) return;
  if (video.length === 0) throw new TokenscopeError('clip-no-video', { file: name });
  throw new TokenscopeError('clip-codec', { file: name, codec: video.join(', '), works: await decodableCodecs() });
}

/** Why no video track can be read in a file that begins like a film; `tracks` is how many of any sort can. */
async function reasonWithoutTrack(file: Blob, tracks: number | undefined) {
  const head = latin1(await file.slice(0, 1 << 16).arrayBuffer());
  if (head.startsWith(EBML)) return ENCRYPTED_MATROSKA.test(head) ? 'clip-encrypted' : tracks ? 'clip-no-video' : 'clip-damaged';
  if (!/ftyp|moov|mdat|wide|free/.test(head.slice(4, 8))) return tracks ? 'clip-no-video' : 'clip-damaged';
  const { index, cutOff } = await outlineOfBoxes(file);
  if (!index || (cutOff && !tracks)) return 'clip-truncated';
  const words = latin1(await index.slice(0, 1 << 22).arrayBuffer());
  if (words.includes('encv')) return 'clip-encrypted';
  return tracks === undefined ? 'clip-damaged' : 'clip-no-video';
}

const EBML = '\x1a\x45\xdf\xa3';
/** Content encodings (6D80) that hold an encryption (5035); such tracks are passed over by the reader. */
const ENCRYPTED_MATROSKA = /\x6d\x80.{1,40}\x50\x35/s;

/** One character a byte, which TextDecoder's latin1 is not. */
function latin1(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
}

async function refuseEncrypted(track: InputVideoTrack, name: string): Promise<void> {
  const wantsKey = await new EncodedPacketSink(track).getFirstPacket().then(
    () => false,
    (error: unknown) => error instanceof KeyWanted,
  );
  if (wantsKey || (await track.getInternalCodecId()) === 'encv') throw new TokenscopeError('clip-encrypted', { file: name });
}

/** Pictures of fewer lines are meant for standard television, unless they say otherwise. */
const HIGH_DEFINITION = 720;

/**
 * A film that does not say how its colours are to be read is read as video elements and other players do: by BT.601 below high
 * definition, by BT.709 above. The decoder would be told BT.709 for all, which tints every small clip.
 */
function assumeColours(track: InputVideoTrack): void {
  const read = track.getDecoderConfig.bind(track);
  track.getDecoderConfig = async () => {
    const config = await read();
    if (!config || config.colorSpace?.matrix || (await track.getCodedHeight()) >= HIGH_DEFINITION) return config;
    const [primaries, transfer, matrix] = ['smpte170m', 'smpte170m', 'smpte170m'] as const;
    return { ...config, colorSpace: { primaries, transfer, matrix, fullRange: config.colorSpace?.fullRange ?? false } };
  };
}

/** Names the codec, and those this browser does decode. */
async function codecLacking(track: InputVideoTrack, name: string): Promise<TokenscopeError> {
  const word = (await track.getCodec()) ?? internalWord(await track.getInternalCodecId());
  const parameter = await track.getCodecParameterString().catch(() => null);
  const works = await decodableCodecs();
  // A codec it does decode: then it is this profile of it.
  const isProfile = works.includes(codecName(word)) && parameter;
  return new TokenscopeError('clip-codec', { file: name, codec: codecName(word) + (isProfile ? ` (${parameter})` : ''), works });
}

async function decodableCodecs(): Promise<string> {
  const known = await Promise.all(
    (['avc', 'hevc', 'vp9', 'av1', 'vp8'] as const).map(async (codec) => ((await canDecodeVideo(codec)) ? codecName(codec) : '')),
  );
  return known.filter((word) => word !== '').join(', ') || '–';
}
