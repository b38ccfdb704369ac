"""Photos decoded once into one memory-mapped array, and random training crops from it."""

import json
import random
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

WORDS = (
    "open exit coffee station platform north market level press start menu page total map "
    "street river garden token pixel book 2024 1995 0123 48 % & ? ! no yes museum hotel school"
).split()


class Photos:
    """All photos of a folder, in one flat uint8 file with an index of shapes beside it."""

    def __init__(self, folder: Path, cache: Path):
        pixels_file, index_file = cache / "photos.u8", cache / "photos.json"
        if not index_file.exists():
            cache.mkdir(parents=True, exist_ok=True)
            decode_folder(folder, pixels_file, index_file)
        self.index = json.loads(index_file.read_text())
        self.pixels = np.memmap(pixels_file, np.uint8, "r")

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, number: int) -> np.ndarray:
        offset, height, width = self.index[number]
        return self.pixels[offset : offset + height * width * 3].reshape(height, width, 3)


def decode_folder(folder: Path, pixels_file: Path, index_file: Path) -> None:
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not files:
        raise SystemExit(f"no photos in {folder}")
    index, offset = [], 0
    with open(pixels_file, "wb") as out:
        for file in files:
            picture = Image.open(file).convert("RGB")
            out.write(picture.tobytes())
            index.append((offset, picture.height, picture.width))
            offset += 3 * picture.height * picture.width
    index_file.write_text(json.dumps(index))


class Crops:
    """Batches of random crops in [-1, 1]: several scales, flips, slight colour jitter, drawings."""

    def __init__(self, photos: Photos, drawn_share: float, seed: int):
        self.photos = photos
        self.drawn_share = drawn_share
        self.random = random.Random(seed)

    def batch(self, count: int, size: int) -> Tensor:
        pictures = np.stack([self._picture(size) for _ in range(count)])
        x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
        return jitter(x).contiguous(memory_format=torch.channels_last)

    def _picture(self, size: int) -> np.ndarray:
        draw = self.random.random()
        if draw < self.drawn_share / 2:
            picture = drawing(self.random, size)
        else:
            picture = self._crop(size)
            if draw < self.drawn_share:
                picture = draw_over(self.random, picture)
        return np.asarray(picture)

    def _crop(self, size: int) -> Image.Image:
        pick = self.random
        while True:
            photo = self.photos[pick.randrange(len(self.photos))]
            height, width = photo.shape[:2]
            # Mostly near the photo's own scale: side from 0.75 to 2 times the crop's.
            side = round(size * 2 ** pick.triangular(-0.4, 1.0, 0.0))
            side = min(side, height, width)
            if side >= 0.6 * size:
                break
        top, left = pick.randint(0, height - side), pick.randint(0, width - side)
        cut = photo[top : top + side, left : left + side]
        if pick.random() < 0.5:
            cut = cut[:, ::-1]
        picture = Image.fromarray(np.ascontiguousarray(cut))
        return picture if side == size else picture.resize((size, size), Image.Resampling.LANCZOS)


def jitter(x: Tensor) -> Tensor:
    count = x.shape[0]
    gain = 1 + 0.12 * (torch.rand(count, 1, 1, 1) - 0.5) + 0.08 * (torch.rand(count, 3, 1, 1) - 0.5)
    shift = 0.1 * (torch.rand(count, 1, 1, 1) - 0.5)
    return (x * gain + shift).clamp(-1, 1)


def colour(pick: random.Random) -> tuple[int, int, int]:
    if pick.random() < 0.3:
        return (pick.choice((0, 20, 235, 255)),) * 3
    return (pick.randrange(256), pick.randrange(256), pick.randrange(256))


def drawing(pick: random.Random, size: int) -> Image.Image:
    """A gradient with shapes and words on it."""
    ramp = np.linspace(0, 1, size, dtype=np.float32)
    angle = pick.random()
    mix = (angle * ramp[:, None] + (1 - angle) * ramp[None, :])[..., None]
    ends = np.float32([colour(pick), colour(pick)])
    picture = Image.fromarray((ends[0] * (1 - mix) + ends[1] * mix).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for _ in range(pick.randrange(6)):
        x, y = pick.randrange(size), pick.randrange(size)
        box = (x, y, x + pick.randrange(4, size), y + pick.randrange(4, size))
        shape = pick.choice((pen.rectangle, pen.ellipse, pen.line))
        if shape == pen.line:
            pen.line(box, fill=colour(pick), width=pick.randrange(1, 6))
        else:
            shape(box, fill=colour(pick))
    return draw_over(pick, picture)


def draw_over(pick: random.Random, picture: Image.Image) -> Image.Image:
    """A few lines of text over a picture."""
    picture = picture.copy()
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(pick.randrange(9, 36))
    fill, left = colour(pick), pick.randrange(-4, picture.width // 3)
    top = pick.randrange(picture.height)
    for line in range(pick.randrange(1, 4)):
        words = " ".join(pick.choices(WORDS, k=3))
        words = pick.choice((words, words.title(), words.upper()))
        pen.text((left, top + line * font.size * 1.2), words, fill=fill, font=font)
    return picture
