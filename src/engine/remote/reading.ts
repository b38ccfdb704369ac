import type { Checkpoint } from '../../convert/architecture.ts';
import { type ByteSource, blobSource } from '../../convert/byte-source.ts';
import { downloadSource, httpSource } from '../../convert/http-source.ts';
import { openCheckpoint } from '../../convert/open-checkpoint.ts';
import { TokenscopeError } from '../../core/errors.ts';
import type { FolderStore } from '../folder-store.ts';
import type { CheckpointFile, Loaded, RemoteFacts } from '../protocol.ts';
import { shortHash } from './look-up.ts';
import { measureCheckpoint } from './measure.ts';
import { keptPieces } from './pieces.ts';

interface ReadingParts {
  readonly fetch: typeof fetch;
  readonly folders: FolderStore;
}

/** The files of one checkpoint while they are read: first their heads, then, once the visitor agreed, the tensors in use. */
export class Reading {
  readonly remote: boolean;
  readonly #files: readonly CheckpointFile[];
  readonly #parts: ReadingParts;
  readonly #abort = new AbortController();
  /** Bytes of each file, by its place in the list. */
  readonly #loaded = new Map<number, Loaded>();
  #onProgress: ((progress: Loaded) => void) | undefined;
  #agreed = false;
  #wanted = 0;
  #sources: Promise<readonly ByteSource[]> | undefined;
  #checkpoint: Promise<Checkpoint> | undefined;
  readonly #begun = new Set<string>();

  constructor(files: readonly CheckpointFile[], parts: ReadingParts) {
    this.#files = files;
    this.#parts = parts;
    this.remote = files.some(({ content }) => typeof content === 'string');
  }

  isOf(files: readonly CheckpointFile[]): boolean {
    const same = (file: CheckpointFile, i: number) => file.content === this.#files[i]?.content && !file.whole;
    return files.length === this.#files.length && files.every(same) && !this.#abort.signal.aborted;
  }

  /** Work that the signal ends. A reading whose work failed or was ended is of no more use. */
  async under<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const stop = () => this.#abort.abort();
    signal.throwIfAborted();
    signal.addEventListener('abort', stop);
    try {
      return await work();
    } catch (error) {
      stop();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** What opening it would fetch. Throws as converting would, as far as names and shapes tell. */
  async facts(): Promise<RemoteFacts> {
    try {
      const checkpoint = await this.#open();
      const sources = await this.#sources!;
      const bytes = sources.reduce((sum, { size }) => sum + size, 0);
      const { wanted, architecture } = await measureCheckpoint(checkpoint);
      this.#wanted = wanted;
      return { bytes, wanted, whole: false, architecture };
    } catch (error) {
      if (!(error instanceof TokenscopeError) || error.code !== 'checkpoint-whole-download') throw error;
      const { bytes } = error.parameters as { bytes: number };
      return { bytes, wanted: bytes, whole: true };
    }
  }

  /** From here on everything may be fetched, and is told and kept. */
  begin(onProgress: (progress: Loaded) => void): Promise<Checkpoint> {
    this.#agreed = true;
    this.#onProgress = onProgress;
    this.#loaded.clear();
    return this.#open();
  }

  /** The name of the largest file. */
  async largest(): Promise<string> {
    const sources = await this.#sources!;
    return sources.reduce((a, b) => (b.size > a.size ? b : a)).name;
  }

  /** The folder that came of it, on this machine; the pieces it came in are not needed any more. */
  async keep(id: string, files: Readonly<Record<string, Blob>>): Promise<void> {
    const { folders } = this.#parts;
    await folders.keep(id, files);
    for (const name of this.#begun) await folders.delete(name);
  }

  #open(): Promise<Checkpoint> {
    this.#sources ??= Promise.all(this.#files.map((file, i) => this.#source(file, i)));
    this.#checkpoint ??= this.#sources.then((sources) =>
      openCheckpoint(sources.map((source, i) => ({ name: this.#files[i]!.name, source }))),
    );
    return this.#checkpoint;
  }

  async #source({ name, content, whole }: CheckpointFile, i: number): Promise<ByteSource> {
    if (typeof content !== 'string') return blobSource(content, name);
    const { fetch } = this.#parts;
    const options = {
      fetch,
      signal: this.#abort.signal,
      onBytes: (loaded: number, total: number) => this.#count(i, { loaded, total }),
    };
    // Settings are small, and some servers give no parts of small files.
    if (/\.json$/i.test(name)) return { ...(await downloadSource(content, options)), name };
    const pieces = (version: string) => this.#pieces(name, `${content} ${version}`);
    const source = await (whole ? downloadSource(content, options) : httpSource(content, { ...options, pieces }));
    return { ...source, name };
  }

  #pieces(name: string, version: string) {
    const key = `${name.replace(/[^\w.-]+/g, '-').slice(-80)} ${shortHash(version)}`;
    return keptPieces(this.#parts.folders, key, () => {
      if (this.#agreed) this.#begun.add(key);
      return this.#agreed;
    });
  }

  #count(file: number, loaded: Loaded): void {
    this.#loaded.set(file, loaded);
    const sum = (what: keyof Loaded) => [...this.#loaded.values()].reduce((all, each) => all + each[what], 0);
    const now = sum('loaded');
    this.#onProgress?.({ loaded: now, total: Math.max(this.#wanted, sum('total'), now) });
  }
}
