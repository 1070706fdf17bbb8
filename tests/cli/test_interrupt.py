"""Ctrl-C is remembered until the work looks; a second one does not wait."""

import signal

import pytest

from vrface.cli.interrupt import Interrupt


def test_the_first_is_remembered_and_raises_where_the_work_looks():
    with Interrupt() as interrupt:
        interrupt.check()
        signal.raise_signal(signal.SIGINT)
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()


def test_it_is_not_lost_where_exceptions_are():
    class Swallowing:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    with Interrupt() as interrupt:
        Swallowing()
        assert interrupt.asked


def test_a_second_one_raises_at_once():
    with Interrupt():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_other_signals_count_when_named_and_handlers_come_back():
    before = signal.getsignal(signal.SIGTERM)
    with Interrupt(signal.SIGINT, signal.SIGTERM) as interrupt:
        signal.raise_signal(signal.SIGTERM)
        assert interrupt.asked
    assert signal.getsignal(signal.SIGTERM) is before
