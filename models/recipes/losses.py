"""Losses on pixels (of pictures, or of clips as frames), and the discriminator that replaces the missing pretrained perceptual network."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


def as_frames(x: Tensor) -> Tensor:
    """Clips N x 3 x T x H x W as N T pictures; pictures stay as they are."""
    return x.movedim(2, 1).flatten(0, 1) if x.dim() == 5 else x


def time_l1(a: Tensor, b: Tensor) -> Tensor:
    """On the differences of neighbouring frames."""
    if a.shape[2] == 1:
        return a.new_zeros(())
    return F.l1_loss(a.diff(dim=2), b.diff(dim=2))


def gradients(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[..., :, 1:] - x[..., :, :-1], x[..., 1:, :] - x[..., :-1, :]


def gradient_l1(a: Tensor, b: Tensor) -> Tensor:
    return sum((p - q).abs().mean() for p, q in zip(gradients(a), gradients(b)))


def multiscale_l1(a: Tensor, b: Tensor, scales: tuple[int, ...] = (2, 4, 8)) -> Tensor:
    return sum(F.l1_loss(F.avg_pool2d(a, s), F.avg_pool2d(b, s)) for s in scales)


def chroma_l1(a: Tensor, b: Tensor, scales: tuple[int, ...] = (4, 8, 16)) -> Tensor:
    """On what is left of each channel without the luma (BT.601), where L1 on channels alone gives tints away cheaply."""
    error = a - b
    luma = error.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    tint = error - (luma * error).sum(1, keepdim=True)
    return sum(F.avg_pool2d(tint, s).abs().mean() for s in scales)


def finest_band(x: Tensor) -> Tensor:
    return x - F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def detail_energy(x: Tensor) -> list[Tensor]:
    """Local strength of detail: root mean square of each Laplacian band over 8 x 8 pixels."""
    bands = []
    for window in (8, 4):
        smaller = F.avg_pool2d(x, 2)
        band = x - F.interpolate(smaller, scale_factor=2, mode="bilinear", align_corners=False)
        energy = F.avg_pool2d(band.square(), window, stride=window // 2)
        bands.append((energy.mean(1, keepdim=True) + 1e-5).sqrt())
        x = smaller
    return bands


def detail_energy_l1(a: Tensor, b: Tensor) -> Tensor:
    """Asks for as much texture as the source has, wherever it is, without asking for its phase."""
    return sum(F.l1_loss(p, q) for p, q in zip(detail_energy(a), detail_energy(b)))


def grid_l1(a: Tensor, b: Tensor, period: int) -> Tensor:
    """The part of the error that repeats with the token grid: folded to one cell, without its mean."""
    count, channels, height, width = a.shape
    cells = (a - b).view(count, channels, height // period, period, width // period, period)
    pattern = cells.mean((2, 4))
    return (pattern - pattern.mean((2, 3), keepdim=True)).abs().mean()


def seams(x: Tensor, period: int, window: int) -> list[Tensor]:
    """Mean difference of neighbours for each place in the painted patch, relative to all places, in windows."""
    profiles = []
    for picture in (x, x.transpose(2, 3)):
        count, _, height, width = picture.shape
        steps = F.pad(picture.diff(dim=3).abs(), (0, 1, 0, 0), mode="replicate").mean(1)
        cells = steps.view(count, height // window, window, width // window, window // period, period)
        profile = cells.mean((2, 4))
        profiles.append(profile - profile.mean(-1, keepdim=True))
    return profiles


def seam_l1(a: Tensor, b: Tensor, period: int, window: int = 32) -> Tensor:
    """Detail must not gather at the borders of the patches that the last layer paints, where it comes cheapest."""
    return sum(F.l1_loss(p, q) for p, q in zip(seams(a, period, window), seams(b, period, window)))


class Discriminator(nn.Module):
    """Judges overlapping patches of the picture and its finest band; spectral norm on every convolution."""

    def __init__(self, widths: tuple[int, ...] = (48, 96, 160)):
        super().__init__()
        channels = (6, *widths)
        self.layers = nn.ModuleList(
            spectral_norm(nn.Conv2d(a, b, 4, stride=2, padding=1)) for a, b in zip(channels, widths)
        )
        self.mix = spectral_norm(nn.Conv2d(widths[-1], widths[-1], 3, padding=1))
        self.verdict = spectral_norm(nn.Conv2d(widths[-1], 1, 3, padding=1))

    def forward(self, pixels: Tensor) -> tuple[Tensor, list[Tensor]]:
        features, x = [], torch.cat([pixels, 3 * finest_band(pixels)], dim=1)
        for layer in (*self.layers, self.mix):
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.verdict(x), features


class ClipDiscriminator(nn.Module):
    """The same for clips, N x 3 x T x H x W: its strided convolutions also take two moments at a time."""

    def __init__(self, widths: tuple[int, ...] = (48, 96, 160)):
        super().__init__()
        channels = (6, *widths)
        self.layers = nn.ModuleList(
            spectral_norm(nn.Conv3d(a, b, (2, 4, 4), stride=2, padding=(0, 1, 1)))
            for a, b in zip(channels, widths)
        )
        self.mix = spectral_norm(nn.Conv3d(widths[-1], widths[-1], (1, 3, 3), padding=(0, 1, 1)))
        self.verdict = spectral_norm(nn.Conv3d(widths[-1], 1, (1, 3, 3), padding=(0, 1, 1)))
        self.span = 2 ** len(widths)

    def forward(self, clip: Tensor) -> tuple[Tensor, list[Tensor]]:
        rest = clip.shape[2] % self.span
        if clip.shape[2] > self.span:  # of 17 frames the first is left out: pictures judge that part
            clip = clip[:, :, rest:]
        elif rest:
            clip = torch.cat([clip[:, :, :1]] * (self.span - rest) + [clip], 2)
        band = finest_band(as_frames(clip)).unflatten(0, (len(clip), -1)).movedim(1, 2)
        features, x = [], torch.cat([clip, 3 * band], dim=1)
        for layer in (*self.layers, self.mix):
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.verdict(x), features


def discriminator_hinge(real: Tensor, fake: Tensor) -> Tensor:
    return 0.5 * (F.relu(1 - real).mean() + F.relu(1 + fake).mean())


def feature_matching(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """L1 between discriminator features, each relative to the strength of the real ones."""
    return sum(
        F.l1_loss(f, r.detach()) / (r.detach().abs().mean() + 1e-4) for r, f in zip(real, fake)
    ) / len(real)


def adaptive_weight(pixel_loss: Tensor, adversarial: Tensor, last_layer: Tensor, limit: float = 10.0) -> Tensor:
    """The ratio of both losses' gradients at the last layer, as in VQGAN."""
    a = torch.autograd.grad(pixel_loss, last_layer, retain_graph=True)[0].norm()
    b = torch.autograd.grad(adversarial, last_layer, retain_graph=True)[0].norm()
    return (a / (b + 1e-6)).clamp(max=limit).detach()
