"""MAGVIT-v2's quantizer: 14 bits and no codebook. Causal in time, so that pictures are clips of one frame."""

from dataclasses import replace

from configs import ClipPlan
from configs.magvit_4x8x8 import RECIPE as MAGVIT

PIXELS = replace(MAGVIT.pixels, mse=5.0, gradient=0.1)

RECIPE = replace(
    MAGVIT,
    id="magvit2-lfq",
    network=replace(MAGVIT.network, causal=True, quantizer="lfq", entryDimension=14, codebookSize=16384),
    # Bits must first be learned to be read: most of the time goes there, and the critic's part stays gentle.
    pixels=PIXELS,
    adversarial=replace(
        MAGVIT.adversarial,
        start=0.8,
        pixels=PIXELS,
        weight=0.2,
        feature_matching=0.1,
        detail_energy=0.5,
        learning_rate=3e-4,
    ),
    commitment=0.1,
    entropy=0.15,
    learning_rate=2e-4,
    weight_average=0.99,
    unquantized_steps=0,
    loss_sentence=MAGVIT.loss_sentence.replace(
        "commitment (0.25)",
        "commitment (0.1), entropy of the bits (0.015 to 0.03: low for a position, high over the last batches)",
    ),
    clips=ClipPlan(
        batches=((6, 5, 64), (4, 9, 64), (6, 1, 128), (2, 17, 64), (4, 5, 96), (12, 1, 96), (1, 17, 128)),
        moves_share=0.3,
        start_from="vqgan-f8",
    ),
)
