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
    pixels=PixelWeights(l1=1.0, mse=1.0, multiscale=0.5, gradient=0.5, chroma=0.5),
    commitment=0.25,
    adversarial=Adversarial(
        start=0.35,
        ramp=200,
        # L1 on gradients asks for blur wherever detail is uncertain, so it steps back here.
        pixels=PixelWeights(l1=1.0, mse=1.0, multiscale=0.5, gradient=0.1, chroma=0.5),
        weight=1.0,
        feature_matching=0.3,
        detail_energy=6.0,
        grid=4.0,
        seams=20.0,
        learning_rate=4e-4,
        critic_learning_rate=4e-4,
    ),
    loss_sentence=(
        "L1 and squared error on pixels, L1 on 2 x 2 to 8 x 8 means, on gradients and on the colour of 4 x 4 to 16 x 16 means, commitment (0.25); "
        "in the last part, with the encoder at rest, also a patch discriminator (spectral norm, hinge, adaptive "
        "weight), matching of its features and of the local strength of Laplacian bands, and a penalty on error that repeats "
        "with the token grid and on detail that gathers at the borders of the painted 4 x 4 patches. No pretrained perceptual network."
    ),
    learning_rate=6e-4,
    weight_average=0.992,
)
