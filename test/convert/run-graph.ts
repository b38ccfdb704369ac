import * as ort from 'onnxruntime-web';

ort.env.logLevel = 'error';
ort.env.wasm.numThreads = 1;

/** A session on WASM in Node; `external` holds files beside the graph. */
export function openGraph(graph: Uint8Array, external: Readonly<Record<string, Uint8Array>> = {}): Promise<ort.InferenceSession> {
  const externalData = Object.entries(external).map(([path, data]) => ({ path, data }));
  return ort.InferenceSession.create(graph, { executionProviders: ['wasm'], externalData });
}

/** Runs a graph once. */
export async function runGraph(
  graph: Uint8Array,
  feeds: Readonly<Record<string, ort.Tensor>>,
  external: Readonly<Record<string, Uint8Array>> = {},
): Promise<Readonly<Record<string, ort.Tensor>>> {
  const session = await openGraph(graph, external);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

export function floats(dims: readonly number[], values: ArrayLike<number>): ort.Tensor {
  return new ort.Tensor('float32', Float32Array.from(values), dims);
}

/** 0, 1/8, 2/8 …: values that every float32 holds exactly. */
export function ladder(dims: readonly number[]): ort.Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  return floats(
    dims,
    Array.from({ length: count }, (_, i) => (i % 64) / 8 - 4),
  );
}
