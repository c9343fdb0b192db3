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


def test_progress_is_one_bar_on_a_terminal():
    stream = Terminal()
    times = iter(range(1000))
    progress = Progress(10, stream, clock=lambda: next(times))
    for done in range(11):
        progress.show(done, "documents")
    progress.close()
    assert stream.getvalue().count("\n") == 1
    assert "█" * 30 in stream.getvalue()
