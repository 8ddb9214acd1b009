"""Starting the market, and what it says when it cannot."""

import os
import subprocess
import sys

import psycopg
import pytest

from local.place import ROOT
from tests.stack import Stack


def run(**values: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.run"]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | values, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_port_that_is_none(tmp_path):
    done = run(PORT="http", AQAD_VAR=str(tmp_path))
    assert (done.returncode, done.stderr) == (1, "AQAD: PORT must be a number from 1 to 65535, not 'http'.\n")


def test_a_taken_port(market: Stack, tmp_path):
    done = run(PORT=str(market.port), AQAD_VAR=str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"port {market.port} is taken" in done.stderr


def test_a_second_run_over_the_same_data(market: Stack):
    done = run(PORT=str(market.port), AQAD_VAR=str(market.folder))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"already runs on {market.folder}" in done.stderr


def test_tests_of_the_market_stay_on_one_worker(market: Stack, request: pytest.FixtureRequest):
    assert "PYTEST_XDIST_WORKER" not in os.environ or request.node.nodeid.endswith("@market")


def test_words_are_compared_in_every_language():
    with psycopg.connect(os.environ["DATABASE_URL"]) as server:
        known = "SELECT 'Ä' ILIKE 'ä', datctype FROM pg_database WHERE datname = current_database()"
        assert server.execute(known).fetchone() == (True, "C.UTF-8")
