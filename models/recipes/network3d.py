"""The autoencoder for clips. Its settings are exactly the content of network.json.

Forward pass, for one clip; a frame or plane is a 2D picture of channels, and everything not named "time" treats
frames and planes as a batch (group norms too: no frame sees another one through a norm).

Two settings of time:
  causal false   T = 4n frames → n planes of tokens. A time convolution reads planes t-1, t, t+1; before the first
                 and after the last plane stands a repeat of it.
  causal true    T = 1 + 4n frames → 1 + n planes. A time convolution reads planes t-2, t-1, t; before the first plane
                 stand repeats of it. The first frame is encoded alone, into the first plane; one frame is a picture.

pair(x):    two neighbouring planes become one of twice the channels: [all channels of the earlier, all of the later].
            causal: a repeat of the first plane is put in front first, so 1 + 2n planes give 1 + n.
unpair(x):  the reverse: the first half of the channels is the earlier plane, the second half the later one.
            causal: then the very first plane is dropped, so 1 + n planes give 1 + 2n.

Encoder, pixels 3 x T x H x W in [-1, 1] → latents D x t x h x w:
  pair(frames)                                  → 6 channels, half the frames
  stem        conv 2P x 2P, stride P, pad P/2   → widths[0]
  for each level i: blocks; then, but for the last level, `down` to widths[i + 1]:
      steps[i] = "space"   conv 4 x 4, stride 2, pad 1
      steps[i] = "time"    pair, conv 3 x 3, pad 1 (2 widths[i] → widths[i + 1])
  attention   x + out(softmax(q k^T / sqrt(C)) v), one head over the positions of each plane, q, k, v = qkv(norm x)
  project(silu(norm_out x))                     conv 1 x 1 → D

Decoder, quantized latents D x t x h x w → pixels:
  lift        conv 3 x 3, pad 1 → widths[-1]; attention as above
  for each level from the last to the first: blocks; then, but for level 0, `up` to widths[i - 1]:
      steps[i - 1] = "space"   conv 3 x 3 to 4 widths[i - 1], pixel shuffle by 2
      steps[i - 1] = "time"    conv 3 x 3 to 2 widths[i - 1], unpair
  paint(silu(norm_out x))     conv 3 x 3 to 2 x 3 P P; unpair; pixel shuffle by P → frames

Block:  x + conv2(silu(norm2(time(conv1(silu(norm1 x))))))    conv1, conv2: 3 x 3, pad 1
        time: weight C x C x 3 over the planes of one position, with bias; the taps run from earlier to later.
        conv1 and time together are a factorised 3 x 3 x 3 convolution.

Quantizer "vq": as in the 2D models (score by angle: entries have length 1, the quantized latent is the entry).
Quantizer "lfq": D = bits; channel i of the quantized latent is +1 where the latent is > 0, else -1, and counts 2^i in the token.

A still start: the weights of a trained 2D network are put at the central (causal: last) tap of time, and halved
over pairs of frames, so that training begins with the pictures of the 2D network (`inflate`).
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from network import Attention, copy_over_subpixels, make_residual_end


@dataclass(frozen=True)
class ClipNetworkSettings:
    causal: bool = False
    patch: int = 4
    widths: tuple[int, ...] = (96, 160, 160)
    steps: tuple[str, ...] = ("space", "time")
    blocks: tuple[int, ...] = (1, 1, 1)
    decoderBlocks: tuple[int, ...] = (2, 1, 2)
    norm: str = "group"
    groups: int = 16
    epsilon: float = 1e-6
    quantizer: str = "vq"  # or "lfq"
    entryDimension: int = 8
    codebookSize: int = 1024
    lookup: str = "cosine"  # of "vq"

    @property
    def reduction(self) -> int:
        return self.patch * 2 ** self.steps.count("space")

    @property
    def time_reduction(self) -> int:
        return 2 * 2 ** self.steps.count("time")

    def to_json(self) -> dict:
        return {"architecture": "tokenscope-3d", **asdict(self)}


def pair(x: Tensor, causal: bool) -> Tensor:
    """N x T x C x H x W → N x T/2 x 2C x H x W."""
    if causal:
        x = torch.cat([x[:, :1], x], 1)
    return x.unflatten(1, (-1, 2)).flatten(2, 3)


def unpair(x: Tensor, causal: bool) -> Tensor:
    x = x.unflatten(2, (2, -1)).flatten(1, 2)
    return x[:, 1:] if causal else x


class Planes(nn.Module):
    """A 2D module that takes N x T x C x H x W, plane by plane."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(0, 1)).unflatten(0, x.shape[:2])


class PlaneConv(Planes, nn.Conv2d):
    pass


class PlaneNorm(Planes, nn.GroupNorm):
    pass


class PlaneAttention(Planes, Attention):
    pass


def make_norm(settings: ClipNetworkSettings, channels: int) -> nn.Module:
    return PlaneNorm(settings.groups, channels, eps=settings.epsilon)


class TimeConv(nn.Module):
    """Three taps over the planes of one position; starts as the identity."""

    def __init__(self, channels: int, causal: bool):
        super().__init__()
        self.before = 2 if causal else 1
        self.weight = nn.Parameter(torch.zeros(channels, channels, 3))
        self.bias = nn.Parameter(torch.zeros(channels))
        with torch.no_grad():
            self.weight[:, :, self.before].fill_diagonal_(1)

    def forward(self, x: Tensor) -> Tensor:
        height = x.shape[3]
        x = x.movedim(2, 1).flatten(3)  # N x C x T x HW: a picture with time going down
        first = x[:, :, :1].expand(-1, -1, self.before, -1)
        x = torch.cat([first, x] + [x[:, :, -1:]] * (2 - self.before), 2)
        x = F.conv2d(x, self.weight[..., None], self.bias)
        return x.movedim(2, 1).unflatten(3, (height, -1))


class Block(nn.Module):
    def __init__(self, settings: ClipNetworkSettings, channels: int):
        super().__init__()
        self.norm1 = make_norm(settings, channels)
        self.conv1 = PlaneConv(channels, channels, 3, padding=1)
        self.time = TimeConv(channels, settings.causal)
        self.norm2 = make_norm(settings, channels)
        self.conv2 = PlaneConv(channels, channels, 3, padding=1)
        make_residual_end(self.conv2)

    def forward(self, x: Tensor) -> Tensor:
        y = self.time(self.conv1(F.silu(self.norm1(x))))
        return x + self.conv2(F.silu(self.norm2(y)))


class Level(nn.Module):
    def __init__(self, settings: ClipNetworkSettings, channels: int, count: int):
        super().__init__()
        self.blocks = nn.Sequential(*(Block(settings, channels) for _ in range(count)))


class ClipEncoder(nn.Module):
    def __init__(self, settings: ClipNetworkSettings):
        super().__init__()
        self.settings = settings
        widths, patch = settings.widths, settings.patch
        self.stem = PlaneConv(6, widths[0], 2 * patch, stride=patch, padding=patch // 2)
        self.levels = nn.ModuleList(Level(settings, w, count) for w, count in zip(widths, settings.blocks))
        for level, step, (fine, coarse) in zip(self.levels, settings.steps, zip(widths, widths[1:])):
            if step == "space":
                level.down = PlaneConv(fine, coarse, 4, stride=2, padding=1)
            else:
                level.down = PlaneConv(2 * fine, coarse, 3, padding=1)
        self.attention = PlaneAttention(settings, widths[-1])
        self.norm_out = make_norm(settings, widths[-1])
        self.project = PlaneConv(widths[-1], settings.entryDimension, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        causal = self.settings.causal
        x = self.stem(pair(pixels.movedim(2, 1), causal))
        for level, step in zip(self.levels, (*self.settings.steps, None)):
            x = level.blocks(x)
            if step:
                x = level.down(pair(x, causal) if step == "time" else x)
        x = self.project(F.silu(self.norm_out(self.attention(x))))
        return x.movedim(2, 1)


class ClipDecoder(nn.Module):
    def __init__(self, settings: ClipNetworkSettings):
        super().__init__()
        self.settings = settings
        widths, patch = settings.widths, settings.patch
        self.lift = PlaneConv(settings.entryDimension, widths[-1], 3, padding=1)
        self.attention = PlaneAttention(settings, widths[-1])
        self.levels = nn.ModuleList(
            Level(settings, w, count) for w, count in zip(widths, settings.decoderBlocks)
        )
        for level, step, (fine, coarse) in zip(self.levels[1:], settings.steps, zip(widths, widths[1:])):
            level.up = PlaneConv(coarse, (4 if step == "space" else 2) * fine, 3, padding=1)
            if step == "space":
                copy_over_subpixels(level.up, 2)
        self.norm_out = make_norm(settings, widths[0])
        self.paint = PlaneConv(widths[0], 2 * 3 * patch * patch, 3, padding=1)

    def forward(self, quantized: Tensor) -> Tensor:
        causal = self.settings.causal
        x = self.attention(self.lift(quantized.movedim(2, 1)))
        for level, step in zip(reversed(self.levels), (*reversed(self.settings.steps), None)):
            x = level.blocks(x)
            if step:
                x = level.up(x)
                x = unpair(x, causal) if step == "time" else F.pixel_shuffle(x, 2)
        x = unpair(self.paint(F.silu(self.norm_out(x))), causal)
        return F.pixel_shuffle(x, self.settings.patch).movedim(2, 1)


class ClipAutoencoder(nn.Module):
    def __init__(self, settings: ClipNetworkSettings):
        super().__init__()
        self.settings = settings
        self.encoder = ClipEncoder(settings)
        self.decoder = ClipDecoder(settings)


# The parts of a trained 2D network and where they start in this one: encoder and decoder levels by (level, block).
ENCODER_BLOCKS = {(0, 0): (0, 0), (1, 0): (1, 0), (1, 1): (2, 0)}
DECODER_BLOCKS = {(1, 0): (2, 0), (1, 1): (2, 1), (1, 2): (1, 0), (0, 0): (0, 0), (0, 1): (0, 1)}


@torch.no_grad()
def inflate(network: ClipAutoencoder, flat: dict[str, Tensor]) -> None:
    """Central inflation: start as a trained network for pictures with two levels of the same widths."""
    start = network.state_dict()

    def place(target: str, source: str, copies: int = 1, axis: int = 0, share: float = 1.0) -> None:
        tensor = flat[source]
        if tensor.dim() > axis:
            tensor = torch.cat([tensor] * copies, axis) * (share if tensor.dim() > 1 else 1.0)
        if start[target].shape == tensor.shape:  # else the entry dimension differs: learned anew
            start[target].copy_(tensor)

    for side, blocks in (("encoder", ENCODER_BLOCKS), ("decoder", DECODER_BLOCKS)):
        for old, new in blocks.items():
            for name in ("norm1", "conv1", "norm2", "conv2"):
                for kind in ("weight", "bias"):
                    part = f"{name}.{kind}"
                    place(
                        f"{side}.levels.{new[0]}.blocks.{new[1]}.{part}",
                        f"{side}.levels.{old[0]}.blocks.{old[1]}.{part}",
                    )
    for kind in ("weight", "bias"):
        for name in ("encoder.levels.0.down", "decoder.lift", "encoder.project"):
            place(f"{name}.{kind}", f"{name}.{kind}")
        for side in ("encoder", "decoder"):
            place(f"{side}.norm_out.{kind}", f"{side}.norm_out.{kind}")
            for name in ("norm", "qkv", "out"):
                place(f"{side}.attention.{name}.{kind}", f"{side}.attention.{name}.{kind}")
        place(f"decoder.levels.1.up.{kind}", f"decoder.levels.1.up.{kind}")
        place(f"decoder.paint.{kind}", f"decoder.paint.{kind}", copies=2)
    place("encoder.stem.weight", "encoder.stem.weight", copies=2, axis=1, share=0.5)
    place("encoder.stem.bias", "encoder.stem.bias")
    for conv, copies in (("encoder.levels.1.down", (1, 2)), ("decoder.levels.2.up", (2, 1))):
        weight = start[f"{conv}.weight"]
        identity = torch.zeros_like(weight)
        width = min(weight.shape[:2])
        identity[:, :, 1, 1] = torch.eye(width).repeat(copies) / copies[1]
        # A little of the random start stays, so that both halves can part.
        weight.mul_(0.1).add_(identity)
        start[f"{conv}.bias"].zero_()


def count_flops(network: ClipAutoencoder, frames: int = 16, size: int = 128) -> float:
    """FLOP (2 x multiply-add) of encoder and decoder for one square clip."""
    total = 0

    def add(module: nn.Module, _inputs, output: Tensor) -> None:
        nonlocal total
        positions = output.shape[-2] * output.shape[-1]
        planes = output.numel() // positions // output.shape[2 if output.dim() == 5 else 1]
        if isinstance(module, PlaneAttention):
            total += planes * 4 * positions * positions * output.shape[2]
        else:
            total += 2 * module.weight.numel() * planes * positions

    counted = (nn.Conv2d, TimeConv, PlaneAttention)
    hooks = [m.register_forward_hook(add) for m in network.modules() if isinstance(m, counted)]
    with torch.no_grad():
        network.decoder(network.encoder(torch.zeros(1, 3, frames, size, size)))
    for hook in hooks:
        hook.remove()
    return total
