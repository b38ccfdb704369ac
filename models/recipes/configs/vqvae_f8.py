"""VQ-VAE as in 2017: strided convolutions, plain residual blocks, a loss on pixels alone."""

from configs import PixelWeights, Recipe
from network import NetworkSettings

RECIPE = Recipe(
    id="vqvae-f8",
    network=NetworkSettings(
        patch=4,
        widths=(96, 160),
        blocks=(1, 2),
        decoderBlocks=(2, 2),
        norm="none",
        activation="relu",
        attention=False,
        entryDimension=8,
        codebookSize=512,
        lookup="l2",
    ),
    pixels=PixelWeights(mse=4.0),
    commitment=0.25,
    adversarial=None,
    loss_sentence="Mean squared error on pixels plus commitment (0.25); codebook by moving averages.",
    learning_rate=6e-4,
)
