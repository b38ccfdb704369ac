import type { Page } from 'playwright-core';
import type { CheckResult, Provider } from '../engine/protocol.ts';

/** One model's answers on two providers for the same picture, at the smallest size the model takes. */
export interface Parity {
  readonly model: string;
  readonly adapter: string;
  readonly side: number;
  readonly cells: number;
  /** Tokens that differ although the choice was clear, and those that differ within a near tie. */
  readonly mismatched: number;
  readonly nearTies: number;
  /** Largest difference of the reconstructions of the same tokens, in 8-bit levels. */
  readonly levels: number;
  /** The model's own check against its training framework, on each provider. */
  readonly checks: Readonly<Partial<Record<Provider, CheckResult>>>;
}

/** A model on WebGPU and on WASM in the page that is open; the page must have an adapter it may use. */
export function compareProviders(page: Page, model: string): Promise<Parity> {
  return page.evaluate(runBoth, model);
}

/** Runs in the page: everything it needs is inside. */
async function runBoth(id: string): Promise<Parity> {
  const { host, catalog } = window.tokenscopeTest!;
  const { engine } = host;
  const { files, manifest } = catalog.find((model) => model.id === id)!;
  const { minimum, multipleOf } = manifest.size;
  const side = Math.ceil((minimum ?? multipleOf) / multipleOf) * multipleOf;
  const { signal } = new AbortController();
  const whole = { x: 0, y: 0, width: 1, height: 1 };
  const framing = { fit: 'fill', crop: whole, height: side, width: side, background: [255, 255, 255] } as const;
  const picture = await engine.openPicture(await testPicture());

  const gpu = await run('webgpu');
  const cpu = await run('wasm', gpu.grid.tokens);
  await engine.closePicture(picture);
  const cells = cpu.grid.tokens.length;
  const different = [...cpu.grid.tokens.keys()].filter((cell) => cpu.grid.tokens[cell] !== gpu.grid.tokens[cell]);
  const ties = different.filter((cell) => nearTie(cell, gpu.grid.tokens[cell]!));
  const checks = { ...(gpu.check && { webgpu: gpu.check }), ...(cpu.check && { wasm: cpu.check }) };
  const levels = gpu.decoded.reduce((worst, value, i) => Math.max(worst, Math.abs(value - cpu.decoded[i]!)), 0);
  const counts = { cells, mismatched: different.length - ties.length, nearTies: ties.length, levels };
  return { model: id, adapter: gpu.adapter, side, ...counts, checks };

  /** Encodes on one provider and decodes `tokens`, or its own. */
  async function run(provider: 'webgpu' | 'wasm', tokens?: Int32Array) {
    const opened = await engine.openModel(files, { provider }, () => {}, signal);
    if (opened.device.provider !== provider) throw new Error(`The page used ${opened.device.provider}, not ${provider}.`);
    const { grid, nearest } = await engine.encode(opened.id, picture, framing, signal);
    const decoded = await engine.decode(opened.id, tokens ? { ...grid, tokens } : grid, signal);
    await engine.closeModel(opened.id);
    const { check, device } = opened;
    return { grid, nearest, check, adapter: device.adapter, decoded: decoded.reconstruction.data };
  }

  /** The rule: the distances of both choices differ by no more than 1e-4 · (1 + the smaller). */
  function nearTie(cell: number, token: number): boolean {
    const { count, entries, distances } = cpu.nearest!;
    const row = cell * count;
    const place = entries.subarray(row, row + count).indexOf(token);
    const least = distances[row]!;
    return place > 0 && distances[row + place]! - least <= 1e-4 * (1 + Math.abs(least));
  }

  /** Edges, gradients and noise that is always the same. */
  async function testPicture(): Promise<ImageBitmap> {
    const data = new Uint8ClampedArray(side * side * 4);
    for (let i = 0; i < side * side; i++) {
      const [x, y] = [i % side, Math.floor(i / side)];
      const noise = ((x * 73 + y * 151) % 29) * 3;
      data.set([(255 * x) / side, (255 * y) / side, x > side / 2 ? 200 - noise : noise, 255], i * 4);
    }
    return createImageBitmap(new ImageData(data, side, side));
  }
}
