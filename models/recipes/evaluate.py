"""Figures on held-out pictures: python evaluate.py --model out/vqgan-f8 --pictures kodak

The centre 512 x 512 of every picture goes through in one piece.
PSNR: on 8-bit RGB after clamp and rounding, mean over pictures. Usage, perplexity and dead entries:
over the tokens of all pictures together. Sharpness: mean gradient magnitude of the reconstruction over
that of the source, on luma (BT.601), mean over pictures.
--sheet writes a picture of sources over reconstructions.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

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


@torch.no_grad()
def evaluate(tokenizer: Tokenizer, files: list[Path], size: int = 512) -> tuple[dict, list]:
    scores, sharpness, pairs = [], [], []
    wins = torch.zeros(len(tokenizer.codebook), dtype=torch.long)
    for file in files:
        source = centre(file, size)
        tokens = tokenizer.tokens(tokenizer.encode(to_input(source)))
        reconstruction = to_bytes(tokenizer.decode(tokens))
        wins += torch.bincount(tokens.flatten(), minlength=len(wins))
        scores.append(psnr(source, reconstruction))
        sharpness.append(mean_gradient(reconstruction) / mean_gradient(source))
        pairs.append((source, reconstruction))
    share = wins.double() / wins.sum()
    figures = {
        "pictures": len(files),
        "size": size,
        "psnr": round(float(np.mean(scores)), 3),
        "usage": round(float((wins > 0).double().mean()), 4),
        "perplexity": round(float(torch.special.entr(share).sum().exp()), 1),
        "dead": int((wins == 0).sum()),
        "sharpness": round(float(np.mean(sharpness)), 3),
    }
    return figures, pairs


def contact_sheet(pairs: list, columns: int = 4) -> Image.Image:
    rows = []
    for start in range(0, len(pairs), columns):
        part = pairs[start : start + columns]
        part += [(np.zeros_like(part[0][0]),) * 2] * (columns - len(part))
        rows += [np.concatenate([pair[i] for pair in part], axis=1) for i in (0, 1)]
    return Image.fromarray(np.concatenate(rows))


def list_pictures(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in (".png", ".jpg", ".jpeg"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", required=True, type=Path, help="exported folder or state.pt")
    parser.add_argument("--pictures", required=True, type=Path)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--sheet-pictures", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    source = arguments.model
    tokenizer = from_folder(source) if source.is_dir() else from_state(source)[0]
    figures, pairs = evaluate(tokenizer, list_pictures(arguments.pictures))
    print(json.dumps(figures))
    if arguments.sheet:
        contact_sheet(pairs[: arguments.sheet_pictures]).save(arguments.sheet)


if __name__ == "__main__":
    main()
