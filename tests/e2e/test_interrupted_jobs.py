"""A job that runs is not disturbed, ends at a word, and leaves nothing that is not mended."""

from __future__ import annotations

import signal

from tests.e2e.home import Home


def test_nobody_disturbs_a_job_and_ctrl_c_ends_it_with_a_word(sample_home: Home) -> None:
    before = sample_home.digests()
    with sample_home.held("staging.base_shop__orders", "build") as job:
        for command in (["score"], ["db", "stop"], ["db", "reset", "--yes"]):
            done = sample_home.clientele(*command, code=5)
            assert f"another clientele job is running (pid {job.pid}" in done.stderr
        job.send_signal(signal.SIGINT)
        _, errors = job.communicate(timeout=30)
    assert job.returncode == 130
    assert errors.strip().splitlines()[-1].startswith("clientele: interrupted")
    sample_home.without_tests().clientele("build")
    after = sample_home.digests()
    # A table that an interrupted build had dropped is back; what was there is as it was.
    assert {name: after[name] for name in before} == before
