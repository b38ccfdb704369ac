"""What the training runs on, and how it makes use of it."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

Source = Callable[[int], Tensor]


@dataclass(frozen=True)
class Machine:
    """On a GPU: bfloat16 in the networks (never in quantizer or losses), compiled graphs, batches made by other processes."""

    device: torch.device
    mixed: bool
    compiled: bool
    workers: int

    def place(self, module: nn.Module) -> nn.Module:
        """Convolutions over time (5D) have no channels-last form worth having."""
        flat = all(weight.dim() != 5 for weight in module.parameters())
        return module.to(self.device, memory_format=torch.channels_last) if flat else module.to(self.device)

    def compile(self, module: nn.Module) -> Callable:
        # Shapes are few and known (the crops of a config), so each gets graphs of its own.
        return torch.compile(module, dynamic=False) if self.compiled else module

    def precision(self) -> contextlib.AbstractContextManager:
        return torch.autocast(self.device.type, torch.bfloat16) if self.mixed else contextlib.nullcontext()

    def batches(self, make_source: Callable[[int], Source], first: int, seed: int) -> Iterator[Tensor]:
        """Batches from step `first` on; each process draws its own crops."""
        if self.workers == 0:
            source, step = make_source(seed), first
            while True:
                yield source(step).to(self.device)
                step += 1
        stream = Stream(make_source, first, seed)
        pinned = self.device.type == "cuda"
        for pixels in DataLoader(stream, None, num_workers=self.workers, pin_memory=pinned, prefetch_factor=4):
            yield pixels.to(self.device, non_blocking=True)


class Stream(IterableDataset):
    def __init__(self, make_source: Callable[[int], Source], first: int, seed: int):
        self.make_source, self.first, self.seed = make_source, first, seed

    def __iter__(self) -> Iterator[Tensor]:
        worker = get_worker_info()
        source = self.make_source(self.seed + 1000 * (worker.id + 1))
        step = self.first + worker.id
        while True:
            yield source(step)
            step += worker.num_workers


def choose_machine(device: str, mixed: bool | None, compiled: bool | None, workers: int | None) -> Machine:
    """`None` stands for what suits the device; "auto" is a GPU where there is one."""
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    gpu = device.startswith("cuda")
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.benchmark = True
    torch._dynamo.config.cache_size_limit = 64
    # The adaptive weight goes back through the same graph twice.
    torch._functorch.config.donated_buffer = False
    choose = lambda given, usual: usual if given is None else given  # noqa: E731
    return Machine(torch.device(device), choose(mixed, gpu), choose(compiled, gpu), choose(workers, 12 if gpu else 0))
