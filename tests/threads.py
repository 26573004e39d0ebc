"""A thread with a stack of one mebibyte, in which recursion over a deep graph would crash."""

import threading
from collections.abc import Callable


def in_a_small_thread(run: Callable[[], None]) -> None:
    """Run it there, and raise here what it raises there."""
    failed: list[BaseException] = []

    def guarded() -> None:
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - handed on
            failed.append(error)

    before = threading.stack_size(1 << 20)
    try:
        thread = threading.Thread(target=guarded)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    if failed:
        raise failed[0]
