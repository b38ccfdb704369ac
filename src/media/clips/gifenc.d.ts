/** The part of gifenc 1.0.3 that is used; it ships no types. */
declare module 'gifenc' {
  export type Palette = [red: number, green: number, blue: number][];

  export interface FrameOptions {
    palette?: Palette;
    /** Milliseconds; written as hundredths of a second. */
    delay?: number;
    /** 0: for ever. */
    repeat?: number;
    transparent?: boolean;
    transparentIndex?: number;
    /** 1: the next frame is drawn over this one. */
    dispose?: number;
  }

  export interface Encoder {
    writeFrame(indices: Uint8Array, width: number, height: number, options: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }

  export function GIFEncoder(): Encoder;
  export function quantize(rgba: Uint8Array | Uint8ClampedArray, colours: number): Palette;
}
