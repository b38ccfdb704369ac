import { expect, test } from 'vitest';
import { createQueue, type Job } from '../../src/engine/queue.ts';

/** Jobs that end when told, and a record of what ran. */
function story() {
  const ran: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const job = (name: string, more: Partial<Job<string>> = {}): Job<string> => ({
    seconds: 1,
    run: () => {
      ran.push(name);
      return new Promise((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve(name))));
    },
    ...more,
  });
  const end = async (name: string, error?: Error) => {
    while (!ends.has(name)) await new Promise((resolve) => setTimeout(resolve));
    ends.get(name)!(error);
    // The queue takes a turn of the loop between two jobs.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve));
  };
  return { ran, job, end };
}

const abortError = { name: 'AbortError' };

test('runs jobs one after another', async () => {
  const { ran, job, end } = story();
  const queue = createQueue();
  const first = queue.add(job('a'));
  const second = queue.add(job('b'));
  expect(ran).toEqual(['a']);
  await end('a');
  expect(ran).toEqual(['a', 'b']);
  await end('b');
  expect(await Promise.all([first, second])).toEqual(['a', 'b']);
});

test('a failed job fails its own caller only', async () => {
  const { job, end } = story();
  const queue = createQueue();
  const first = queue.add(job('a'));
  const second = queue.add(job('b'));
  const failure = expect(first).rejects.toThrow('full');
  await end('a', new Error('full'));
  await failure;
  await end('b');
  expect(await second).toBe('b');
});

test('a newer job of a kind overtakes a waiting one, not the running one: of a hundred, two run', async () => {
  const { ran, job, end } = story();
  const queue = createQueue();
  const calls = Array.from({ length: 100 }, (_, i) => queue.add(job(`decode ${i}`, { kind: 'decode 1' })));
  const outcomes = Promise.allSettled(calls);
  await end('decode 0');
  await end('decode 99');
  const rejected = (await outcomes).filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  expect(ran).toEqual(['decode 0', 'decode 99']);
  expect(rejected).toHaveLength(98);
  for (const { reason } of rejected) expect(reason).toMatchObject(abortError);
});

test('other kinds and jobs of no kind keep their places', async () => {
  const { ran, job, end } = story();
  const queue = createQueue();
  void queue.add(job('running'));
  void queue.add(job('encode', { kind: 'encode 1' }));
  void queue.add(job('plain'));
  void queue.add(job('decode', { kind: 'decode 1' }));
  for (const name of ['running', 'encode', 'plain', 'decode']) await end(name);
  expect(ran).toEqual(['running', 'encode', 'plain', 'decode']);
});

test('an abort removes a waiting job', async () => {
  const { ran, job, end } = story();
  const queue = createQueue();
  const controller = new AbortController();
  void queue.add(job('a'));
  const waiting = queue.add(job('b'), controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject(abortError);
  await end('a');
  expect(ran).toEqual(['a']);
});

test('an abort frees the caller of a running job at once; the next waits until it has ended', async () => {
  const { ran, job, end } = story();
  const queue = createQueue();
  const controller = new AbortController();
  const running = queue.add(job('a'), controller.signal);
  const next = queue.add(job('b'));
  controller.abort();
  await expect(running).rejects.toMatchObject(abortError);
  expect(ran).toEqual(['a']);
  await end('a');
  await end('b');
  expect(await next).toBe('b');
});

test('a signal aborted before never runs', async () => {
  const { ran, job } = story();
  await expect(createQueue().add(job('a'), AbortSignal.abort())).rejects.toMatchObject(abortError);
  expect(ran).toEqual([]);
});

test('background jobs run behind everything that came meanwhile', async () => {
  const { ran, job, end } = story();
  const queue = createQueue();
  void queue.add(job('draw 1', { background: true }));
  void queue.add(job('draw 2', { background: true }));
  void queue.add(job('encode'));
  void queue.add(job('decode'));
  for (const name of ['draw 1', 'encode', 'decode', 'draw 2']) await end(name);
  expect(ran).toEqual(['draw 1', 'encode', 'decode', 'draw 2']);
});

test('a job that throws before its promise does not stop the queue', async () => {
  const queue = createQueue();
  const broken = queue.add({
    seconds: 1,
    run: () => {
      throw new Error('at once');
    },
  });
  await expect(broken).rejects.toThrow('at once');
  expect(await queue.add({ seconds: 1, run: async () => 'next' })).toBe('next');
});

test('the watch hears when a job starts and when it has ended', async () => {
  const heard: (number | undefined)[] = [];
  const queue = createQueue((seconds) => heard.push(seconds));
  await queue.add({ seconds: 30, run: async () => {} });
  await queue.add({ seconds: 60, run: async () => Promise.reject(new Error('no')) }).catch(() => {});
  expect(heard).toEqual([30, undefined, 60, undefined]);
});
