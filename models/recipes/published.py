"""Weights to go on from: those of a model folder (models/<id>, as the page reads it), or of an export (out/<id>).

For a model folder `npm run models -- build` lays some tensors out for ONNX: colours become four channels, rows of a pixel shuffle go from
(depth, block) to (block, depth), and qkv becomes queries with values, and keys. Here that is turned back.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from configs import Recipe, load_recipe
from network3d import ClipNetworkSettings
from tokenizer import Settings, Tokenizer, make_autoencoder

COLOURS, PIXEL = 3, 4


def read_published(folder: Path) -> tuple[Recipe, dict[str, Tensor], Tensor | None]:
    """Recipe, float32 weights under the names of the training network, and the codebook where there is one."""
    recipe = load_recipe(folder.resolve().name)
    stored = {name: w.float() for name, w in load_file(folder / "weights.safetensors").items()}
    table = folder / "codebook.safetensors"
    codebook = load_file(table)["codebook"] if table.exists() else None
    if (folder / "network.json").exists():
        return recipe, stored, codebook
    with torch.device("meta"):
        wanted = make_autoencoder(recipe.network).state_dict()
    weights = {name: _read(stored, name, recipe.network).reshape(like.shape) for name, like in wanted.items()}
    return recipe, weights, codebook


def from_published(folder: Path) -> Tokenizer:
    recipe, weights, codebook = read_published(folder)
    network = make_autoencoder(recipe.network)
    network.load_state_dict(weights)
    return Tokenizer(network, codebook)


def _read(stored: dict[str, Tensor], name: str, settings: Settings) -> Tensor:
    layer, kind = name.rsplit(".", 1)
    frames = 2 if isinstance(settings, ClipNetworkSettings) else 1
    if layer.endswith(".qkv"):
        queries_values, keys = stored[f"{layer}.queries_values.{kind}"], stored[f"{layer}.keys.{kind}"]
        queries, values = (queries_values.T if kind == "weight" else queries_values).chunk(2)
        return torch.cat([queries, keys.flatten() if kind == "bias" else keys, values])
    tensor = stored[name]
    if name == "encoder.stem.weight":
        return tensor.unflatten(1, (frames, PIXEL))[:, :, :COLOURS].flatten(1, 2)
    if layer == "decoder.paint":
        return tensor.unflatten(0, (frames, -1, PIXEL))[:, :, :COLOURS].transpose(1, 2).flatten(0, 2)
    if layer.endswith(".attention.out") and kind == "weight":
        return tensor.T
    if layer.endswith(".up") and _enlarges_space(settings, int(layer.split(".")[2])):
        return tensor.unflatten(0, (4, -1)).transpose(0, 1).flatten(0, 1)
    return tensor


def _enlarges_space(settings: Settings, level: int) -> bool:
    return not isinstance(settings, ClipNetworkSettings) or settings.steps[level - 1] == "space"
