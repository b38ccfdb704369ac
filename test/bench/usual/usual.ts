import type { InferenceSession } from 'onnxruntime-web';
import jspiGlue from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmGlue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { UsualSettings } from '../../../src/cli/bench/usual-page.ts';
import type { Manifest } from '../../../src/core/manifest.ts';

/**
 * How such pages are usually written: everything on the page's thread, pixels through a canvas and JavaScript loops, the
 * result read back and put on a canvas. Same model, same ONNX Runtime, same threads as the product it is compared with.
 */
window.usualWay = async (settings) => {
  const { encoder, decoder, ort } = await openSessions(settings);
  const source = drawSource(settings.side);
  const run = async () => {
    const start = performance.now();
    const pixels = toInput(source.getImageData(0, 0, settings.side, settings.side), settings.manifest);
    const { encoder: from, decoder: to } = settings.manifest.graphs;
    const { [from.output]: latents } = await encoder.run({ [from.input]: new ort.Tensor('float32', pixels.data, pixels.dims) });
    const quantized = quantize((await latents!.getData()) as Float32Array, settings);
    const { [to.output]: output } = await decoder.run({ [to.input]: new ort.Tensor('float32', quantized, latents!.dims) });
    show((await output!.getData()) as Float32Array, settings);
    return performance.now() - start;
  };
  await run();
  const longTasks: number[] = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  const milliseconds: number[] = [];
  for (let i = 0; i < settings.runs; i++) {
    milliseconds.push(await run());
    await new Promise(requestAnimationFrame);
  }
  await new Promise((settle) => setTimeout(settle, 200));
  observer.disconnect();
  return { milliseconds, longTasks };
};

async function openSessions({ manifest, provider, threads }: UsualSettings) {
  const ort = provider === 'webgpu' ? await import('onnxruntime-web/jspi') : await import('onnxruntime-web/wasm');
  const [mjs, wasm] = provider === 'webgpu' ? [jspiGlue, jspiWasm] : [wasmGlue, wasmWasm];
  ort.env.wasm.wasmPaths = { mjs: new URL(mjs, location.href).href, wasm: new URL(wasm, location.href).href };
  ort.env.wasm.numThreads = provider === 'webgpu' ? 1 : threads;
  const weights = manifest.files.filter(
    ({ name }) => name.endsWith('.safetensors') && name !== manifest.codebook?.file && name !== manifest.check?.file,
  );
  const externalData = weights.map(({ name }) => ({ path: name, data: `model/${name}` }));
  const options: InferenceSession.SessionOptions = { executionProviders: [provider], externalData };
  const encoder = await ort.InferenceSession.create(`model/${manifest.graphs.encoder.file}`, options);
  const decoder = await ort.InferenceSession.create(`model/${manifest.graphs.decoder.file}`, options);
  return { encoder, decoder, ort };
}

function contextOf(id: string, side: number): CanvasRenderingContext2D {
  const canvas = document.getElementById(id) as HTMLCanvasElement;
  canvas.width = side;
  canvas.height = side;
  return canvas.getContext('2d', { willReadFrequently: true })!;
}

/** Something with edges and gradients; what it shows does not change the time. */
function drawSource(side: number): CanvasRenderingContext2D {
  const context = contextOf('source', side);
  const gradient = context.createLinearGradient(0, 0, side, side);
  gradient.addColorStop(0, '#234');
  gradient.addColorStop(1, '#fc9');
  context.fillStyle = gradient;
  context.fillRect(0, 0, side, side);
  context.fillStyle = '#274';
  context.fillRect(side / 4, side / 4, side / 2, side / 3);
  return context;
}

/** Channels last and padded to four, or planes, as the graph wants them. */
function toInput({ data, width, height }: ImageData, { graphs, pixels }: Manifest) {
  const [low, high] = pixels.range;
  const scale = (high - low) / 255;
  const area = width * height;
  if (graphs.encoder.layout === 'NHWC4') {
    const values = new Float32Array(area * 4);
    for (let i = 0; i < area * 4; i++) values[i] = i % 4 === 3 ? 0 : data[i]! * scale + low;
    return { data: values, dims: [1, height, width, 4] };
  }
  const values = new Float32Array(area * 3);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) values[channel * area + i] = data[i * 4 + channel]! * scale + low;
  }
  return { data: values, dims: [1, 3, height, width] };
}

/** Each latent vector replaced by its nearest entry. */
function quantize(latents: Float32Array, { manifest, codebook }: UsualSettings): Float32Array {
  const { codebookSize = 1, score = 'l2' } = manifest.quantizer;
  const dimension = codebook.length / codebookSize;
  const cells = latents.length / dimension;
  const last = manifest.graphs.encoder.latentLayout?.endsWith('D') ?? false;
  const at = (cell: number, d: number) => (last ? cell * dimension + d : d * cells + cell);
  const entries = Float32Array.from(codebook);
  const result = new Float32Array(latents.length);
  for (let cell = 0; cell < cells; cell++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let entry = 0; entry < codebookSize; entry++) {
      let distance = 0;
      for (let d = 0; d < dimension; d++) {
        const [a, b] = [latents[at(cell, d)]!, entries[entry * dimension + d]!];
        distance += score === 'l2' ? (a - b) ** 2 : -a * b;
      }
      if (distance < least) [least, best] = [distance, entry];
    }
    for (let d = 0; d < dimension; d++) result[at(cell, d)] = entries[best * dimension + d]!;
  }
  return result;
}

function show(values: Float32Array, { manifest, side }: UsualSettings): void {
  const [low, high] = manifest.pixels.outputRange;
  const area = side * side;
  const picture = new ImageData(side, side);
  const last = manifest.graphs.decoder.layout !== 'NCHW';
  const channels = values.length / area;
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = last ? values[i * channels + channel]! : values[channel * area + i]!;
      picture.data[i * 4 + channel] = ((value - low) / (high - low)) * 255;
    }
    picture.data[i * 4 + 3] = 255;
  }
  contextOf('reconstruction', side).putImageData(picture, 0, 0);
}
