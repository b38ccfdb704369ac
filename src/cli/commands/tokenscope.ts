import type { Command } from '../main.ts';

type Verb = (argv: string[]) => Promise<number>;

const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  convert: async () => (await import('../tokenscope/convert.ts')).convert,
  encode: async () => (await import('../tokenscope/encode.ts')).encode,
  decode: async () => (await import('../tokenscope/decode.ts')).decode,
  check: async () => (await import('../tokenscope/check.ts')).check,
};

const tokenscope: Command = {
  about:
    '`convert <files…> --out <folder>`, `encode <model> <picture | clip | input.npy> --out <folder>`, `decode <model> <tokens.npy> --out <folder>`, `check <model>`',
  async run([verb = '', ...argv]) {
    const load = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (!load) throw new Error(`Say one of ${Object.keys(verbs).join(', ')}${verb && `, not "${verb}"`}.`);
    return (await load())(argv);
  },
};

export default tokenscope;
