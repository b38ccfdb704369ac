"""Export a training state: python export.py --state runs/vqgan-f8/state.pt --pictures kodak --machine "..."

Writes OUT/<model>/: weights.safetensors (averaged weights, fp16), codebook.safetensors (float32, as looked up; none for
lookup-free), network.json, training.json, sheet.webp, and check.safetensors (tiny) and check-full.safetensors with
the tokens, latents and reconstruction that float32 PyTorch gives with the fp16-rounded weights. Where a model for pictures
was trained with a discriminator, also discriminator.safetensors (fp16, spectral norm multiplied out), discriminator.json
and discriminator-check.safetensors.
"""

import argparse
import json
import os
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from configs import Recipe, load_recipe
from evaluate import centre, centre_clip, evaluate_all, list_clips, list_pictures, save_sheet, to_input
from losses import Discriminator
from tokenizer import Tokenizer, from_state

DATA = (
    "{photos} photographs from public GitHub repositories (ImageNet samples, BSDS500, COCO, Open Images, Foodish, "
    "free-exercise-db, Urban100 and others), short side 256, random crops at several scales; about {drawn:.0%} of the crops "
    "hold drawn text, shapes or gradients. About 480 photos are public domain, 400 under CC BY, CC BY-SA, MIT or similar; "
    "the others are under research or unlisted terms, or without a statement: for research and teaching."
)


CLIP_DATA = (
    "{clips} clips with a short side of 144 (from about 190 source videos: robot scenes, street and sign-language samples, video "
    "editing demonstrations, DAVIS, MSVD, Big Buck Bunny and others), random windows of every or every second frame; {moves:.0%} of the "
    "windows{pictures} are synthetic camera moves over {photos} photographs. 108 clips are CC BY or CC BY-SA, 2 MIT, the others without "
    "a clear statement for the footage: for research and teaching. It started as {start}; the photographs are those of that model's card."
)


def describe_data(recipe: Recipe, state: dict) -> str:
    if not recipe.clips:
        return DATA.format(photos=state["photos"], drawn=recipe.drawn_share)
    batches = recipe.clips.batches
    stills = sum(frames == 1 for _, frames, _ in batches)
    pictures = f" (but in {stills} of {len(batches)} steps, which read single photographs)" if stills else ""
    return CLIP_DATA.format(
        clips=state["clips"], photos=state["photos"], moves=recipe.clips.moves_share,
        start=recipe.clips.start_from, pictures=pictures,
    )


def describe_loss(recipe: Recipe, state: dict) -> str:
    """A run that ended before its adversarial part took hold has no such part to tell of."""
    if not recipe.adversarial or state["critic_steps"] >= recipe.adversarial.ramp:
        return recipe.loss_sentence
    return recipe.loss_sentence.split("; in the ")[0] + ". The run ended before the recipe's discriminator took part."


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


def cut_checks(recipe: Recipe, pictures: Path | None, clips: Path | None) -> tuple[Tensor, Tensor]:
    """A tiny and a full input from the middle of the held-out files."""
    if not recipe.clips:
        files = list_pictures(pictures)
        picture = centre(files[len(files) // 2], 256)
        return to_input(picture[96:160, 96:160]), to_input(picture)
    causal = recipe.network.causal
    clip = torch.from_numpy(centre_clip(list_clips(clips)[1], 128)[: 17 if causal else 16])
    full = clip.permute(3, 0, 1, 2)[None].float() / 127.5 - 1
    return full[:, :, : 9 if causal else 16, 48:80, 48:80].contiguous(), full.contiguous()


@torch.no_grad()
def write_discriminator(state: dict, pixels: Tensor, folder: Path) -> None:
    critic = Discriminator()
    critic.load_state_dict(state["discriminator"])
    critic.eval()
    names = [*(f"layers.{i}" for i in range(len(critic.layers))), "mix", "verdict"]
    weights = {}
    for name in names:
        conv = critic.get_submodule(name)
        torch.nn.utils.parametrize.remove_parametrizations(conv, "weight")
        for kind in ("weight", "bias"):
            half = getattr(conv, kind).half()
            weights[f"{name}.{kind}"] = half.contiguous()
            getattr(conv, kind).copy_(half.float())
    layers = [
        {
            "name": name,
            "kernel": critic.get_submodule(name).kernel_size[0],
            "stride": critic.get_submodule(name).stride[0],
            "pad": critic.get_submodule(name).padding[0],
            "inputs": critic.get_submodule(name).in_channels,
            "outputs": critic.get_submodule(name).out_channels,
            "activation": None if name == "verdict" else "leaky-relu",
        }
        for name in names
    ]
    write(save_file, folder / "discriminator.safetensors", weights)
    write_json(
        {
            "input": "6 channels: the pixels in [-1, 1] (RGB), then 3 x (pixels - their mean over the 3 x 3 window around "
            "each pixel; at the border the mean over the pixels inside the picture)",
            "leak": 0.2,
            "layers": layers,
            "output": "one logit per patch: above 0 the critic takes it for a photo, below for a reconstruction",
            "trainedSteps": state["critic_steps"],
        },
        folder / "discriminator.json",
    )
    logits, _ = critic(pixels)
    write(save_file, folder / "discriminator-check.safetensors", {"input": pixels.contiguous(), "logits": logits})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--state", required=True, type=Path)
    parser.add_argument("--pictures", required=True, type=Path, help="held-out pictures for the figures")
    parser.add_argument("--clips", type=Path, help="held-out clips, for a model of clips")
    parser.add_argument("--machine", required=True, help="the machine that trained it, in words")
    parser.add_argument("--after", help='what the weights had behind them at the start of this run ("109 minutes, 5,153 steps")')
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "out")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    tokenizer, state = from_state(arguments.state)
    recipe = load_recipe(state["model"])
    if recipe.clips and not arguments.clips:
        parser.error(f"{recipe.id} also needs --clips")
    figures, sheet = evaluate_all(tokenizer, arguments.pictures, arguments.clips)
    training = {
        "minutes": round(state["seconds"] / 60, 1),
        "machine": arguments.machine,
        **({"after": arguments.after} if arguments.after else {}),
        "threads": state["threads"],
        "steps": state["step"],
        "adversarialSteps": state["critic_steps"],
        "loss": describe_loss(recipe, state),
        "data": describe_data(recipe, state),
        **figures,
    }
    small, full = cut_checks(recipe, arguments.pictures, arguments.clips)

    folder = arguments.out / recipe.id
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: w.half().contiguous() for name, w in tokenizer.network.state_dict().items()}
    write(save_file, folder / "weights.safetensors", weights)
    if not tokenizer.lookup_free:
        write(save_file, folder / "codebook.safetensors", {"codebook": tokenizer.codebook.contiguous()})
    write(write_json, folder / "network.json", recipe.network.to_json())
    write(save_file, folder / "check.safetensors", check(tokenizer, small))
    write(save_file, folder / "check-full.safetensors", check(tokenizer, full, "_full"))
    write(write_json, folder / "training.json", training)
    save_sheet(sheet, folder / "sheet.webp")
    if state["critic_steps"] and not recipe.clips:
        write_discriminator(state, full, folder)
    print(recipe.id, json.dumps(figures))


if __name__ == "__main__":
    main()
