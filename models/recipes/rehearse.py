"""The whole way of every model in a few minutes: python rehearse.py --data PHOTOS --clips CLIPS --pictures KODAK --held-out HELD_OUT

Each model starts from zero, is stopped half-way and resumed, is exported and measured. Fails when a part fails, when a resumed
run does not go on from where it was, or when a loss, a figure or an exported number is not finite. The weights are of no use.
"""

import argparse
import json
import math
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import load_file

from configs import load_recipe

HERE = Path(__file__).parent
MODELS = ("vqvae-f8", "vqgan-f8", "vqgan-f16", "magvit-4x8x8", "magvit2-lfq")


def command(script: str, **options) -> list[str]:
    given = ((name.replace("_", "-"), value) for name, value in options.items() if value is not None)
    return [sys.executable, str(HERE / script), *(str(part) for name, value in given for part in (f"--{name}", value))]


def train(arguments: argparse.Namespace, model: str, folder: Path, start: Path | None) -> int:
    """Trains in two goes and returns the steps made."""
    line = command(
        "train.py", model=model, data=arguments.data, clips=arguments.clips if load_recipe(model).clips else None, start=start,
        out=folder, cache=arguments.cache, minutes=arguments.minutes, threads=arguments.threads, log=5,
    )
    first = subprocess.Popen(line)
    time.sleep(30 * arguments.minutes)
    log = folder / "metrics.jsonl"
    while first.poll() is None and not (log.exists() and log.stat().st_size):
        time.sleep(1)  # A slow machine is still reading its data.
    first.send_signal(signal.SIGTERM)
    if first.wait() != 0:
        raise SystemExit(f"{model}: the first half ended with {first.returncode}")
    half = torch.load(folder / "state.pt", weights_only=True, map_location="cpu")["step"]
    subprocess.run(line, check=True)
    metrics = [json.loads(line) for line in log.read_text().splitlines()]
    steps = [line["step"] for line in metrics]
    if not 0 < half < steps[-1] or steps != sorted(steps):
        raise SystemExit(f"{model}: stopped at step {half}, and its metrics go {steps}")
    if not all(math.isfinite(value) for line in metrics for value in line.values()):
        raise SystemExit(f"{model}: a loss is not finite")
    return steps[-1]


def export(arguments: argparse.Namespace, model: str, folder: Path, out: Path) -> dict:
    clips = arguments.held_out if load_recipe(model).clips else None
    line = command(
        "export.py", state=folder / "state.pt", pictures=arguments.pictures, clips=clips, machine="a rehearsal", out=out,
        threads=arguments.threads,
    )
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
    for file in (out / model).glob("*.safetensors"):
        if not all(tensor.float().isfinite().all() for tensor in load_file(file).values()):
            raise SystemExit(f"{model}: {file.name} holds numbers that are not finite")
    training = json.loads((out / model / "training.json").read_text())
    return training.get("clips") or training["kodak"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--clips", required=True, type=Path)
    parser.add_argument("--pictures", required=True, type=Path)
    parser.add_argument("--held-out", required=True, type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        exported = Path(place) / "out"
        for model in arguments.models:
            folder = Path(place) / model
            clips = load_recipe(model).clips
            first = exported / clips.start_from if clips else None
            start = first if first and first.exists() else None
            steps = train(arguments, model, folder, start)
            figures = export(arguments, model, folder, exported)
            print(f"{model}: {steps} steps, {figures['psnr']} dB, {figures['usage']:.1%} of the entries used", flush=True)


if __name__ == "__main__":
    main()
