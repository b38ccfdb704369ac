"""A trained model as it is used: pixels → latents → tokens → reconstruction, in float32."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from configs import load_recipe
from network import Autoencoder, NetworkSettings


class Tokenizer:
    def __init__(self, network: Autoencoder, codebook: Tensor):
        self.network = network.float().eval().requires_grad_(False)
        self.codebook = codebook.float()

    @property
    def settings(self) -> NetworkSettings:
        return self.network.settings

    def encode(self, pixels: Tensor) -> Tensor:
        return self.network.encoder(pixels)

    def tokens(self, latents: Tensor) -> Tensor:
        flat = latents.movedim(1, -1)
        if self.settings.lookup == "cosine":
            return (F.normalize(flat, dim=-1) @ self.codebook.T).argmax(-1)
        return (flat @ self.codebook.T - 0.5 * self.codebook.square().sum(-1)).argmax(-1)

    def decode(self, tokens: Tensor) -> Tensor:
        return self.network.decoder(self.codebook[tokens].movedim(-1, 1))


def from_state(file: Path) -> tuple[Tokenizer, dict]:
    """From a training state: the averaged weights, rounded to fp16 as they are exported."""
    state = torch.load(file, weights_only=True)
    network = Autoencoder(load_recipe(state["model"]).network)
    network.load_state_dict({name: w.half().float() for name, w in state["average"].items()})
    return Tokenizer(network, state["quantizer"]["codebook"]), state


def from_folder(folder: Path) -> Tokenizer:
    """From an exported folder."""
    settings = json.loads((folder / "network.json").read_text())
    settings.pop("architecture")
    network = Autoencoder(NetworkSettings(**settings))
    weights = load_file(folder / "weights.safetensors")
    network.load_state_dict({name: w.float() for name, w in weights.items()})
    return Tokenizer(network, load_file(folder / "codebook.safetensors")["codebook"])
