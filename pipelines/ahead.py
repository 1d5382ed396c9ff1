"""Reading ahead: an iterator runs in a thread while its consumer works on what came before.

Decompression and parsing happen outside Python's lock, so a reader and the stages after it use
two cores. At most `depth` items wait; an error of the iterator is raised where it is consumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")
_POLL = 0.5  # seconds between looks at whether the consumer has gone


def ahead(items: Iterable[T], depth: int = 2) -> Iterator[T]:
    """Yield the items of an iterable that runs in a thread of its own."""
    waiting: Queue[tuple[bool, object]] = Queue(maxsize=depth)
    gone = Event()

    def run() -> None:
        try:
            for item in items:
                if not _put(waiting, (True, item), gone):
                    return
            _put(waiting, (False, None), gone)
        except BaseException as error:
            _put(waiting, (False, error), gone)

    thread = Thread(target=run, name="read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            more, item = waiting.get()
            if not more:
                if isinstance(item, BaseException):
                    raise item
                return
            yield item  # type: ignore[misc]
    finally:
        gone.set()
        thread.join()


def _put(waiting: Queue[tuple[bool, object]], item: tuple[bool, object], gone: Event) -> bool:
    """Put an item unless the consumer has gone; returns whether it was put."""
    while not gone.is_set():
        try:
            waiting.put(item, timeout=_POLL)
            return True
        except Full:
            continue
    return False
