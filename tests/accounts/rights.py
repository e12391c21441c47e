"""What tests of people's rights share: a folder of their own, and the worker's part of a copy."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from isthmus.apps.accounts.rights.models import Bundle, Leaving, SubjectRequest
from isthmus.apps.core.jobs import run_job


@pytest.fixture
def data_folder(settings: Any, tmp_path: Path) -> Path:
    """Copies and the journal lie in a folder of the test's own."""
    settings.DATA, settings.ERASURE_JOURNAL = tmp_path, tmp_path / "erasures.journal"
    return tmp_path


def work(thing: SubjectRequest | Leaving) -> Bundle:
    """Do what the worker does about the newest copy."""
    bundle = thing.bundles.latest("made_at")
    assert bundle.job is not None
    run_job.call(str(bundle.job.pk), bundle.job.attempt)
    bundle.refresh_from_db()
    return bundle


def opened(content: bytes) -> dict[str, str]:
    """The files of a copy with their texts."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.testzip() is None
        return {name: bundle.read(name).decode("utf-8-sig") for name in bundle.namelist()}
