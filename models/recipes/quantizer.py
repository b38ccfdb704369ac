"""Vector quantizer with a codebook kept by moving averages, and a quantizer without a codebook."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Quantizer(nn.Module):
    """Nearest entry by squared distance ("l2") or by angle ("cosine"), straight-through gradient.

    The entries follow the mean of the latents they win. An entry that won nothing for
    `patience` steps starts again at a random latent of the batch.
    """

    def __init__(self, size: int, dimension: int, lookup: str, decay: float = 0.99, patience: int = 40):
        super().__init__()
        self.lookup, self.decay, self.patience = lookup, decay, patience
        self.register_buffer("codebook", self.place(torch.randn(size, dimension)))
        self.register_buffer("sums", self.codebook.clone())
        self.register_buffer("counts", torch.ones(size))
        self.register_buffer("idle", torch.zeros(size))

    def place(self, vectors: Tensor) -> Tensor:
        """Bring latents or entries to where they are compared."""
        return F.normalize(vectors, dim=-1) if self.lookup == "cosine" else vectors

    def nearest(self, placed: Tensor) -> Tensor:
        scores = placed @ self.codebook.T
        if self.lookup == "l2":
            scores = scores - 0.5 * self.codebook.square().sum(-1)
        return scores.argmax(-1)

    def forward(self, latents: Tensor, quantize: bool = True) -> tuple[Tensor, Tensor, Tensor]:
        """latents N x D x h x w → quantized (same shape), tokens N x h x w, commitment loss."""
        placed = self.place(latents.float().movedim(1, -1))
        if not quantize:
            tokens = torch.zeros(placed.shape[:-1], dtype=torch.long, device=placed.device)
            return placed.movedim(-1, 1), tokens, placed.new_zeros(())
        flat = placed.detach().flatten(0, -2)
        tokens = self.nearest(flat)
        quantized = self.codebook[tokens].view_as(placed)
        commitment = F.mse_loss(placed, quantized)
        straight_through = placed + (quantized - placed).detach()
        if self.training:
            self._follow(flat, tokens)
        return straight_through.movedim(-1, 1), tokens.view(placed.shape[:-1]), commitment

    @torch.no_grad()
    def _follow(self, flat: Tensor, tokens: Tensor) -> None:
        wins = torch.bincount(tokens, minlength=len(self.codebook)).to(flat.dtype)
        self.counts.lerp_(wins, 1 - self.decay)
        self.sums.lerp_(torch.zeros_like(self.sums).index_add_(0, tokens, flat), 1 - self.decay)
        self.idle.add_(1).masked_fill_(wins > 0, 0)
        self.codebook.copy_(self.place(self.sums / self.counts.clamp(min=1e-5)[:, None]))
        dead = self.idle >= self.patience
        if dead.any():
            fresh = flat[torch.randint(len(flat), (int(dead.sum()),))]
            self.restart(dead, fresh)

    @torch.no_grad()
    def restart(self, where: Tensor, entries: Tensor) -> None:
        typical = self.counts.mean()
        self.codebook[where] = entries
        self.counts[where] = typical
        self.sums[where] = entries * typical
        self.idle[where] = 0

    @torch.no_grad()
    def start_from(self, latents: Tensor, rounds: int = 10) -> None:
        """k-means over real latents (M x D), the usual start of a codebook."""
        size = len(self.codebook)
        self.codebook.copy_(latents[torch.randperm(len(latents))[:size]])
        for _ in range(rounds):
            tokens = torch.cat([self.nearest(part) for part in latents.split(8192)])
            wins = torch.bincount(tokens, minlength=size)
            means = torch.zeros_like(self.codebook).index_add_(0, tokens, latents)
            means = self.place(means / wins.clamp(min=1)[:, None])
            empty = wins == 0
            means[empty] = latents[torch.randint(len(latents), (int(empty.sum()),))]
            self.codebook.copy_(means)
        self.counts.fill_(len(tokens) / size)
        self.sums.copy_(self.codebook * self.counts[:, None])
        self.idle.zero_()


class LookupFree(nn.Module):
    """One bit per channel, its sign (MAGVIT-v2): channel i counts 2^i, the entries are the corners of a cube.

    A bit is 1 with probability sigmoid(4 latent). The loss wants each position sure of its bits (low entropy of a
    sample) and all entries in use (high entropy of the mean over the last batches, kept as a moving average).
    """

    def __init__(self, bits: int, entropy: float, decay: float = 0.97):
        super().__init__()
        self.bits, self.entropy, self.decay = bits, entropy, decay
        self.register_buffer("weights", 2 ** torch.arange(bits))
        # Mean probability of every entry, as a table: the low half of the bits across, the high half down.
        half = bits // 2
        self.register_buffer("mean", torch.full((2 ** (bits - half), 2**half), 2.0**-bits))

    def codebook(self) -> Tensor:
        return self.entries(torch.arange(2**self.bits))

    def entries(self, tokens: Tensor) -> Tensor:
        return 2.0 * ((tokens[..., None] & self.weights) > 0) - 1

    def nearest(self, latents: Tensor) -> Tensor:
        return ((latents > 0) * self.weights).sum(-1)

    def forward(self, latents: Tensor, quantize: bool = True) -> tuple[Tensor, Tensor, Tensor]:
        placed = latents.float().movedim(1, -1)
        tokens = self.nearest(placed)
        quantized = self.entries(tokens)
        commitment = F.mse_loss(placed, quantized)
        straight_through = placed + (quantized - placed).detach()
        loss = commitment + self.entropy * self._entropy_loss(placed.flatten(0, -2))
        return straight_through.movedim(-1, 1), tokens, loss

    def _entropy_loss(self, flat: Tensor) -> Tensor:
        """Nats: entropy of a sample minus the entropy of the mean, in which only the present batch has a gradient."""
        logits = 4 * flat
        on = logits.sigmoid()
        sample = (F.softplus(logits) - logits * on).sum(-1).mean()
        half = self.bits // 2
        table = self._joint(on[:, half:]).T @ self._joint(on[:, :half]) / len(flat)
        if self.training:
            with torch.no_grad():
                self.mean.lerp_(table, 1 - self.decay)
        return sample + (table * (self.mean + 1e-9).log()).sum()

    @staticmethod
    def _joint(on: Tensor) -> Tensor:
        """Probability of each combination of independent bits: M x bits → M x 2^bits."""
        joint = on.new_ones(len(on), 1)
        for bit in on.unbind(-1):
            joint = torch.cat([joint * (1 - bit[:, None]), joint * bit[:, None]], 1)
        return joint


@torch.no_grad()
def fit_bits(features: Tensor, targets: Tensor, bits: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A start for a lookup-free quantizer from M features (M x C) and what the decoder wants to know (M x D).

    The strongest directions of the features, at equal strength and turned at random, so that the bits are even and
    say different things; and the best linear guess of the targets from their signs. Returns two linear maps
    (weight, bias): features → latents and bits → targets.
    """
    mean = features.mean(0)
    strength, directions = torch.linalg.eigh(torch.cov(features.T))
    whitening = directions[:, -bits:] / strength[-bits:].clamp(min=1e-8).sqrt()
    weight = (whitening @ torch.linalg.qr(torch.randn(bits, bits))[0]).T
    bias = -weight @ mean
    signs = torch.where(features @ weight.T + bias > 0, 1.0, -1.0)
    known = torch.cat([signs, torch.ones(len(signs), 1)], 1)
    guess = torch.linalg.lstsq(known, targets).solution
    return weight, bias, guess[:-1].T, guess[-1]
