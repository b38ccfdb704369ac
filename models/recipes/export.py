"""Export a training state: python export.py --state runs/vqgan-f8/state.pt --pictures kodak --machine "..."

Writes OUT/<model>/: weights.safetensors (averaged weights, fp16), codebook.safetensors (float32, as looked
up), network.json, training.json, and check.safetensors (64 x 64) and check-full.safetensors (256 x 256) with
the tokens, latents and reconstruction that float32 PyTorch gives with the fp16-rounded weights.
"""

import argparse
import json
import os
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from configs import load_recipe
from evaluate import centre, evaluate, list_pictures, to_input
from tokenizer import Tokenizer, from_state

DATA = (
    "{photos} photographs from public GitHub repositories (ImageNet samples, BSDS500, COCO, Open Images, Foodish, "
    "free-exercise-db, Urban100 and others), short side 256, random crops at several scales; about {drawn:.0%} of the crops "
    "hold drawn text, shapes or gradients. About 480 photos are public domain, 400 under CC BY, CC BY-SA, MIT or similar; "
    "the others are under research or unlisted terms, or without a statement: for research and teaching."
)


def write(save, file: Path, content) -> None:
    """Under a temporary name first, so that a reader never sees half a file."""
    temporary = file.with_name("." + file.name)
    save(content, temporary)
    temporary.chmod(0o644)
    os.replace(temporary, file)


def write_json(content: dict, file: Path) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n")


@torch.no_grad()
def check(tokenizer: Tokenizer, pixels: Tensor, suffix: str = "") -> dict[str, Tensor]:
    latents = tokenizer.encode(pixels)
    tokens = tokenizer.tokens(latents)
    tensors = {
        "input": pixels,
        "latents": latents,
        "tokens": tokens.to(torch.int32),
        "reconstruction": tokenizer.decode(tokens),
    }
    return {name + suffix: tensor.contiguous() for name, tensor in tensors.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--state", required=True, type=Path)
    parser.add_argument("--pictures", required=True, type=Path, help="held-out pictures for the figures")
    parser.add_argument("--machine", required=True, help="the machine that trained it, in words")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    tokenizer, state = from_state(arguments.state)
    recipe = load_recipe(state["model"])
    files = list_pictures(arguments.pictures)
    figures, _ = evaluate(tokenizer, files)
    training = {
        "minutes": round(state["seconds"] / 60, 1),
        "machine": arguments.machine,
        "threads": state["threads"],
        "steps": state["step"],
        "adversarialSteps": state["critic_steps"],
        "loss": recipe.loss_sentence,
        "data": DATA.format(photos=state["photos"], drawn=recipe.drawn_share),
        "kodak": figures,
    }
    picture = centre(files[len(files) // 2], 256)
    small = to_input(picture[96:160, 96:160])

    folder = arguments.out / recipe.id
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: w.half().contiguous() for name, w in tokenizer.network.state_dict().items()}
    write(save_file, folder / "weights.safetensors", weights)
    write(save_file, folder / "codebook.safetensors", {"codebook": tokenizer.codebook.contiguous()})
    write(write_json, folder / "network.json", recipe.network.to_json())
    write(save_file, folder / "check.safetensors", check(tokenizer, small))
    write(save_file, folder / "check-full.safetensors", check(tokenizer, to_input(picture), "_full"))
    write(write_json, folder / "training.json", training)
    print(recipe.id, json.dumps(figures))


if __name__ == "__main__":
    main()
