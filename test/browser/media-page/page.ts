import { TokenscopeError } from '../../../src/core/errors.ts';
import { cameraFrames } from '../../../src/media/camera.ts';
import type { OpenOptions } from '../../../src/media/opened-picture.ts';
import { readFile } from '../../../src/media/read-file.ts';

/** What the page saw of one file, in plain values. */
export interface Look {
  readonly error?: string;
  readonly parameters?: object;
  /** As the file says. */
  readonly size?: readonly [width: number, height: number];
  /** As decoded. */
  readonly decoded?: readonly [width: number, height: number];
  /** RGBA near the four corners: top left, top right, bottom left, bottom right. */
  readonly corners?: readonly (readonly number[])[];
  readonly remarks?: readonly string[];
}

const page = {
  /** Opens base64 bytes; `keep` is the share of them that is left. */
  async open(base64: string, name: string, keep: number, options: OpenOptions): Promise<Look> {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    try {
      const opened = await readFile(new Blob([bytes.subarray(0, Math.floor(bytes.length * keep))]), name, {
        ...options,
        clips: false,
      });
      if (opened.kind === 'tokens') return { error: 'tokens' };
      const { picture, width, height, remarks } = opened;
      const look = {
        size: [width, height],
        decoded: [picture.width, picture.height],
        corners: cornersOf(picture),
        remarks: remarks.map(({ text }) => text),
      } as const;
      picture.close();
      return look;
    } catch (error) {
      if (error instanceof TokenscopeError) return { error: error.code, parameters: error.parameters };
      throw error;
    }
  },
  /** Sizes of the first frames of the camera; afterwards it is let go. */
  async film(frames: number): Promise<string[]> {
    const sizes: string[] = [];
    try {
      for await (const frame of cameraFrames(new AbortController().signal)) {
        sizes.push(`${frame.width} × ${frame.height}`);
        frame.close();
        if (sizes.length === frames) break;
      }
    } catch (error) {
      if (error instanceof TokenscopeError) return [error.code];
      throw error;
    }
    return sizes;
  },
};

function cornersOf(picture: ImageBitmap): number[][] {
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(picture, 0, 0);
  const at = (x: number, y: number) => [...context.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data];
  return [at(0.1, 0.1), at(0.9, 0.1), at(0.1, 0.9), at(0.9, 0.9)];
}

export type MediaPage = typeof page;

(window as unknown as { mediaPage: MediaPage }).mediaPage = page;
