"""Clips decoded once into one memory-mapped array; random windows of them, and camera moves over photos."""

import json
import math
import random
from pathlib import Path

import av
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from data import Photos, jitter


class Clips(Photos):
    """All clips of a folder, in one flat uint8 file with an index of shapes beside it."""

    def __init__(self, folder: Path, cache: Path):
        pixels_file, index_file = cache / "clips.u8", cache / "clips.json"
        if not index_file.exists():
            cache.mkdir(parents=True, exist_ok=True)
            decode_clips(folder, pixels_file, index_file)
        self.index = json.loads(index_file.read_text())
        self.pixels = np.memmap(pixels_file, np.uint8, "r")

    def __getitem__(self, number: int) -> np.ndarray:
        offset, *shape = self.index[number]
        return self.pixels[offset : offset + math.prod(shape) * 3].reshape(*shape, 3)


def read_clip(file: Path) -> np.ndarray:
    """T x H x W x 3, 8 bits."""
    with av.open(str(file)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def decode_clips(folder: Path, pixels_file: Path, index_file: Path) -> None:
    files = sorted(folder.rglob("*.mp4"))
    if not files:
        raise SystemExit(f"no clips in {folder}")
    index, offset = [], 0
    with open(pixels_file, "wb") as out:
        for file in files:
            clip = read_clip(file)
            out.write(clip.tobytes())
            index.append((offset, *clip.shape[:3]))
            offset += clip.size
    index_file.write_text(json.dumps(index))


class ClipCrops:
    """Batches of random windows in [-1, 1], N x 3 x T x H x W: several scales, flips, reversal, slight colour jitter.

    A share of them are smooth camera moves over photos; single frames come from photos alone.
    """

    def __init__(self, clips: Clips, photos: Photos, moves_share: float, seed: int):
        self.clips, self.photos, self.moves_share = clips, photos, moves_share
        self.random = random.Random(seed)

    def batch(self, count: int, frames: int, size: int) -> Tensor:
        windows = np.stack([self._window(frames, size) for _ in range(count)])
        x = torch.from_numpy(windows).permute(0, 4, 1, 2, 3).float() / 127.5 - 1
        # Jitter knows pictures: the frames of a clip share theirs, stacked on top of each other.
        return jitter(x.flatten(2, 3)).unflatten(2, (frames, size)).contiguous()

    def _window(self, frames: int, size: int) -> np.ndarray:
        pick = self.random
        moves = frames == 1 or pick.random() < self.moves_share
        window = self._camera_move(frames, size) if moves else self._cut(frames, size)
        if pick.random() < 0.5:
            window = window[:, :, ::-1]
        return window[::-1] if pick.random() < 0.3 else window

    def _cut(self, frames: int, size: int) -> np.ndarray:
        pick = self.random
        while True:
            clip = self.clips[pick.randrange(len(self.clips))]
            stride = 2 if pick.random() < 0.25 else 1
            span = stride * (frames - 1) + 1
            if len(clip) >= span:
                break
        height, width = clip.shape[1:3]
        side = min(round(size * 2 ** pick.triangular(-0.4, 1.0, 0.15)), height, width)
        start = pick.randint(0, len(clip) - span)
        top, left = pick.randint(0, height - side), pick.randint(0, width - side)
        cut = clip[start : start + span : stride, top : top + side, left : left + side]
        if side == size:
            return np.asarray(cut)
        resized = (
            Image.fromarray(frame).resize((size, size), Image.Resampling.LANCZOS) for frame in np.ascontiguousarray(cut)
        )
        return np.stack([np.asarray(frame) for frame in resized])

    def _camera_move(self, frames: int, size: int) -> np.ndarray:
        """A view that pans, zooms and turns slowly over a photo; outside the photo it is mirrored away from."""
        pick = self.random
        photo = self.photos[pick.randrange(len(self.photos))]
        height, width = photo.shape[:2]
        picture = Image.fromarray(np.ascontiguousarray(photo))
        # Source pixels per pixel of the view at both ends, and the view's half side in the source.
        scales = [2 ** pick.triangular(-0.4, 0.8, 0.1) for _ in range(2)] if frames > 1 else [2 ** pick.uniform(-0.4, 0.8)]
        scales = [min(scale, 0.95 * min(height, width) / size) for scale in scales]
        speed = 0 if pick.random() < 0.2 else pick.triangular(0, 4, 0.7)  # pixels a frame
        heading, turn = pick.uniform(0, 2 * math.pi), pick.gauss(0, 0.004) * (frames > 1)
        half = max(scales) * size / 2
        x, y = pick.uniform(half, width - half), pick.uniform(half, height - half)
        angle, bend, views = 0.0, pick.gauss(0, 0.08), []
        for t in range(frames):
            part = t / max(1, frames - 1)
            part = part * part * (3 - 2 * part)
            scale = scales[0] ** (1 - part) * scales[-1] ** part
            half = scale * size / 2
            views.append(self._view(picture, x, y, scale, angle, size))
            heading, angle = heading + bend, angle + turn
            x, dx = bounce(x + speed * math.cos(heading), half, width - half)
            y, dy = bounce(y + speed * math.sin(heading), half, height - half)
            if dx or dy:
                heading = math.atan2(math.sin(heading) * (-1 if dy else 1), math.cos(heading) * (-1 if dx else 1))
        return np.stack(views)

    @staticmethod
    def _view(picture: Image.Image, x: float, y: float, scale: float, angle: float, size: int) -> np.ndarray:
        c, s, middle = scale * math.cos(angle), scale * math.sin(angle), size / 2
        affine = (c, -s, x - c * middle + s * middle, s, c, y - s * middle - c * middle)
        view = picture.transform((size, size), Image.Transform.AFFINE, affine, Image.Resampling.BICUBIC)
        return np.asarray(view)


def bounce(at: float, low: float, high: float) -> tuple[float, bool]:
    """The position kept within bounds, and whether it had left them."""
    return (min(max(at, low), max(low, high)), not low <= at <= high)
