import { sentenceOf } from './error-sentence.ts';

/** What a file in src/cli/commands exports by default; its file name is the command's name. */
export interface Command {
  /** One line for `help`. */
  readonly about: string;
  /** Gives the exit code. A thrown error is printed as one line and gives 1. */
  run(argv: string[]): Promise<number>;
}

const files = import.meta.glob<{ default: Command }>('./commands/*.ts');

/** Runs one command. */
export async function main(name: string, argv: string[]): Promise<number> {
  const load = files[`./commands/${name}.ts`];
  if (!load) return help(name);
  try {
    return await (await load()).default.run(argv);
  } catch (error) {
    process.stderr.write(`${name}: ${(await sentenceOf(error)) ?? describe(error)}\n`);
    return 1;
  }
}

async function help(asked: string): Promise<number> {
  const lines = await Promise.all(
    Object.entries(files).map(async ([path, load]) => {
      const name = path.replace(/^.*\/|\.ts$/g, '');
      return `  npm ${name === 'start' || name === 'test' ? name : `run ${name}`}`.padEnd(24) + (await load()).default.about;
    }),
  );
  process.stdout.write(`Tokenscope\n\n${lines.join('\n')}\n`);
  return asked === 'help' ? 0 : 1;
}

/** A TypeError or the like is our own mistake and keeps its stack; what a person can act on is one sentence. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code?.startsWith('ERR_PARSE_ARGS')) return error.message;
  return error.constructor === Error ? error.message : (error.stack ?? error.message);
}
