import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AddressBar, keepLink } from '../../src/state/link.ts';
import { createPlaygroundStore } from '../../src/state/store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function addressBar() {
  const history = [''];
  let back = () => {};
  const bar: AddressBar = {
    search: () => `?${history.at(-1)}`,
    replace: (search) => void history.splice(-1, 1, search),
    push: (search) => void history.push(search),
    onMove(listener) {
      back = () => {
        history.pop();
        listener();
      };
    },
  };
  return { bar, history, back: () => back() };
}

test('a hundred changes are written once, when they have come to rest', () => {
  const store = createPlaygroundStore();
  const { bar, history } = addressBar();
  const replace = vi.spyOn(bar, 'replace');
  keepLink(store, bar);
  for (let row = 0; row < 100; row++) store.setState({ selection: { cell: { t: 0, row, column: 5 }, entry: undefined } });
  expect(replace).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(replace).toHaveBeenCalledTimes(1);
  expect(history).toEqual(['cell=99,5']);
});

test('another place is a step that Back undoes', () => {
  const store = createPlaygroundStore();
  const { bar, history, back } = addressBar();
  keepLink(store, bar);
  store.setState({ place: 'codebook' });
  expect(history).toEqual(['', 'place=codebook']);
  back();
  expect(store.getState().place).toBe('pipeline');
  expect(history).toHaveLength(1);
});

test('the link says language and theme once they were chosen, here or by the link itself', () => {
  const store = createPlaygroundStore();
  const { bar } = addressBar();
  const link = keepLink(store, bar);
  expect(link()).not.toContain('theme');
  store.setState({ theme: 'dark' });
  expect(link()).toContain('theme=dark');
});
