"""Export formats: every module of this folder that holds a `Format` is one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

from pipelines.message import Channel
from pipelines.sources.interface import Format


@cache
def formats() -> dict[str, Format]:
    """Every format by name; adding one is adding its file."""
    found: dict[str, Format] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if (
                issubclass(kind, Format)
                and not inspect.isabstract(kind)
                and kind.__module__ == module.__name__
            ):
                found[kind.name] = kind()
    return dict(sorted(found.items()))


def is_web_log(name: str) -> bool:
    """Whether a format is one of web-access logs."""
    return formats()[name].channel == Channel.WEB
