"""VQGAN at f8: group norm, swish, attention on the coarsest level; pixels first, then a critic."""

from configs import Adversarial, PixelWeights, Recipe
from network import NetworkSettings

RECIPE = Recipe(
    id="vqgan-f8",
    network=NetworkSettings(
        patch=4,
        widths=(96, 160),
        blocks=(1, 2),
        decoderBlocks=(2, 3),
        norm="group",
        groups=16,
        activation="silu",
        attention=True,
        entryDimension=8,
        codebookSize=1024,
        lookup="cosine",
    ),
    pixels=PixelWeights(l1=1.0, mse=1.0, multiscale=0.5, gradient=0.5),
    commitment=0.25,
    adversarial=Adversarial(
        start=0.5,
        ramp=300,
        weight=0.4,
        feature_matching=0.2,
        detail_energy=0.5,
        learning_rate=3e-4,
    ),
    loss_sentence=(
        "L1 and squared error on pixels, L1 on 2 x 2 and 4 x 4 means and on gradients, commitment (0.25); "
        "in the second half also a patch discriminator (spectral norm, hinge, adaptive weight), matching of "
        "its features and of the local strength of Laplacian bands. No pretrained perceptual network."
    ),
    learning_rate=6e-4,
)
