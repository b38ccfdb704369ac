"""Train one tokenizer: python train.py --model vqgan-f8 --data photos --out runs/vqgan-f8 --minutes 60

The state is saved to OUT/state.pt every few minutes and when the process is asked to stop;
the same command goes on from there. Metrics go to OUT/metrics.jsonl, one JSON line per --log steps.
"""

import argparse
import copy
import json
import math
import os
import signal
import time
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from configs import Recipe, load_recipe
from data import Crops, Photos
from data3d import ClipCrops, Clips
from losses import (
    ClipDiscriminator,
    Discriminator,
    adaptive_weight,
    as_frames,
    chroma_l1,
    detail_energy_l1,
    discriminator_hinge,
    feature_matching,
    gradient_l1,
    grid_l1,
    multiscale_l1,
    seam_l1,
    time_l1,
)
from machine import Machine, Source, choose_machine
from network3d import inflate
from published import read_published
from quantizer import LookupFree, Quantizer, fit_bits
from tokenizer import is_lookup_free, make_autoencoder


class Trainer:
    def __init__(self, recipe: Recipe, minutes: float, machine: Machine, rate: float = 1):
        self.recipe, self.minutes, self.machine, self.rate = recipe, minutes, machine, rate
        settings = recipe.network
        self.network = machine.place(make_autoencoder(settings))
        self.encode, self.decode = (machine.compile(part) for part in (self.network.encoder, self.network.decoder))
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.quantizer = make_quantizer(recipe).to(machine.device)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), recipe.learning_rate, betas=recipe.betas, weight_decay=1e-4
        )
        self.discriminator = machine.place(ClipDiscriminator() if recipe.clips else Discriminator())
        self.judge = machine.compile(self.discriminator)
        self.critic_optimizer = torch.optim.AdamW(
            self.discriminator.parameters(), betas=(0.5, 0.9), weight_decay=1e-4
        )
        self.step, self.seconds, self.critic_steps, self.balance = 0, 0.0, 0, 0.0
        self.recent_latents: list[Tensor] = []
        self.quantizes, self.encoder_rests = is_lookup_free(settings), False

    PARTS = ("network", "average", "quantizer", "optimizer", "discriminator", "critic_optimizer")
    VALUES = ("step", "seconds", "critic_steps", "balance", "quantizes", "recent_latents")

    def save(self, file: Path, **extra) -> None:
        state = {name: getattr(self, name).state_dict() for name in self.PARTS}
        state |= {name: getattr(self, name) for name in self.VALUES} | extra
        state["model"] = self.recipe.id
        temporary = file.with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, file)

    def load(self, file: Path) -> None:
        state = torch.load(file, weights_only=True, map_location=self.machine.device)
        for name in self.PARTS:
            getattr(self, name).load_state_dict(state[name])
        for name in self.VALUES:
            setattr(self, name, state[name])

    def start_from(self, folder: Path, source: Source) -> None:
        """From a model folder: the same model goes on training; a clip model begins as a model for pictures, with its codebook."""
        recipe, weights, codebook = read_published(folder)
        if recipe.id == self.recipe.id:
            self.network.load_state_dict(weights)
        elif self.recipe.clips and not recipe.clips:
            inflate(self.network, weights)
        else:
            raise SystemExit(f"{self.recipe.id} cannot start as {recipe.id}")
        if is_lookup_free(self.recipe.network):
            if recipe.id != self.recipe.id:
                self._fit_bits(weights, source)
        else:
            codebook = codebook.to(self.machine.device)
            self.quantizer.restart(torch.ones(len(codebook), dtype=torch.bool), codebook)
            self.quantizes = True
        self.average.load_state_dict(self.network.state_dict())

    @torch.no_grad()
    def _fit_bits(self, flat: dict[str, Tensor], source: Source) -> None:
        """Bits in place of the 2D model's latents: new first and last layers around the same network."""
        features: list[Tensor] = []
        project, lift = self.network.encoder.project, self.network.decoder.lift
        hook = project.register_forward_pre_hook(lambda _, inputs: features.append(inputs[0].movedim(2, -1).flatten(0, -2).cpu()))
        for step in range(self.recipe.codebook_batches):
            self.network.encoder(source(step).to(self.machine.device))
        hook.remove()
        seen = torch.cat(features)
        latents = seen @ flat["encoder.project.weight"].flatten(1).T + flat["encoder.project.bias"]
        weight, bias, guess, rest = fit_bits(seen, F.normalize(latents, dim=-1), self.recipe.network.entryDimension)
        project.weight.copy_(weight[:, :, None, None])
        project.bias.copy_(bias)
        lift.weight.copy_(torch.einsum("odyx,di->oiyx", flat["decoder.lift.weight"], guess))
        lift.bias.copy_(flat["decoder.lift.bias"] + flat["decoder.lift.weight"].sum((2, 3)) @ rest)

    @property
    def progress(self) -> float:
        return min(1.0, self.seconds / (60 * self.minutes))

    def learning_rate(self, peak: float) -> float:
        """Short warm-up, then a cosine that reaches a hundredth when the minutes are over."""
        fall = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.progress))
        return self.rate * peak * min(1.0, (self.step + 1) / 100) * fall

    def train_step(self, pixels: Tensor) -> dict[str, float]:
        recipe = self.recipe
        plan = recipe.adversarial
        critic_on = plan is not None and self.quantizes and self.progress >= plan.start
        if critic_on and not self.encoder_rests:
            self._rest_encoder()
        peak = plan.learning_rate if critic_on else recipe.learning_rate
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate(peak)
        warm = self.step >= recipe.unquantized_steps or self.progress >= 0.1
        if warm and len(self.recent_latents) == recipe.codebook_batches:
            self.quantizer.start_from(torch.cat(self.recent_latents))
            self.recent_latents.clear()
            self.quantizes = True

        with self.machine.precision():
            latents = self.encode(pixels)
        latents = latents.float()
        if not self.quantizes:
            self._remember(latents)
        quantized, tokens, commitment = self.quantizer(latents, self.quantizes)
        with self.machine.precision():
            reconstruction = self.decode(quantized)
        reconstruction = reconstruction.float()

        weights = plan.pixels if critic_on else recipe.pixels
        source, copy = as_frames(pixels), as_frames(reconstruction)
        parts = {"mse": F.mse_loss(copy, source)}
        loss = weights.mse * parts["mse"] + recipe.commitment * commitment
        if weights.l1:
            loss = loss + weights.l1 * F.l1_loss(copy, source)
        if weights.multiscale:
            loss = loss + weights.multiscale * multiscale_l1(copy, source)
        if weights.gradient:
            loss = loss + weights.gradient * gradient_l1(copy, source)
        if weights.chroma:
            loss = loss + weights.chroma * chroma_l1(copy, source)
        if weights.time:
            loss = loss + weights.time * time_l1(reconstruction, pixels)
        parts |= {"loss": loss, "commitment": commitment}
        if critic_on:
            loss = loss + self._adversarial(pixels, reconstruction, loss, parts)

        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        parts["gradient"] = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        if critic_on:
            self._train_critic(pixels, reconstruction.detach(), parts)
        self._follow_weights()
        self.step += 1
        self.last_tokens = tokens
        return {name: float(torch.as_tensor(value).detach()) for name, value in parts.items()}

    def _rest_encoder(self) -> None:
        """Go on from the averaged weights, and train the decoder alone."""
        if self.critic_steps == 0:
            self.network.load_state_dict(self.average.state_dict())
        self.network.encoder.requires_grad_(False)
        self.encoder_rests = True

    def _remember(self, latents: Tensor) -> None:
        placed = self.quantizer.place(latents.detach().movedim(1, -1).flatten(0, -2))
        self.recent_latents.append(placed)
        del self.recent_latents[: -self.recipe.codebook_batches]

    def _adversarial(self, pixels: Tensor, fake: Tensor, pixel_loss: Tensor, parts: dict) -> Tensor:
        plan = self.recipe.adversarial
        self.discriminator.requires_grad_(False)
        verdict, fake_features = self._judge(fake)
        with torch.no_grad():
            _, real_features = self._judge(pixels)
        self.discriminator.requires_grad_(True)
        hinge = -verdict.mean()
        if self.critic_steps % 8 == 0:
            now = float(adaptive_weight(pixel_loss, hinge, self.network.decoder.paint.weight))
            self.balance = 0.8 * self.balance + 0.2 * now if self.balance else now
        matching = feature_matching(real_features, fake_features)
        energy = detail_energy_l1(as_frames(pixels), as_frames(fake))
        grid = grid_l1(as_frames(pixels), as_frames(fake), self.recipe.network.reduction)
        seam = seam_l1(as_frames(pixels), as_frames(fake), self.recipe.network.patch)
        parts |= {"hinge": hinge, "matching": matching, "energy": energy, "grid": grid, "seam": seam}
        ramp = min(1.0, self.critic_steps / plan.ramp)
        return ramp * (
            plan.weight * self.balance * hinge
            + plan.feature_matching * matching
            + plan.detail_energy * energy
            + plan.grid * grid
            + plan.seams * seam
        )

    def _train_critic(self, real: Tensor, fake: Tensor, parts: dict) -> None:
        for group in self.critic_optimizer.param_groups:
            group["lr"] = self.recipe.adversarial.critic_learning_rate * max(0.1, 1 - self.progress)
        # One pass over both: the same singular-vector estimates, and larger batches.
        verdict_real, verdict_fake = self._judge(torch.cat([real, fake]))[0].chunk(2)
        loss = discriminator_hinge(verdict_real, verdict_fake)
        self.critic_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.critic_optimizer.step()
        self.critic_steps += 1
        parts |= {"critic": loss, "balance": self.balance}

    def _judge(self, pixels: Tensor) -> tuple[Tensor, list[Tensor]]:
        with self.machine.precision():
            verdict, features = self.judge(pixels)
        return verdict.float(), [feature.float() for feature in features]

    @torch.no_grad()
    def _follow_weights(self) -> None:
        keep = min(self.recipe.weight_average, (1 + self.step) / (10 + self.step))
        targets, sources = list(self.average.parameters()), list(self.network.parameters())
        torch._foreach_lerp_(targets, sources, 1 - keep)


def make_quantizer(recipe: Recipe) -> Quantizer | LookupFree:
    settings = recipe.network
    if is_lookup_free(settings):
        return LookupFree(settings.entryDimension, recipe.entropy)
    return Quantizer(
        settings.codebookSize, settings.entryDimension, settings.lookup, recipe.codebook_decay, recipe.patience
    )


def make_source(recipe: Recipe, photos: Photos, clips: Clips | None, times: int, seed: int) -> Source:
    """The batch of a step, `times` as large as the recipe's."""
    if recipe.clips:
        windows = ClipCrops(clips, photos, recipe.clips.moves_share, seed)
        batches = [(count * times, *shape) for count, *shape in recipe.clips.batches]
        return lambda step: windows.batch(*batches[step % len(batches)])
    crops = Crops(photos, recipe.drawn_share, seed)

    def pictures(step: int) -> Tensor:
        large = recipe.large_crop_every and step % recipe.large_crop_every == 0
        return crops.batch(times * recipe.batch // (4 if large else 1), recipe.crop * (2 if large else 1))

    return pictures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, type=Path, help="folder of training photos")
    parser.add_argument("--clips", type=Path, help="folder of training clips, for a clip model")
    parser.add_argument("--start", type=Path, help="model folder to go on from, or that a clip model starts as (default: models/<its id>)")
    parser.add_argument("--rate", type=float, default=1, help="times the recipe's learning rates")
    parser.add_argument("--out", required=True, type=Path, help="state and metrics of this run")
    parser.add_argument("--cache", type=Path, help="decoded photos (default: OUT/../cache)")
    parser.add_argument("--minutes", required=True, type=float, help="training time, over all resumes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--log", type=int, default=50, help="steps per metrics line")
    parser.add_argument("--save-minutes", type=float, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help='"cpu", "cuda" … (default: a GPU where there is one)')
    parser.add_argument("--mixed", action=argparse.BooleanOptionalAction, help="bfloat16 (default: on a GPU)")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, help="torch.compile (default: on a GPU)")
    parser.add_argument("--workers", type=int, help="processes that make batches (default: 12 for a GPU)")
    parser.add_argument("--batch-times", type=int, default=1, help="batches so many times as large; a GPU has room for 4 to 8")
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    recipe = load_recipe(arguments.model)
    machine = choose_machine(arguments.device, arguments.mixed, arguments.compile, arguments.workers)
    trainer = Trainer(recipe, arguments.minutes, machine, arguments.rate)
    arguments.out.mkdir(parents=True, exist_ok=True)
    state_file = arguments.out / "state.pt"
    if state_file.exists():
        trainer.load(state_file)
    seed = arguments.seed + trainer.step
    torch.manual_seed(seed)
    cache = arguments.cache or arguments.out.parent / "cache"
    photos = Photos(arguments.data, cache)
    if recipe.clips and not arguments.clips:
        parser.error(f"{recipe.id} also needs --clips")
    clips = Clips(arguments.clips, cache) if recipe.clips else None
    source = partial(make_source, recipe, photos, clips, arguments.batch_times)
    if trainer.step == 0 and (arguments.start or recipe.clips):
        folder = arguments.start or Path(__file__).parents[1] / recipe.clips.start_from
        if (folder / "weights.safetensors").exists():
            trainer.start_from(folder, source(seed))
        elif arguments.start:
            parser.error(f"{folder} holds no weights")
        else:
            print(f"{folder} holds no weights: starting from random ones", flush=True)
    data = {"photos": len(photos), "clips": len(clips) if clips else 0}

    stopping = False

    def stop(*_) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

    clock = saved = time.monotonic()
    sums: dict[str, float] = {}
    counted = 0
    wins = torch.zeros(recipe.network.codebookSize)
    with open(arguments.out / "metrics.jsonl", "a", buffering=1) as metrics:
        for pixels in machine.batches(source, trainer.step, seed):
            if stopping or trainer.progress >= 1:
                break
            parts = trainer.train_step(pixels)
            now = time.monotonic()
            trainer.seconds += now - clock
            clock = now
            counted += 1
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value
            wins += torch.bincount(trainer.last_tokens.flatten().cpu(), minlength=len(wins))
            if trainer.step % arguments.log == 0:
                line = {
                    "step": trainer.step,
                    "minutes": round(trainer.seconds / 60, 2),
                    **{name: round(total / counted, 5) for name, total in sums.items()},
                    "usage": round(float((wins > 0).float().mean()), 4),
                    "entropy": round(float(torch.special.entr(wins / wins.sum()).sum() / math.log(2)), 3),
                    "load": round(os.getloadavg()[0], 2),
                }
                metrics.write(json.dumps(line) + "\n")
                sums.clear()
                counted = 0
                wins.zero_()
            if now - saved > 60 * arguments.save_minutes:
                trainer.save(state_file, **data, threads=arguments.threads)
                saved = time.monotonic()
        trainer.save(state_file, **data, threads=arguments.threads)


if __name__ == "__main__":
    main()
