"""How the library's functions are compiled: entry points with a disk cache, their subroutines, inlined helpers.

`@compiled` marks what Python calls, `@subroutine` what is compiled once and called from compiled code, `@inlined` what
is pasted into its callers. The choice between the last two sets the compile time, not the bits.
"""

import hashlib
from pathlib import Path

from numba import config, njit
from numba.core.caching import IndexDataCacheFile
from numba.core.registry import cpu_target

inlined = njit(inline="always")
subroutine = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _fingerprint(*folders):
    """Of the processor and the sources in some folders."""
    digest = hashlib.sha256(repr(cpu_target.target_context.codegen().magic_tuple()).encode())
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _shared_folder():
    """NUMBA_CACHE_DIR where it is set, the same for every checkout: Numba itself would add the source's own path."""
    if not config.CACHE_DIR:
        return None
    folder = Path(config.CACHE_DIR) / "superposition"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


def compiled(function):
    """Compile on first call, keep the machine code on disk (NUMBA_CACHE_DIR), notice a change in any file here.

    Numba's own stamp is the time of the file that holds `function`; the functions called from it in other modules
    would go stale unseen. Here a digest of the processor, of this package's sources and of those beside `function`
    names the files and is their stamp: machines of several kinds may share a folder.

    Each compiled function must be called with one signature only: then processes that compile at the same time write
    the same files, each replaced atomically, and cannot mix up two versions.
    """
    dispatcher = njit(cache=True, nogil=True)(function)  # other threads run, such as the one that ends with the run
    stamp = _fingerprint(Path(__file__).parent, Path(function.__code__.co_filename).parent)
    cache = dispatcher._cache
    folder = _shared_folder() or cache.cache_path
    cache._cache_file = IndexDataCacheFile(folder, f"{function.__name__}-{stamp[:16]}", stamp)
    return dispatcher
