"""Figures on held-out pictures and clips: python evaluate.py --model out/vqgan-f8 --pictures kodak

Pictures: the centre 512 x 512 goes through in one piece.
Clips (--clips, for models of clips): scaled to a short side of 128 (Lanczos), centre 128 x 128, in windows of 16 (causal: 17)
frames that follow each other; a rest that is too short for a window is left out. Frames count as pictures.
PSNR: on 8-bit RGB after clamp and rounding, mean over pictures. Usage, perplexity and dead entries:
over the tokens of all pictures together. Sharpness: mean gradient magnitude of the reconstruction over
that of the source, on luma (BT.601), mean over pictures. Flicker: mean absolute difference of neighbouring frames over
the 8 x 8 blocks in which the source is still (its own difference is at most 2 of 255), over the source's own there, which counts
as at least half a level; mean over clips, counted across windows too. Entropy: of the joint token frequencies, in bits.
--sheet writes a picture of sources over reconstructions: crops of pictures, or three moments of each clip.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from data3d import read_clip
from tokenizer import Tokenizer, from_folder, from_state


def centre(file: Path, size: int) -> np.ndarray:
    picture = Image.open(file).convert("RGB")
    left, top = (picture.width - size) // 2, (picture.height - size) // 2
    return np.asarray(picture.crop((left, top, left + size, top + size)))


def to_input(picture: np.ndarray) -> Tensor:
    return torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def to_bytes(reconstruction: Tensor) -> np.ndarray:
    scaled = ((reconstruction[0].clamp(-1, 1) + 1) * 127.5).round()
    return scaled.permute(1, 2, 0).to(torch.uint8).numpy()


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return 10 * math.log10(255**2 / np.mean((a.astype(np.float64) - b) ** 2))


def mean_gradient(picture: np.ndarray) -> float:
    luma = picture @ np.array([0.299, 0.587, 0.114])
    across, down = np.diff(luma, axis=1)[:-1], np.diff(luma, axis=0)[:, :-1]
    return float(np.hypot(across, down).mean())


class Histogram:
    """How often each token was seen."""

    def __init__(self, size: int):
        self.wins = torch.zeros(size, dtype=torch.long)

    def add(self, tokens: Tensor) -> None:
        self.wins += torch.bincount(tokens.flatten(), minlength=len(self.wins))

    def figures(self) -> dict:
        share = self.wins.double() / self.wins.sum()
        entropy = float(torch.special.entr(share).sum())
        return {
            "usage": round(float((self.wins > 0).double().mean()), 4),
            "perplexity": round(math.exp(entropy), 1),
            "entropy": round(entropy / math.log(2), 3),
            "dead": int((self.wins == 0).sum()),
        }


@torch.no_grad()
def evaluate(
    tokenizer: Tokenizer, files: list[Path], size: int = 512, joint: Histogram | None = None
) -> tuple[dict, list]:
    """Tokens are also added to `joint`. A model of clips reads a picture as a clip of one frame."""
    scores, sharpness, pairs = [], [], []
    seen = Histogram(len(tokenizer.codebook))
    clips = hasattr(tokenizer.settings, "causal")
    for file in files:
        source = centre(file, size)
        pixels = to_input(source)
        tokens = tokenizer.tokens(tokenizer.encode(pixels[:, :, None] if clips else pixels))
        decoded = tokenizer.decode(tokens)
        reconstruction = to_bytes(decoded[:, :, 0] if clips else decoded)
        for histogram in (seen, joint):
            if histogram:
                histogram.add(tokens)
        scores.append(psnr(source, reconstruction))
        sharpness.append(mean_gradient(reconstruction) / mean_gradient(source))
        pairs.append((source, reconstruction))
    figures = {
        "pictures": len(files),
        "size": size,
        "psnr": round(float(np.mean(scores)), 3),
        **seen.figures(),
        "sharpness": round(float(np.mean(sharpness)), 3),
    }
    return figures, pairs


def centre_clip(file: Path, size: int) -> np.ndarray:
    frames = []
    for frame in map(Image.fromarray, read_clip(file)):
        scale = size / min(frame.size)
        width, height = (round(side * scale) for side in frame.size)
        scaled = frame.resize((width, height), Image.Resampling.LANCZOS)
        left, top = (width - size) // 2, (height - size) // 2
        frames.append(np.asarray(scaled.crop((left, top, left + size, top + size))))
    return np.stack(frames)


def measure_flicker(source: np.ndarray, reconstruction: np.ndarray, block: int = 8, still: float = 2.0) -> float:
    """Change of the reconstruction over that of the source where the source is still, as src/metrics/clip/flicker.ts."""
    own, moved = (blocks_of_change(clip, block) for clip in (source, reconstruction))
    where = own <= still
    return float(moved[where].sum() / max(own[where].sum(), 0.5 * where.sum())) if where.any() else math.nan


def blocks_of_change(clip: np.ndarray, block: int) -> np.ndarray:
    """Mean absolute difference of neighbouring frames in each block."""
    change = np.abs(np.diff(clip.astype(np.float32), axis=0)).mean(-1)
    count, height, width = change.shape
    return change.reshape(count, height // block, block, width // block, block).mean((2, 4))


@torch.no_grad()
def evaluate_clips(
    tokenizer: Tokenizer, files: list[Path], size: int = 128, joint: Histogram | None = None
) -> tuple[dict, list]:
    scores, sharpness, flicker, pairs = [], [], [], []
    seen = Histogram(len(tokenizer.codebook))
    span = 17 if tokenizer.settings.causal else 16
    for file in files:
        clip = centre_clip(file, size)
        clip = clip[: len(clip) // span * span]
        parts = []
        for window in np.split(clip, len(clip) // span):
            pixels = torch.from_numpy(window).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
            tokens = tokenizer.tokens(tokenizer.encode(pixels))
            decoded = tokenizer.decode(tokens)
            parts += [to_bytes(frame[None]) for frame in decoded[0].unbind(1)]
            for histogram in (seen, joint):
                if histogram:
                    histogram.add(tokens)
        reconstruction = np.stack(parts)
        scores.append(np.mean([psnr(a, b) for a, b in zip(clip, reconstruction)]))
        sharpness.append(np.mean([mean_gradient(b) / mean_gradient(a) for a, b in zip(clip, reconstruction)]))
        flicker.append(measure_flicker(clip, reconstruction))
        pairs.append((clip, reconstruction))
    figures = {
        "clips": len(files),
        "size": size,
        "frames": span,
        "psnr": round(float(np.mean(scores)), 3),
        "psnrPerClip": [round(float(score), 2) for score in scores],
        **seen.figures(),
        "sharpness": round(float(np.mean(sharpness)), 3),
        "flicker": round(float(np.nanmean(flicker)), 3),
        "flickerPerClip": [round(float(value), 2) for value in flicker],
    }
    return figures, pairs


def contact_sheet(pairs: list, columns: int = 4) -> Image.Image:
    rows = []
    for start in range(0, len(pairs), columns):
        part = pairs[start : start + columns]
        part += [(np.zeros_like(part[0][0]),) * len(part[0])] * (columns - len(part))
        rows += [np.concatenate([pair[i] for pair in part], axis=1) for i in range(len(part[0]))]
    return Image.fromarray(np.concatenate(rows))


def picture_pairs(pairs: list, side: int = 256) -> list:
    """Source, reconstruction and difference (times 2, around grey), a centre crop of each."""
    result = []
    for pair in pairs:
        at = (pair[0].shape[0] - side) // 2
        source, copy = (picture[at : at + side, at : at + side] for picture in pair)
        difference = np.clip(128 + 2 * (copy.astype(int) - source), 0, 255).astype(np.uint8)
        result.append((source, copy, difference))
    return result


def clip_pairs(pairs: list) -> list:
    """The first frames of each clip, four apart, side by side."""
    strips = [tuple(np.concatenate(list(clip[2:14:4]), axis=1) for clip in pair) for pair in pairs]
    return [
        (a, b, np.clip(128 + 2 * (b.astype(int) - a), 0, 255).astype(np.uint8)) for a, b in strips
    ]


def save_sheet(sheet: Image.Image, file: Path, limit: int = 150_000) -> None:
    """Lossy files stay under `limit` bytes."""
    for quality in range(90, 10, -5):
        sheet.save(file, quality=quality)
        if file.stat().st_size < limit or file.suffix == ".png":
            return


def list_pictures(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in (".png", ".jpg", ".jpeg"))


def list_clips(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() == ".mp4")


def evaluate_all(tokenizer: Tokenizer, pictures: Path | None, clips: Path | None) -> tuple[dict, Image.Image]:
    """The figures of whatever the model reads, and a contact sheet of eight pictures or clips."""
    result, rows, columns = {}, [], 4
    of_clips = hasattr(tokenizer.settings, "causal")
    joint = Histogram(len(tokenizer.codebook))
    if pictures and (not of_clips or tokenizer.settings.causal):
        result["kodak"], pairs = evaluate(tokenizer, list_pictures(pictures), joint=joint)
        rows = picture_pairs(pairs[::3])
    if of_clips and clips:
        result["clips"], pairs = evaluate_clips(tokenizer, list_clips(clips), joint=joint)
        rows, columns = clip_pairs(pairs), 2
        if "kodak" in result:
            result["together"] = joint.figures()
    return result, contact_sheet(rows, columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", required=True, type=Path, help="exported folder or state.pt")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    source = arguments.model
    tokenizer = from_folder(source) if source.is_dir() else from_state(source)[0]
    figures, sheet = evaluate_all(tokenizer, arguments.pictures, arguments.clips)
    print(json.dumps(figures))
    if arguments.sheet:
        save_sheet(sheet, arguments.sheet)


if __name__ == "__main__":
    main()
