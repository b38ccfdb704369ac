"""The 2D autoencoder. Its settings are exactly the content of network.json."""

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class NetworkSettings:
    patch: int = 4
    widths: tuple[int, ...] = (96, 160)
    blocks: tuple[int, ...] = (2, 2)
    decoderBlocks: tuple[int, ...] = (2, 2)
    norm: str = "group"  # or "none"
    groups: int = 16
    epsilon: float = 1e-6
    activation: str = "silu"  # or "relu"
    attention: bool = True
    entryDimension: int = 8
    codebookSize: int = 1024
    lookup: str = "cosine"  # or "l2"

    @property
    def reduction(self) -> int:
        return self.patch * 2 ** (len(self.widths) - 1)

    def to_json(self) -> dict:
        return {"architecture": "tokenscope-2d", **asdict(self)}


def make_norm(settings: NetworkSettings, channels: int) -> nn.Module:
    if settings.norm == "none":
        return nn.Identity()
    return nn.GroupNorm(settings.groups, channels, eps=settings.epsilon)


def make_activation(settings: NetworkSettings) -> nn.Module:
    return nn.SiLU() if settings.activation == "silu" else nn.ReLU()


def make_residual_end(conv: nn.Conv2d) -> None:
    """A block starts close to the identity."""
    nn.init.normal_(conv.weight, std=1e-2 / math.sqrt(9 * conv.in_channels))
    nn.init.zeros_(conv.bias)


class ResidualBlock(nn.Module):
    def __init__(self, settings: NetworkSettings, channels: int):
        super().__init__()
        self.norm1 = make_norm(settings, channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = make_norm(settings, channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.activation = make_activation(settings)
        make_residual_end(self.conv2)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv1(self.activation(self.norm1(x)))
        return x + self.conv2(self.activation(self.norm2(y)))


class Attention(nn.Module):
    """One head over all positions of the coarsest level."""

    def __init__(self, settings: NetworkSettings, channels: int):
        super().__init__()
        self.norm = make_norm(settings, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        q, k, v = self.qkv(self.norm(x)).flatten(2).transpose(1, 2).chunk(3, dim=-1)
        mixed = F.scaled_dot_product_attention(q, k, v)
        return x + self.out(mixed.transpose(1, 2).unflatten(2, (height, width)))


class Level(nn.Module):
    """The residual blocks of one resolution, and the way to the next one."""

    def __init__(self, settings: NetworkSettings, channels: int, count: int):
        super().__init__()
        self.blocks = nn.Sequential(*(ResidualBlock(settings, channels) for _ in range(count)))


class Encoder(nn.Module):
    def __init__(self, settings: NetworkSettings):
        super().__init__()
        widths, patch = settings.widths, settings.patch
        self.stem = nn.Conv2d(3, widths[0], 2 * patch, stride=patch, padding=patch // 2)
        self.levels = nn.ModuleList(
            Level(settings, width, count) for width, count in zip(widths, settings.blocks)
        )
        for level, (fine, coarse) in zip(self.levels, zip(widths, widths[1:])):
            level.down = nn.Conv2d(fine, coarse, 4, stride=2, padding=1)
        self.attention = Attention(settings, widths[-1]) if settings.attention else nn.Identity()
        self.norm_out = make_norm(settings, widths[-1])
        self.activation = make_activation(settings)
        self.project = nn.Conv2d(widths[-1], settings.entryDimension, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        x = self.stem(pixels)
        for level in self.levels:
            x = level.blocks(x)
            if hasattr(level, "down"):
                x = level.down(x)
        x = self.attention(x)
        return self.project(self.activation(self.norm_out(x)))


class Decoder(nn.Module):
    def __init__(self, settings: NetworkSettings):
        super().__init__()
        widths, patch = settings.widths, settings.patch
        self.lift = nn.Conv2d(settings.entryDimension, widths[-1], 3, padding=1)
        self.attention = Attention(settings, widths[-1]) if settings.attention else nn.Identity()
        self.levels = nn.ModuleList(
            Level(settings, width, count) for width, count in zip(widths, settings.decoderBlocks)
        )
        for level, (coarse, fine) in zip(self.levels[1:], zip(widths[1:], widths)):
            level.up = nn.Conv2d(coarse, 4 * fine, 3, padding=1)
            copy_over_subpixels(level.up, 2)
        self.norm_out = make_norm(settings, widths[0])
        self.activation = make_activation(settings)
        self.paint = nn.Conv2d(widths[0], 3 * patch * patch, 3, padding=1)
        self.patch = patch

    def forward(self, quantized: Tensor) -> Tensor:
        x = self.attention(self.lift(quantized))
        for level in reversed(self.levels):
            x = level.blocks(x)
            if hasattr(level, "up"):
                x = F.pixel_shuffle(level.up(x), 2)
        return F.pixel_shuffle(self.paint(self.activation(self.norm_out(x))), self.patch)


def copy_over_subpixels(conv: nn.Conv2d, factor: int) -> None:
    """Start a convolution + pixel shuffle as nearest-neighbour upsampling, without a grid."""
    with torch.no_grad():
        conv.weight.copy_(conv.weight[:: factor * factor].repeat_interleave(factor * factor, 0))
        conv.bias.copy_(conv.bias[:: factor * factor].repeat_interleave(factor * factor, 0))


class Autoencoder(nn.Module):
    def __init__(self, settings: NetworkSettings):
        super().__init__()
        self.settings = settings
        self.encoder = Encoder(settings)
        self.decoder = Decoder(settings)


def count_flops(network: Autoencoder, size: int = 256) -> float:
    """FLOP (2 x multiply-add) of encoder and decoder for one square picture."""
    total = 0

    def add(conv: nn.Conv2d, _inputs, output: Tensor) -> None:
        nonlocal total
        total += 2 * conv.weight.numel() * output.shape[-2] * output.shape[-1]

    hooks = [m.register_forward_hook(add) for m in network.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        latents = network.encoder(torch.zeros(1, 3, size, size))
        network.decoder(latents)
    for hook in hooks:
        hook.remove()
    if network.settings.attention:
        positions = latents.shape[-2] * latents.shape[-1]
        total += 2 * (4 * positions * positions * network.settings.widths[-1])
    return total
