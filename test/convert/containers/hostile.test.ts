import { describe, expect, it } from 'vitest';
import { openFiles, refusalOf, valuesOf } from './open.ts';
import { encode, global, Raw, tuple, WrittenTensor, writePickle } from './write-pickle.ts';
import { writeTorchLegacy, writeTorchZip } from './write-torch.ts';
import { type EntryToWrite, writeZip } from './write-zip.ts';

const four = Float32Array.of(1, 2, 3, 4);
const weight = new WrittenTensor('0', [2, 2]);
const call = (module: string, name: string, ...args: readonly unknown[]) =>
  new Raw(...global(module, name), ...encode(tuple(...args)), 0x52);
/** A tensor of the storage `0`, however wrong. */
const rebuilt = (storage: unknown, offset: unknown, shape: readonly unknown[], strides: readonly unknown[]) =>
  call('torch._utils', '_rebuild_tensor_v2', storage, offset, tuple(...shape), tuple(...strides), false, new Map());
const storage = (type: string, count: unknown, key: unknown = '0') =>
  new Raw(...encode(tuple('storage', new Raw(...global('torch', type)), key, 'cpu', count)), 0x51);

const damaged = (reason: string) => ({ code: 'checkpoint-damaged', file: 'a.ckpt', reason });
const unsafe = (reason: string) => ({ code: 'checkpoint-unsafe', file: 'a.ckpt', reason });

describe('a pickle', () => {
  it('runs nothing: what it would call is an object that only remembers', async () => {
    const evil = call('os', 'system', 'touch /tmp/tokenscope-was-here');
    const alike = call('builtins', 'eval', 'globalThis.broken = true');
    const blob = await writeTorchZip(
      { callbacks: evil, hyper_parameters: { lr: alike }, state_dict: { w: weight } },
      { 0: four },
    );
    const { tensors, carried } = await openFiles({ 'a.ckpt': blob });
    expect(await valuesOf(tensors)).toEqual({ w: [1, 2, 3, 4] });
    expect(carried).toEqual({ lr: 'globalThis.broken = true' });
    expect('broken' in globalThis).toBe(false);
  });

  it('reaches no prototype through its keys', async () => {
    const settings = new Map<unknown, unknown>([
      ['__proto__', { polluted: 1 }],
      ['constructor', { prototype: { polluted: 1 } }],
      ['size', 8],
    ]);
    const state = new Map<unknown, unknown>([
      ['__proto__', new Map([['polluted', weight]])],
      ['constructor.prototype', weight],
    ]);
    const blob = await writeTorchZip({ hyper_parameters: settings, state_dict: state }, { 0: four });
    const { tensors, carried } = await openFiles({ 'a.ckpt': blob });
    expect([...tensors.keys()]).toEqual(['__proto__.polluted', 'constructor.prototype']);
    expect(Object.getPrototypeOf(carried)).toBe(null);
    expect(Object.keys(carried as object)).toEqual(['constructor', 'size']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each<[string, Raw, ReturnType<typeof damaged>]>([
    ['an unknown instruction', new Raw(0x01), damaged('its pickle has the instruction 0x1 at 2')],
    ['an instruction of protocol 0', new Raw('I1\n'), damaged('its pickle has the instruction 0x49 at 2')],
    ['a memo that was never written', new Raw(0x68, 7), damaged('its pickle recalls nothing (7)')],
    ['nothing on its stack', new Raw(0x30), damaged('its pickle takes more than it holds')],
    ['no mark', new Raw(0x74), damaged('its pickle has no mark to go back to')],
    ['more below a mark than it may take', new Raw(0x4e, 0x28, 0x30), damaged('its pickle takes more than it holds')],
    ['a text past its end', new Raw(0x58, 0xff, 0xff, 0xff, 0x7f), damaged('it ends within its pickle')],
    ['a number of a megabyte', new Raw(0x8b, 0, 0, 16, 0), damaged('its pickle has a number of 1048576 bytes')],
    ['a length below zero', new Raw(0x54, 0xff, 0xff, 0xff, 0xff), damaged('its pickle has a length below zero')],
    ['a key in a list', new Raw(0x5d, 0x4e, 0x4e, 0x73), damaged('its pickle puts a key into what is no dictionary')],
    ['half a pair', new Raw(0x7d, 0x28, 0x4e, 0x75), damaged('its pickle has a key without a value')],
    ['an element in a number', new Raw(0x4b, 1, 0x4e, 0x61), damaged('its pickle appends to what is no list')],
    ['a state for a number', new Raw(0x4b, 1, 0x4e, 0x62), damaged('its pickle gives a state to what is no object')],
    [
      'a call without arguments',
      new Raw(...global('torch.jit._pickle', 'build_intlist'), 0x4e, 0x52),
      damaged('a call without a tuple'),
    ],
    ['a protocol of tomorrow', new Raw(0x80, 9), damaged('its pickle is of protocol 9')],
    ['a storage that is no tuple', new Raw(0x4e, 0x51), damaged('a reference that is no tuple')],
  ])('is refused: %s', async (_, root, expected) => {
    expect(await refusalOf({ 'a.ckpt': await writeTorchZip(root) })).toEqual(expected);
  });

  it('of lists that hold themselves exponentially often ends', async () => {
    // d0 = {}; d1 = {a: d0, b: d0}; d2 = {a: d1, b: d1} …
    const levels = 40;
    let bytes: number[] = [0x7d, ...encode('t'), ...encode(weight), 0x73, 0x71, 0];
    for (let i = 0; i < levels; i++) {
      bytes = [...bytes, 0x30, 0x7d, 0x28, ...encode('a'), 0x68, i, ...encode('b'), 0x68, i, 0x75, 0x71, i + 1];
    }
    const blob = await writeTorchZip(new Raw(bytes), { 0: four });
    expect(await refusalOf({ 'a.ckpt': blob })).toEqual(damaged('its dictionaries refer to each other without end'));
  });

  it('that holds itself ends', async () => {
    const blob = await writeTorchZip(new Raw(0x7d, 0x71, 0, ...encode('a'), 0x68, 0, 0x73), { 0: four });
    expect(await refusalOf({ 'a.ckpt': blob })).toEqual(damaged('its dictionaries are nested too deep'));
  });

  it('that copies a long list again and again ends', async () => {
    const pair = encode([1, 2]);
    const many = Array.from({ length: 3000 }, () => pair).flat();
    const copies = Array.from({ length: 5000 }, () => [...global('builtins', 'dict'), 0x68, 0, 0x85, 0x52, 0x30]).flat();
    const blob = await writeTorchZip(new Raw(0x5d, 0x28, many, 0x65, 0x71, 0, copies));
    expect(await refusalOf({ 'a.ckpt': blob })).toEqual(damaged('its pickle takes more than 10000000 steps'));
  });
});

describe('a tensor', () => {
  it.each<[string, unknown, unknown]>([
    [
      'past its storage',
      rebuilt(storage('FloatStorage', 4), 1, [2, 2], [2, 1]),
      damaged('a tensor that reaches past its storage'),
    ],
    [
      'with a stride past it',
      rebuilt(storage('FloatStorage', 4), 0, [2], [4]),
      damaged('a tensor that reaches past its storage'),
    ],
    ['with a stride below zero', rebuilt(storage('FloatStorage', 4), 3, [2], [-1]), damaged('a tensor without a shape')],
    ['with an offset below zero', rebuilt(storage('FloatStorage', 4), -1, [2], [1]), damaged('a tensor without a shape')],
    ['of half an element', rebuilt(storage('FloatStorage', 4), 0, [0.5], [1]), damaged('a tensor without a shape')],
    [
      'with more strides than axes',
      rebuilt(storage('FloatStorage', 4), 0, [2], [1, 1]),
      damaged('a tensor whose shape and strides differ'),
    ],
    [
      'of 2^80 elements',
      rebuilt(storage('FloatStorage', 4), 0, [2 ** 40, 2 ** 40], [0, 0]),
      damaged('a tensor beyond all measure'),
    ],
    [
      'of 2^40 repeated elements',
      rebuilt(storage('FloatStorage', 4), 0, [2 ** 40], [0]),
      unsafe(`w repeats its numbers to ${2 ** 42} bytes`),
    ],
    [
      'of a storage that is short',
      rebuilt(storage('FloatStorage', 9), 0, [2], [1]),
      damaged('storage 0 has 16 bytes instead of 36'),
    ],
    ['of a storage that is missing', rebuilt(storage('FloatStorage', 4, '7'), 0, [2], [1]), damaged('storage 7 is missing')],
    ['of a storage outside', rebuilt(storage('FloatStorage', 4, '../0'), 0, [2], [1]), damaged('storage ../0 is missing')],
    ['of a storage beyond all measure', rebuilt(storage('FloatStorage', 2 ** 60), 0, [2], [1]), damaged('storage 0 has no size')],
    ['without a storage', rebuilt({}, 0, [2], [1]), damaged('a tensor without a storage')],
    [
      'of quantised numbers',
      rebuilt(storage('QInt8Storage', 16), 0, [2], [1]),
      { code: 'checkpoint-type', file: 'a.ckpt', tensor: 'w', type: 'qint8 (quantised)' },
    ],
    [
      'of complex numbers',
      rebuilt(storage('ComplexFloatStorage', 2), 0, [2], [1]),
      { code: 'checkpoint-type', file: 'a.ckpt', tensor: 'w', type: 'complex64' },
    ],
    [
      'that torch would quantise',
      call('torch._utils', '_rebuild_qtensor', null),
      { code: 'checkpoint-type', file: 'a.ckpt', tensor: 'w', type: 'a quantised tensor' },
    ],
  ])('is refused: %s', async (_, tensor, expected) => {
    expect(await refusalOf({ 'a.ckpt': await writeTorchZip({ w: tensor }, { 0: four }) })).toEqual(expected);
  });

  it('of a type that cannot be read is no trouble where nobody uses it', async () => {
    const optimizer = rebuilt(storage('QInt8Storage', 16), 0, [2], [1]);
    const state = { w: weight, 'loss.phases': rebuilt(storage('ComplexFloatStorage', 2), 0, [2], [1]) };
    const blob = await writeTorchZip({ state_dict: state, optimizer_states: [optimizer] }, { 0: four });
    expect(await refusalOf({ 'a.ckpt': blob })).toBeUndefined();
  });

  it('may be transposed, expanded, a slice, empty or a scalar', async () => {
    const view = (shape: number[], strides: number[], offset = 0) => new WrittenTensor('0', shape, { strides, offset, count: 4 });
    const state = {
      turned: view([2, 2], [1, 2]),
      repeated: view([2, 2], [0, 1], 2),
      column: view([2, 1], [2, 9], 1),
      empty: view([0, 3], [3, 1]),
      scalar: view([], [], 3),
    };
    const { tensors } = await openFiles({ 'a.ckpt': await writeTorchZip(state, { 0: four }) });
    expect(await valuesOf(tensors)).toEqual({
      turned: [1, 3, 2, 4],
      repeated: [3, 4, 3, 4],
      column: [2, 4],
      empty: [],
      scalar: [4],
    });
    const legacy = await openFiles({ 'a.ckpt': writeTorchLegacy(state, { 0: four }) });
    expect(await valuesOf(legacy.tensors)).toEqual(await valuesOf(tensors));
  });

  it('may be of torch’s newer kinds, of a subclass, or have its type apart from its storage', async () => {
    const hooks = new Map();
    const plain = rebuilt(storage('FloatStorage', 4), 0, [4], [1]);
    const untyped = new Raw(
      ...encode(tuple('storage', new Raw(...global('torch.storage', 'UntypedStorage')), '0', 'cpu', 16)),
      0x51,
    );
    const type = new Raw(...global('torch', 'float32'));
    const state = {
      parameter: call('torch._utils', '_rebuild_parameter', plain, true, hooks),
      stateful: call('torch._utils', '_rebuild_parameter_with_state', plain, true, hooks, null),
      typed: call('torch._utils', '_rebuild_tensor_v3', untyped, 1, tuple(2), tuple(1), false, hooks, type),
      subclass: call(
        'torch._tensor',
        '_rebuild_from_type_v2',
        new Raw(...global('torch._utils', '_rebuild_tensor_v2')),
        new Raw(...global('mine', 'Tensor')),
        tuple(storage('FloatStorage', 4), 2, tuple(2), tuple(1), false, hooks),
        null,
      ),
    };
    const { tensors } = await openFiles({ 'a.ckpt': await writeTorchZip(state, { 0: four }) });
    expect(await valuesOf(tensors)).toEqual({ parameter: [1, 2, 3, 4], stateful: [1, 2, 3, 4], typed: [2, 3], subclass: [3, 4] });
  });
});

describe('a zip archive', () => {
  const root = writePickle({ w: weight });
  const good: EntryToWrite[] = [
    { name: 'm/data.pkl', data: root },
    { name: 'm/data/0', data: new Blob([four]) },
  ];
  const replaced = (i: number, entry: Partial<EntryToWrite>) => good.map((each, at) => (at === i ? { ...each, ...entry } : each));

  it.each([{ wide: false }, { wide: true }])('may have deflated entries and 64-bit sizes: %o', async ({ wide }) => {
    const packed = good.map((entry) => ({ ...entry, deflated: true }));
    for (const entries of [good, packed]) {
      const { tensors } = await openFiles({ 'a.ckpt': await writeZip(entries, { wide }) });
      expect(await valuesOf(tensors)).toEqual({ w: [1, 2, 3, 4] });
    }
  });

  it.each<[string, readonly EntryToWrite[], unknown]>([
    ['a way out', [...good, { name: 'm/../../.bashrc', data: four }], unsafe('an entry named "m/../../.bashrc"')],
    ['a way out of Windows', [...good, { name: 'm\\..\\x', data: four }], unsafe('an entry named "m\\\\..\\\\x"')],
    ['an absolute name', [...good, { name: '/etc/passwd', data: four }], unsafe('an entry named "/etc/passwd"')],
    ['a drive', [...good, { name: 'C:x', data: four }], unsafe('an entry named "C:x"')],
    ['two entries of one name', [...good, good[0]!], unsafe('two entries named m/data.pkl')],
    ['entries that overlap', replaced(1, { lies: { header: 1 } }), unsafe('entries that overlap')],
    ['an entry past the end', replaced(1, { lies: { size: 9999, packed: 9999 } }), unsafe('entries that overlap')],
    ['a bomb that says so', replaced(0, { deflated: true, lies: { size: 2 ** 31 } }), unsafe(`m/data.pkl has ${2 ** 31} bytes`)],
    [
      'a bomb that does not',
      replaced(0, { data: new Uint8Array(2 ** 24), deflated: true, lies: { size: 100 } }),
      unsafe('m/data.pkl unpacks to more than it promises'),
    ],
    [
      'a storage that unpacks without end',
      replaced(1, { deflated: true, lies: { size: 2 ** 30 } }),
      unsafe(`m/data/0 would unpack to ${2 ** 30} bytes`),
    ],
    [
      'a storage of more than its numbers',
      replaced(1, { deflated: true, lies: { size: 1000 } }),
      unsafe('m/data/0 would unpack to 1000 bytes'),
    ],
    [
      'too little in a deflated entry',
      replaced(0, { deflated: true, lies: { size: 999 } }),
      expect.objectContaining({ code: 'checkpoint-damaged' }),
    ],
    ['encryption', replaced(0, { lies: { flags: 1 } }), damaged('m/data.pkl is encrypted')],
    ['another packing', replaced(0, { lies: { method: 14 } }), damaged('m/data.pkl is packed with method 14')],
    ['a stored entry of two sizes', replaced(1, { lies: { size: 17 } }), damaged('m/data/0 has two sizes')],
    ['a header somewhere else', replaced(0, { lies: { header: 3 } }), damaged('m/data.pkl has no header of its own')],
    ['no pickle', [good[1]!], { code: 'checkpoint-format', file: 'a.ckpt', format: 'zip' }],
    ['arrays of NumPy', [{ name: 'w.npy', data: four }], { code: 'checkpoint-format', file: 'a.ckpt', format: 'NumPy .npz' }],
    [
      'a big-endian machine',
      [...good, { name: 'm/byteorder', data: new Blob(['big']) }],
      { code: 'checkpoint-big-endian', file: 'a.ckpt' },
    ],
  ])('is refused: %s', async (_, entries, expected) => {
    expect(await refusalOf({ 'a.ckpt': await writeZip(entries) })).toEqual(expected);
  });

  it('cut anywhere is damaged', async () => {
    const whole = await writeZip(good);
    for (let to = 4; to < whole.size; to += 7) {
      expect(await refusalOf({ 'a.ckpt': whole.slice(0, to) })).toMatchObject({ code: expect.stringMatching(/^checkpoint-/) });
    }
  });
});

describe('a legacy file', () => {
  const state = { w: weight };

  it('of a big-endian machine is refused', async () => {
    const blob = writeTorchLegacy(state, { 0: four }, { littleEndian: false });
    expect(await refusalOf({ 'a.ckpt': blob })).toEqual({ code: 'checkpoint-big-endian', file: 'a.ckpt' });
  });

  it('that is another pickle is refused', async () => {
    const blob = new Blob([writePickle({ a: 1 })]);
    expect(await refusalOf({ 'a.ckpt': blob })).toEqual({ code: 'checkpoint-format', file: 'a.ckpt', format: 'Python pickle' });
  });

  it('cut anywhere is damaged', async () => {
    const whole = writeTorchLegacy(state, { 0: four });
    for (let to = 4; to < whole.size; to += 5) {
      expect(await refusalOf({ 'a.ckpt': whole.slice(0, to) })).toMatchObject({ code: expect.stringMatching(/^checkpoint-/) });
    }
  });
});
