"""MAGVIT: a token stands for 4 frames x 8 x 8 pixels; starts as vqgan-f8, inflated."""

from configs import Adversarial, ClipPlan, PixelWeights, Recipe
from network3d import ClipNetworkSettings

RECIPE = Recipe(
    id="magvit-4x8x8",
    network=ClipNetworkSettings(
        causal=False,
        widths=(96, 160, 160),
        blocks=(1, 1, 1),
        decoderBlocks=(2, 1, 2),
        quantizer="vq",
        entryDimension=8,
        codebookSize=1024,
        lookup="cosine",
    ),
    pixels=PixelWeights(l1=1.0, mse=1.0, multiscale=0.5, gradient=0.25, chroma=0.5, time=0.5),
    commitment=0.25,
    # Gently: texture that the critic asks for is another one in every frame, and flickers.
    adversarial=Adversarial(
        start=0.7,
        ramp=200,
        pixels=PixelWeights(l1=1.0, mse=5.0, multiscale=0.5, gradient=0.1, chroma=0.5, time=5.0),
        weight=0.15,
        feature_matching=0.05,
        detail_energy=0.4,
        grid=4.0,
        seams=8.0,
        learning_rate=1e-3,
        critic_learning_rate=4e-4,
    ),
    loss_sentence=(
        "L1 and squared error on pixels, L1 on 2 x 2 to 8 x 8 means, on gradients, on colour and on the differences of neighbouring "
        "frames, commitment (0.25); in the last part, with the encoder at rest, also a 3D patch discriminator (spectral norm, "
        "hinge, adaptive weight), matching of its features and of the local strength of Laplacian bands, and a penalty on "
        "error that repeats with the token grid and on detail that gathers at the borders of the painted 4 x 4 patches. No pretrained perceptual network."
    ),
    # A few clips are a small and one-sided batch: smaller steps, and a codebook that forgets slowly.
    learning_rate=2e-4,
    codebook_decay=0.997,
    patience=400,
    weight_average=0.997,
    drawn_share=0.0,
    clips=ClipPlan(
        batches=((8, 4, 64), (4, 8, 64), (2, 8, 96), (2, 16, 64), (4, 4, 96), (1, 16, 128)),
        moves_share=0.3,
        start_from="vqgan-f8",
    ),
)
