"""Runs a program that was handed in and judges it, in a process of its own.

It is started by ``python -m visualize.diagnosis.code_worker``.
"""

from typing import Any

from nn.derivations.internal import check_code_file

from .worker import describe_raised, serve

MEMORY = 8 << 30  # bytes of addresses; a library of tensors reserves several thousand million before it does anything


def main() -> None:
    """Judge the program that the request names, and print the diagnosis."""
    serve(_answer, MEMORY)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        return check_code_file(request["path"], request["text"], **request["settings"]).to_dict()
    except (ValueError, TypeError) as error:
        of_file = _is_of(error, request["path"])
        return {"error": describe_raised(error, request["path"]) if of_file else str(error)}
    except BaseException as error:  # noqa: BLE001 - a stranger's file may raise anything, SystemExit among it
        return {"error": describe_raised(error, request["path"])}


def _is_of(error: BaseException, path: str) -> bool:
    """Whether an exception came up in the file itself."""
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == path:
            return True
        trace = trace.tb_next
    return False


if __name__ == "__main__":
    main()
