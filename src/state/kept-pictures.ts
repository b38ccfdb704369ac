import type { Picture } from '../core/picture.ts';
import type { Engine, PictureId } from '../engine/protocol.ts';
import type { OpenedFile } from './surroundings.ts';

type OpenedPicture = Extract<OpenedFile, { kind: 'picture' }>;

/** Where the pixels of the present source can be had from again, after the engine was lost or a setting changed. */
export interface KeptSource {
  readonly key: number;
  readonly name: string;
  readonly file?: Blob;
  readonly picture?: Picture;
}

/** Reads a file as a picture with the page's present settings. */
export type ReadPicture = (file: Blob, name: string) => Promise<OpenedFile>;

/**
 * The opened picture itself, which is too big and too alive for the store: kept as the file it came from, and as the
 * engine's own copy for as long as that lives.
 */
export function keepPictures(engine: Engine, read: ReadPicture) {
  let source: KeptSource | undefined;
  let opened: Promise<PictureId> | undefined;

  function release(): void {
    // A picture of an engine that is gone needs no closing.
    opened?.then((id) => engine.closePicture(id)).catch(() => {});
    opened = undefined;
  }

  async function reopen({ file, name, picture }: KeptSource): Promise<PictureId> {
    if (!file) return engine.openPicture(picture!);
    const again = await read(file, name);
    if (again.kind !== 'picture') throw new Error(`${name} held a picture before.`);
    return engine.openPicture(again.picture);
  }

  return {
    /** Takes over a source just read; the picture before it is closed. */
    keep(next: KeptSource, picture: OpenedPicture['picture']): void {
      release();
      source = next;
      opened = engine.openPicture(picture);
      opened.catch(() => {}); // Whoever asks for the id meets the failure.
    },
    /** The engine's picture of a source; undefined when that source is not the present one any more. */
    async idOf(key: number): Promise<PictureId | undefined> {
      if (source?.key !== key || !(source.file || source.picture || opened)) return undefined;
      opened ??= reopen(source);
      const pending = opened;
      try {
        return await pending;
      } catch (error) {
        if (opened === pending) opened = undefined;
        throw error;
      }
    },
    /** The engine was lost, and its copy with it: the next use reads the file again. */
    forget(): void {
      opened = undefined;
    },
    /** The file is to be read with other settings: the same source under a new key. */
    renew(key: number): void {
      if (!source?.file) return;
      release();
      source = { ...source, key };
    },
    /** What can stand in for a source without a file (a camera frame): what the model saw of it. */
    standIn(key: number, picture: Picture): void {
      if (source?.key === key && !source.file) source = { ...source, picture };
    },
    clear(): void {
      release();
      source = undefined;
    },
  };
}

export type KeptPictures = ReturnType<typeof keepPictures>;
