"""VQGAN at f16, the paper's setting: one more level than vqgan-f8, a quarter of the tokens."""

from dataclasses import replace

from configs.vqgan_f8 import RECIPE as F8

RECIPE = replace(
    F8,
    id="vqgan-f16",
    network=replace(F8.network, widths=(80, 128, 176), blocks=(1, 1, 2), decoderBlocks=(1, 2, 2)),
    # Ten bits for 16 x 16 pixels: without a term of its own, colour is the first thing left out.
    pixels=replace(F8.pixels, chroma=1.5),
    # A token says less than at f8, so more of the texture is left to the second part.
    adversarial=replace(
        F8.adversarial,
        start=0.35,
        pixels=replace(F8.adversarial.pixels, chroma=1.0),
        detail_energy=7.0,
        grid=6.0,
        seams=40.0,
        learning_rate=5e-4,
    ),
    crop=128,
    batch=5,
)
