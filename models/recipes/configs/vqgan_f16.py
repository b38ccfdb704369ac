"""VQGAN at f16, the paper's setting: one more level than vqgan-f8, a quarter of the tokens."""

from dataclasses import replace

from configs.vqgan_f8 import RECIPE as F8

RECIPE = replace(
    F8,
    id="vqgan-f16",
    network=replace(F8.network, widths=(80, 128, 176), blocks=(1, 1, 2), decoderBlocks=(1, 2, 2)),
    crop=128,
    batch=8,
)
