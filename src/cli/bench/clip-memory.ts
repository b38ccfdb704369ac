import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EncodedPacket, EncodedVideoPacketSource, FilePathTarget, Mp4OutputFormat, Output } from 'mediabunny';
import type { Page } from 'playwright-core';
import { type BenchContext, type BenchLine, notMeasured } from '../bench-run.ts';
import { openModel } from '../page.ts';
import { useOneThread } from './memory.ts';

const MINUTES = 10;
const RATE = 25;
const WIDTH = 1920;
const HEIGHT = 1080;
const SECONDS = 4;
const MOST = 600e6;

/** A long film in the page with 4 s of it through a model: the most that the page and its workers held meanwhile. */
export async function clipMemory({ open, model }: BenchContext, clipModel = model): Promise<BenchLine> {
  const line = {
    what: `a film of ${MINUTES} minutes, ${WIDTH} × ${HEIGHT}, ${SECONDS} s of it through a model: most memory`,
    where: `${clipModel}, page + workers, WASM, one thread`,
    target: '< 600 MB',
  };
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-film-'));
  const film = join(folder, 'film.mp4');
  await makeFilm({ open }, film);
  // Without the flag a measurement waits for the next garbage collection, up to 20 s.
  const flags = ['--enable-blink-features=ForceEagerMeasureMemory'];
  const { page, close } = await open({ query: 'place=clip&model=toy&size=32x32', flags });
  try {
    await useOneThread(page);
    await openModel(page, clipModel);
    if (!(await page.evaluate(() => 'measureUserAgentSpecificMemory' in performance && crossOriginIsolated))) {
      return notMeasured(line, 'the browser does not tell');
    }
    const points = await watchMemory(page, film);
    const most = Math.max(...points);
    const size = (statSync(film).size / 1e6).toFixed(0);
    const figure = `${(most / 1e6).toFixed(0)} MB (${points.length} looks; the file has ${size} MB)`;
    return { ...line, figure, holds: most < MOST, values: points };
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a browser of its own: what encoding takes is not the page's. */
async function makeFilm({ open }: Pick<BenchContext, 'open'>, path: string): Promise<void> {
  const { page, close } = await open({ query: 'model=toy&size=32x32' });
  try {
    await writeFilm(await page.evaluate(encodeSecond, { width: WIDTH, height: HEIGHT, rate: RATE }), path);
  } finally {
    await close();
  }
}

interface EncodedSecond {
  readonly packets: readonly { readonly type: 'key' | 'delta'; readonly base64: string }[];
  readonly config: VideoDecoderConfig;
}

/** One second of moving stripes as VP9. Runs in the page: encoders are the browser's. */
async function encodeSecond({ width, height, rate }: { width: number; height: number; rate: number }): Promise<EncodedSecond> {
  const packets: { type: 'key' | 'delta'; base64: string }[] = [];
  let config: VideoDecoderConfig | undefined;
  let failure: unknown;
  const encoder = new VideoEncoder({
    output(chunk, meta) {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      packets.push({ type: chunk.type, base64: btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), '')) });
      config ??= meta?.decoderConfig;
    },
    error(error) {
      failure = error;
    },
  });
  encoder.configure({ codec: 'vp09.00.40.08', width, height, bitrate: 2_000_000, framerate: rate, latencyMode: 'realtime' });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  for (let i = 0; i < rate; i++) {
    for (let x = 0; x < width; x += 24) {
      context.fillStyle = `hsl(${(x + 16 * i) % 360} 60% ${30 + ((x / 24) % 5) * 10}%)`;
      context.fillRect(x, 0, 24, height);
    }
    const frame = new VideoFrame(canvas, { timestamp: (i * 1e6) / rate });
    encoder.encode(frame, { keyFrame: i === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  if (failure || !config) throw failure ?? new Error('The browser encoded nothing.');
  return { packets, config: { codec: config.codec, codedWidth: width, codedHeight: height } };
}

/** The second again and again. */
async function writeFilm({ packets, config }: EncodedSecond, path: string): Promise<void> {
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target: new FilePathTarget(path) });
  const source = new EncodedVideoPacketSource('vp9');
  output.addVideoTrack(source);
  await output.start();
  const contents = packets.map(({ type, base64 }) => ({ type, bytes: Buffer.from(base64, 'base64') }));
  for (let i = 0; i < MINUTES * 60 * RATE; i++) {
    const { type, bytes } = contents[i % contents.length]!;
    await source.add(new EncodedPacket(bytes, type, i / RATE, 1 / RATE), i === 0 ? { decoderConfig: config } : undefined);
  }
  await output.finalize();
}

/** Bytes in use, again and again until 4 s are through the model: those that a clip opens with, then others from its middle. */
async function watchMemory(page: Page, film: string): Promise<number[]> {
  const input = await page.evaluateHandle(() => Object.assign(document.createElement('input'), { type: 'file' }));
  await input.asElement()!.setInputFiles(film);
  return input.evaluate(lookAtMemory, { seconds: SECONDS, start: (MINUTES * 60) / 2 });
}

async function lookAtMemory(element: HTMLInputElement, piece: { seconds: number; start: number }): Promise<number[]> {
  const { actions, store } = window.tokenscopeTest! as unknown as {
    actions: { openFiles(files: File[]): Promise<void>; setClipWindow(change: { start: number; duration: number }): void };
    store: NonNullable<Window['tokenscopeTest']>['store'];
  };
  const memory = performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> };
  const points: number[] = [];
  const isThrough = (start: number) => {
    const { slots, source, error } = store.getState();
    if (error) throw new Error(`${error.code} ${JSON.stringify(error.parameters)}`);
    const { clip } = slots[0]!;
    const { window } = (source as { clip?: { window: { start: number } } } | undefined)?.clip ?? {};
    const present = source?.name === element.files![0]!.name && window?.start === start && clip?.of.source === source.key;
    return present && !clip.running && !!clip.summary;
  };
  const look = async (start: number) => {
    do points.push((await memory.measureUserAgentSpecificMemory()).bytes);
    while (!isThrough(start));
  };
  void actions.openFiles([...element.files!]);
  await look(0);
  actions.setClipWindow({ start: piece.start, duration: piece.seconds });
  await look(piece.start);
  return points;
}
