import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TokenscopeError, toWire } from '../../src/core/errors.ts';
import { startEngine } from '../../src/engine/client.ts';
import type { Control, Report } from '../../src/engine/control.ts';
import { serve } from '../../src/engine/rpc.ts';

/** A worker without a thread: it starts at once, answers `device`, and never answers `storedModels`. */
class FakeWorker {
  static all: FakeWorker[] = [];
  static starts = true;
  onmessage: ((event: { data: Report }) => void) | null = null;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  started: Extract<Control, { kind: 'start' }> | undefined;
  faults: string[] = [];
  terminated = false;

  constructor() {
    FakeWorker.all.push(this);
  }
  postMessage(message: Control) {
    if (message.kind === 'fault') return void this.faults.push(message.fault);
    this.started = message;
    if (!FakeWorker.starts) return;
    serve(message.port, { device: async () => message.settings, storedModels: () => new Promise(() => {}) });
    this.report({ kind: 'started' });
  }
  report(data: Report) {
    this.onmessage?.({ data });
  }
  terminate() {
    this.terminated = true;
    this.started?.port.close();
  }
}

beforeEach(() => {
  FakeWorker.all = [];
  FakeWorker.starts = true;
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  for (const worker of FakeWorker.all) worker.terminate();
  vi.unstubAllGlobals();
});

const start = (query = '') => {
  const host = startEngine(new URL(`https://tokenscope.test/${query}`));
  const told: string[] = [];
  host.onRestart(({ code }) => told.push(code));
  return { host, told };
};
const worker = () => FakeWorker.all.at(-1)!;
const lost = () => toWire(new TokenscopeError('device-lost', { reason: 'driver reset' }));

test('calls reach the worker, with what the address asks for', async () => {
  const { host } = start('?adapter=any');
  expect(await host.engine.device()).toEqual({ softwareAdapter: true });
  expect(host.test).toBeUndefined();
});

test('a lost device: open calls say so, a fresh worker starts on WASM, the page is told', async () => {
  const { host, told } = start();
  const open = host.engine.storedModels();
  worker().report({ kind: 'broken', error: lost() });
  await expect(open).rejects.toMatchObject({ code: 'device-lost' });
  expect(told).toEqual(['device-lost']);
  expect(FakeWorker.all.map(({ terminated }) => terminated)).toEqual([true, false]);
  expect(await host.engine.device()).toMatchObject({ wasm: { why: 'fell-back', detail: 'driver reset' } });
});

test('an error of the worker’s own is a crash', async () => {
  const { host, told } = start();
  const open = host.engine.storedModels();
  worker().onerror!({ message: 'boom', preventDefault: () => {} });
  await expect(open).rejects.toMatchObject({ code: 'worker-crashed', parameters: { reason: 'boom' } });
  expect(told).toEqual(['worker-crashed']);
});

test('a job that takes too long ends the worker; one that ends in time does not', async () => {
  const { host, told } = start();
  worker().report({ kind: 'job', seconds: 0.02 });
  worker().report({ kind: 'job', seconds: undefined });
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(told).toEqual([]);
  const open = host.engine.storedModels();
  worker().report({ kind: 'job', seconds: 0.02 });
  await expect(open).rejects.toMatchObject({ code: 'engine-timeout', parameters: { seconds: 0.02 } });
  expect(told).toEqual(['engine-timeout']);
});

test('what a dead worker still says is not heard', () => {
  const { told } = start();
  const first = worker();
  const { onmessage } = first;
  first.report({ kind: 'broken', error: lost() });
  onmessage?.({ data: { kind: 'broken', error: lost() } });
  expect(told).toHaveLength(1);
  expect(FakeWorker.all).toHaveLength(2);
});

test('a script that never ran is not started again by itself', async () => {
  FakeWorker.starts = false;
  const { host, told } = start();
  worker().onerror!({ message: '', preventDefault: () => {} });
  await expect(host.engine.device()).rejects.toMatchObject({ code: 'engine-down' });
  expect(told).toEqual([]);
  expect(FakeWorker.all).toHaveLength(1);
  FakeWorker.starts = true;
  host.restart();
  expect(await host.engine.device()).toEqual({ softwareAdapter: false });
});

test('a worker that dies again and again stays down', async () => {
  const { host, told } = start();
  for (let i = 0; i < 4; i++) worker().report({ kind: 'broken', error: lost() });
  expect(told).toHaveLength(3);
  await expect(host.engine.device()).rejects.toMatchObject({ code: 'engine-down', parameters: { reason: 'driver reset' } });
});

test('a restart that was asked for is no failure: open calls are aborted, nobody is told', async () => {
  const { host, told } = start();
  const open = host.engine.storedModels();
  host.restart('wasm');
  await expect(open).rejects.toMatchObject({ name: 'AbortError' });
  expect(told).toEqual([]);
  expect(await host.engine.device()).toEqual({ softwareAdapter: false, wasm: { why: 'asked' } });
});

test('faults on purpose, for tests of the built site', () => {
  const { host, told } = start('?test');
  host.test!.loseDevice();
  host.test!.failNextRun();
  expect(worker().faults).toEqual(['lose-device', 'fail-next-run']);
  host.test!.killWorker();
  expect(told).toEqual(['worker-crashed']);
});

test('the engine can be the result of an async function', async () => {
  const { host } = start();
  const engine = await (async () => host.engine)();
  expect(await engine.device()).toEqual({ softwareAdapter: false });
});
