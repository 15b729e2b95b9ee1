"""A disk that is full at some stage: one line says so, nothing is half written, and the next run goes on."""

import subprocess

import pytest
from killing import Tiny

MOUNTED = 64  # MB


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A small disk of its own."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MOUNTED}m", "tmpfs", folder], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a full disk is not tested: only root may mount one here ({mounted.stderr.strip()})")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def tiny(disk, tmp_path_factory):
    """The project on the small disk, built once; with the hashes and times of that run."""
    tiny = Tiny(disk / "project", tmp_path_factory.mktemp("compiled"))
    tiny.go_on()
    return tiny, tiny.hashes(), tiny.times()


def fill(disk, free: int):
    """Leave so many bytes of the disk free."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb", buffering=0) as file:
        space = MOUNTED << 20
        while space >= 4096:
            try:
                file.write(bytes(space))
            except OSError:
                space //= 2
        file.truncate(max(file.tell() - free, 0))
    return filler


@pytest.mark.parametrize("free", [0, 8, 64, 160, 400, 700, 1000])
def test_a_full_disk_is_one_line_and_the_next_run_goes_on(disk, tiny, free):
    """`free` kB are left when the run begins: enough for none, some or most of its products."""
    tiny, hashes, times = tiny
    tiny.clear()
    filler = fill(disk, free << 10)
    with tiny.start() as run:
        run.wait()
    said = tiny.said.read_text()
    assert run.returncode != 0
    assert "no space left on the disk; free some and run snakemake again" in said
    assert "Traceback" not in said
    assert not [path for path in tiny.folder.rglob(".*.part")]
    filler.unlink()
    tiny.go_on()
    assert tiny.hashes_with(times) == hashes


@pytest.mark.parametrize("free", [0, 8, 24, 64])
def test_a_full_disk_leaves_the_last_good_documents_where_they_were(disk, tiny, free):
    """A claim's threshold was changed: its verdict, two figures and both documents are to be made anew."""
    tiny, hashes, times = tiny
    tiny.clear()
    tiny.go_on()
    before = tiny.hashes()
    experiment = "workflow/experiments/tiny/experiment.yaml"
    tiny.edit(experiment, "threshold: 1.0", "threshold: 1.1")
    filler = fill(disk, free << 10)
    with tiny.start() as run:
        run.wait()
    assert run.returncode != 0
    assert "no space left on the disk; free some and run snakemake again" in tiny.said.read_text()
    filler.unlink()
    tiny.go_on("--dry-run")  # puts back what a full disk did not let the run put back
    after = tiny.hashes()
    made = {path for path in before if before[path] != after.get(path)}
    assert made <= {path for path in before if path.startswith(("results/tiny/claims.", "report/"))}
    assert before.keys() <= after.keys()
    tiny.edit(experiment, "threshold: 1.1", "threshold: 1.0")
    tiny.go_on()
    assert tiny.hashes_with(times) == hashes
