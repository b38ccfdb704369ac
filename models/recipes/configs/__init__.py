"""One file per model; each holds a `RECIPE`."""

from dataclasses import dataclass
from importlib import import_module

from network import NetworkSettings
from network3d import ClipNetworkSettings


@dataclass(frozen=True)
class PixelWeights:
    l1: float = 0.0
    mse: float = 0.0
    multiscale: float = 0.0
    gradient: float = 0.0
    chroma: float = 0.0  # L1 on the colour of 4 x 4 to 16 x 16 means
    time: float = 0.0  # L1 on the differences of neighbouring frames


@dataclass(frozen=True)
class ClipPlan:
    """What the steps of a clip model read: batches in turn, each (how many, frames, side of the crop)."""

    batches: tuple[tuple[int, int, int], ...]
    moves_share: float  # synthetic camera moves over photos; single frames are photos
    start_from: str  # exported 2D model whose weights are inflated


@dataclass(frozen=True)
class Adversarial:
    """From `start`, a share of the minutes, on: the encoder rests, the decoder learns with a critic.

    The decoder goes on from its averaged weights; the terms below ramp up over `ramp` steps.
    """

    start: float
    ramp: int
    pixels: PixelWeights  # in place of the recipe's
    weight: float  # times the adaptive weight
    feature_matching: float
    detail_energy: float
    grid: float
    seams: float
    learning_rate: float  # of the decoder, before the fall over the minutes
    critic_learning_rate: float


@dataclass(frozen=True)
class Recipe:
    id: str
    network: NetworkSettings | ClipNetworkSettings
    pixels: PixelWeights
    commitment: float
    adversarial: Adversarial | None
    loss_sentence: str
    learning_rate: float
    batch: int = 12
    crop: int = 96
    large_crop_every: int = 6  # every so many steps: fewer crops of twice the side
    drawn_share: float = 0.05
    unquantized_steps: int = 400
    codebook_batches: int = 20
    weight_average: float = 0.999
    patience: int = 40  # steps until an unused entry starts again
    codebook_decay: float = 0.99
    betas: tuple[float, float] = (0.9, 0.99)
    clips: ClipPlan | None = None
    entropy: float = 0.0  # weight of the entropy terms of a lookup-free quantizer


def load_recipe(model: str) -> Recipe:
    return import_module(f"configs.{model.replace('-', '_')}").RECIPE
