import { useCallback, useEffect, useRef } from 'react';
import type { Picture } from '../core/picture.ts';
import type { GridShape, TokenGrid } from '../core/token-grid.ts';
import { number, useTexts } from '../i18n/index.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { LiveCanvas } from '../ui/live-canvas.tsx';
import { ring, type ThemeColours, useThemeColours } from '../ui/theme.ts';
import type { Point } from '../ui/viewport.ts';
import { bitsOf } from './codebook-facts.ts';
import type { CompareLink } from './compare-link.ts';
import styles from './compare-loupe.module.css';

interface CompareLoupeProps {
  readonly link: CompareLink;
  readonly source: Picture;
  readonly reconstruction: Picture;
  readonly grid: TokenGrid;
  readonly codebookSize: number;
  /** Side of each of the two, CSS pixels. */
  readonly side: number;
  readonly className?: string | undefined;
}

/** Room for the names under the two, also where the loupes themselves are smaller. */
const NAMED = 94;

/** The pixels around the pointer in source and reconstruction, with the values of the one under it and its token. */
export function CompareLoupe(props: CompareLoupeProps) {
  const { link, source, reconstruction, grid, codebookSize, side } = props;
  const { t } = useTexts();
  const place = useRef<HTMLSpanElement>(null);
  const token = useRef<HTMLSpanElement>(null);
  const bits = useRef<HTMLSpanElement>(null);
  useLive(link, (at) => {
    const pixel = pixelAt(at, source);
    const value = tokenAt(at, grid);
    place.current!.textContent = `${pixel.x}, ${pixel.y}`;
    token.current!.textContent = number(value);
    bits.current!.textContent = value.toString(2).padStart(bitsOf(codebookSize), '0');
  });
  return (
    <div className={props.className} style={{ width: 2 * Math.max(side, NAMED) + 16 }}>
      <div className={styles.caption}>
        <b>{t('compare.atPointer')}</b>
        <span className="number" ref={place} title={t('compare.pixelPosition')} />
      </div>
      <div className={styles.pair}>
        <Loupe link={link} picture={source} shape={grid.shape} side={side} title={t('words.source')} />
        <Loupe
          link={link}
          picture={reconstruction}
          shape={grid.shape}
          side={side}
          title={t('words.reconstruction')}
          against={source}
        />
      </div>
      <div className={styles.token}>
        <span className="caption">{t('words.token')}</span>
        <span className={styles.number} ref={token} />
        <span className={styles.bits} ref={bits} />
      </div>
    </div>
  );
}

interface LoupeProps {
  readonly link: CompareLink;
  readonly picture: Picture;
  readonly shape: GridShape;
  readonly side: number;
  readonly title: string;
  /** The values are said beside their difference from this picture. */
  readonly against?: Picture;
}

function Loupe({ link, picture, shape, side, title, against }: LoupeProps) {
  const colours = useThemeColours();
  const swatch = useRef<HTMLElement>(null);
  const values = useRef<HTMLSpanElement>(null);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => drawLoupe(context, picture, shape, link, side, colours),
    [picture, shape, link, side, colours],
  );
  useLive(link, (at) => {
    const [red, green, blue] = colourAt(at, picture);
    swatch.current!.style.background = `rgb(${red} ${green} ${blue})`;
    const other = against && colourAt(at, against);
    [red, green, blue].forEach((value, channel) => {
      const row = values.current!.children[channel]!;
      row.children[1]!.textContent = String(value);
      row.children[2]!.textContent = other ? signed(value - other[channel]!) : '';
    });
  });
  return (
    <figure style={{ width: Math.max(side, NAMED) }}>
      <LiveCanvas width={side} height={side} draw={draw} subscribe={link.pointer.subscribe} role="img" aria-label={title} />
      <figcaption>{title}</figcaption>
      <i ref={swatch} className={styles.swatch} />
      <span ref={values} className={styles.values} data-small={side < 116 || undefined}>
        {['R', 'G', 'B'].map((channel) => (
          <span key={channel}>
            <em>{channel}</em>
            <b />
            <small />
          </span>
        ))}
      </span>
    </figure>
  );
}

/** Runs `show` with the pointer now and after every move, at most once for each frame of the screen. */
function useLive(link: CompareLink, show: (at: Point) => void): void {
  const latest = useRef(show);
  useEffect(() => {
    latest.current = show;
    show(link.pointer.getState());
  });
  useEffect(() => {
    let frame = 0;
    const stop = link.pointer.subscribe(() => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        latest.current(link.pointer.getState());
      });
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [link]);
}

function drawLoupe(
  context: CanvasRenderingContext2D,
  picture: Picture,
  shape: GridShape,
  link: CompareLink,
  side: number,
  colours: ThemeColours,
): void {
  const at = link.pointer.getState();
  const pixel = pixelAt(at, picture);
  const count = (link.loupePixels * picture.width) / link.frame.picture.width;
  const scale = side / count;
  const left = pixel.x + 0.5 - count / 2;
  const top = pixel.y + 0.5 - count / 2;
  context.fillStyle = colours.faint;
  context.fillRect(0, 0, side, side);
  context.imageSmoothingEnabled = false;
  context.drawImage(bitmapOf(picture), -left * scale, -top * scale, picture.width * scale, picture.height * scale);
  const cell = { width: picture.width / shape.w, height: picture.height / shape.h };
  const column = Math.min(shape.w - 1, Math.floor(at.x * shape.w));
  const row = Math.min(shape.h - 1, Math.floor(at.y * shape.h));
  const outline = [
    (column * cell.width - left) * scale,
    (row * cell.height - top) * scale,
    cell.width * scale,
    cell.height * scale,
  ] as const;
  context.strokeStyle = colours.halo;
  context.lineWidth = 3;
  context.strokeRect(...outline);
  context.strokeStyle = colours.accent;
  context.lineWidth = 1.25;
  context.strokeRect(...outline);
  ring(context, colours, (pixel.x - left) * scale, (pixel.y - top) * scale, scale, scale, 1.5);
  context.strokeStyle = colours.accent;
  context.lineWidth = 4;
  context.strokeRect(0, 0, side, side);
}

/** The pixel at a place given in fractions of the picture. */
function pixelAt(at: Point, { width, height }: Picture): Point {
  return { x: Math.min(width - 1, Math.floor(at.x * width)), y: Math.min(height - 1, Math.floor(at.y * height)) };
}

/** 8-bit red, green and blue, from the picture's own array. */
function colourAt(at: Point, picture: Picture): readonly [number, number, number] {
  const { x, y } = pixelAt(at, picture);
  const offset = (y * picture.width + x) * 4;
  return [picture.data[offset]!, picture.data[offset + 1]!, picture.data[offset + 2]!];
}

function tokenAt(at: Point, { shape, tokens }: TokenGrid): number {
  const column = Math.min(shape.w - 1, Math.floor(at.x * shape.w));
  const row = Math.min(shape.h - 1, Math.floor(at.y * shape.h));
  return tokens[row * shape.w + column]!;
}

function signed(value: number): string {
  return value < 0 ? `−${-value}` : `+${value}`;
}
