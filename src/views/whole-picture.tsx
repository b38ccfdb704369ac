import { useCallback } from 'react';
import type { Picture } from '../core/picture.ts';
import type { GridShape } from '../core/token-grid.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { CellPicture } from './cell-picture.tsx';

interface WholePictureProps {
  readonly anchor: 'source' | 'reconstruction';
  readonly label: string;
  readonly picture: Picture;
  readonly shape: GridShape;
  readonly recorded: boolean;
  readonly width: number;
  readonly height: number;
}

/** The source or the reconstruction, smooth where it is scaled down, in its own pixels where it is scaled up. */
export function WholePicture({ picture, width, height, ...rest }: WholePictureProps) {
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.imageSmoothingEnabled = width < picture.width * 2;
      context.imageSmoothingQuality = 'high';
      context.drawImage(bitmapOf(picture), 0, 0, width, height);
    },
    [picture, width, height],
  );
  return <CellPicture {...rest} width={width} height={height} draw={draw} />;
}
