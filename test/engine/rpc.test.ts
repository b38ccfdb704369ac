import { afterEach, expect, test } from 'vitest';
import { TokenscopeError } from '../../src/core/errors.ts';
import { connect, serve } from '../../src/engine/rpc.ts';

const calls = {
  double: async (value: number) => value * 2,
  fail: async () => {
    throw new TokenscopeError('model-http', { file: 'encoder.onnx', status: 404 });
  },
  crash: async () => {
    throw new Error('nobody expected this');
  },
  throwAtOnce: (): Promise<void> => {
    throw new Error('before the promise');
  },
  count: async (onProgress: (n: number) => void) => {
    onProgress(1);
    onProgress(2);
  },
  wait: (signal: AbortSignal) => new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  ignore: async (_: AbortSignal) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return 'done all the same';
  },
  nested: async () => ({ deep: { data: kept.whole }, list: [kept.part] }),
  uncloneable: async () => ({ fn: () => {} }),
};

const kept = { whole: new Float32Array([1, 2]), part: new Float32Array([1, 2, 3]).subarray(1, 2) };

const ports: MessagePort[] = [];
function pair() {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  serve(port2, calls);
  return connect<typeof calls>(port1);
}
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

test('answers a call', async () => expect(await pair().remote.double(21)).toBe(42));

test('answers calls under way at the same time, each its own', async () => {
  const { remote } = pair();
  expect(await Promise.all([1, 2, 3].map((n) => remote.double(n)))).toEqual([2, 4, 6]);
});

test('carries code and parameters of an error', async () => {
  const error = await pair()
    .remote.fail()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TokenscopeError);
  expect(error).toMatchObject({ code: 'model-http', parameters: { file: 'encoder.onnx', status: 404 } });
});

test.each(['crash', 'throwAtOnce'] as const)('an error of no class of ours is internal: %s', async (method) => {
  await expect(pair().remote[method]()).rejects.toMatchObject({ code: 'internal' });
});

test('reports progress before the answer', async () => {
  const seen: number[] = [];
  await pair().remote.count((n) => seen.push(n));
  expect(seen).toEqual([1, 2]);
});

test('aborts the work on the other side', async () => {
  const controller = new AbortController();
  const waiting = pair().remote.wait(controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test('a call with a signal that is aborted already never leaves', async () => {
  await expect(pair().remote.ignore(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});

test('an abort that comes too late changes nothing', async () => {
  const controller = new AbortController();
  const waiting = pair().remote.ignore(controller.signal);
  controller.abort();
  expect(await waiting).toBe('done all the same');
});

test('moves arrays that fill their buffer, at any depth, and copies the others', async () => {
  const { deep, list } = await pair().remote.nested();
  expect([...deep.data, ...list[0]!]).toEqual([1, 2, 2]);
  expect(kept.whole).toHaveLength(0);
  expect([...kept.part]).toEqual([2]);
});

test('a result that cannot be sent is an error, not silence', async () => {
  await expect(pair().remote.uncloneable()).rejects.toMatchObject({ code: 'internal' });
});

test('an argument that cannot be sent rejects its own call', async () => {
  const { remote } = pair();
  await expect(remote.double({ f: () => {} } as unknown as number)).rejects.toThrow();
  expect(await remote.double(2)).toBe(4);
});

test('rejects every open call when the worker dies, and later ones too', async () => {
  const { remote, fail } = pair();
  const waiting = remote.wait(new AbortController().signal);
  fail(new TokenscopeError('worker-crashed', { reason: 'gone' }));
  await expect(waiting).rejects.toMatchObject({ code: 'worker-crashed' });
  await expect(remote.double(1)).rejects.toMatchObject({ code: 'worker-crashed' });
});

test.each(['nope', 'constructor', 'toString'])('an unknown method is an error, not silence: %s', async (name) => {
  const remote = pair().remote as unknown as Record<string, () => Promise<void>>;
  await expect(remote[name]!()).rejects.toMatchObject({ code: 'internal' });
});
