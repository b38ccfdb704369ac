"""A trained model as it is used: pixels → latents → tokens → reconstruction, in float32.

Pictures are N x 3 x H x W, clips N x 3 x T x H x W; latents and tokens follow.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from configs import load_recipe
from network import Autoencoder, NetworkSettings
from network3d import ClipAutoencoder, ClipNetworkSettings
from quantizer import LookupFree

Settings = NetworkSettings | ClipNetworkSettings


def make_autoencoder(settings: Settings) -> Autoencoder | ClipAutoencoder:
    return (ClipAutoencoder if isinstance(settings, ClipNetworkSettings) else Autoencoder)(settings)


def is_lookup_free(settings: Settings) -> bool:
    return isinstance(settings, ClipNetworkSettings) and settings.quantizer == "lfq"


class Tokenizer:
    def __init__(self, network: Autoencoder | ClipAutoencoder, codebook: Tensor | None):
        self.network = network.float().eval().requires_grad_(False)
        self.lookup_free = LookupFree(self.settings.entryDimension, 0) if is_lookup_free(self.settings) else None
        self.codebook = self.lookup_free.codebook() if codebook is None else codebook.float()

    @property
    def settings(self) -> Settings:
        return self.network.settings

    def encode(self, pixels: Tensor) -> Tensor:
        return self.network.encoder(pixels)

    def tokens(self, latents: Tensor) -> Tensor:
        flat = latents.movedim(1, -1)
        if self.lookup_free:
            return self.lookup_free.nearest(flat)
        if self.settings.lookup == "cosine":
            return (F.normalize(flat, dim=-1) @ self.codebook.T).argmax(-1)
        return (flat @ self.codebook.T - 0.5 * self.codebook.square().sum(-1)).argmax(-1)

    def decode(self, tokens: Tensor) -> Tensor:
        return self.network.decoder(self.codebook[tokens].movedim(-1, 1))


def from_state(file: Path) -> tuple[Tokenizer, dict]:
    """From a training state: the averaged weights, rounded to fp16 as they are exported."""
    state = torch.load(file, weights_only=True, map_location="cpu")
    network = make_autoencoder(load_recipe(state["model"]).network)
    network.load_state_dict({name: w.half().float() for name, w in state["average"].items()})
    return Tokenizer(network, state["quantizer"].get("codebook")), state


def from_folder(folder: Path) -> Tokenizer:
    """From an exported folder."""
    settings = json.loads((folder / "network.json").read_text())
    clips = settings.pop("architecture") == "tokenscope-3d"
    network = make_autoencoder((ClipNetworkSettings if clips else NetworkSettings)(**settings))
    weights = load_file(folder / "weights.safetensors")
    network.load_state_dict({name: w.float() for name, w in weights.items()})
    table = folder / "codebook.safetensors"
    return Tokenizer(network, load_file(table)["codebook"] if table.exists() else None)
