"""Progress of a run, on a terminal and in a pipe."""

import io

from nodes.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_plain_lines_when_it_is_piped():
    stream = io.StringIO()
    progress = Progress(100, stream, clock=lambda: 0.0)
    for done in range(101):
        progress.show(done, "documents")
    progress.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[-1].startswith("100%  100 of 100")
    assert "\r" not in stream.getvalue()


def test_what_is_left_is_told_from_what_was_done():
    stream = io.StringIO()
    times = iter([0.0, 10.0, 20.0, 1000.0])
    progress = Progress(10, stream, clock=lambda: next(times))
    for done in (1, 4, 10):
        progress.show(done, "documents")
    first, second, last = stream.getvalue().splitlines()
    assert first.endswith("after 10.0 s, 90 s left")
    assert second.endswith("after 20.0 s, 30 s left")
    assert last.endswith("after 1000.0 s")


def test_progress_is_one_bar_on_a_terminal():
    stream = Terminal()
    times = iter(range(1000))
    progress = Progress(10, stream, clock=lambda: next(times))
    for done in range(11):
        progress.show(done, "documents")
    progress.close()
    assert stream.getvalue().count("\n") == 1
    assert "█" * 30 in stream.getvalue()
