"""A Slurm cluster of two nodes on one machine: everything that it writes lies below one folder, and nothing outlives it.

munged signs messages, slurmctld is the controller, a slurmd is a node. There is no accounting database, so the state of
jobs is that of squeue. Jobs whose memory grows beyond what they asked for are killed.
"""

import os
import secrets
import shutil
import socket
import subprocess
import time
from getpass import getuser
from pathlib import Path

import psutil

NODES = ("n1", "n2")
SBIN = "/usr/sbin:/sbin"

CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=bf_interval=2,sched_interval=2,sched_min_interval=1
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=2
JobAcctGatherParams=OverMemoryKill
ReturnToService=2
SlurmdParameters=config_overrides
SlurmdTimeout=10
KillWait=2
MinJobAge=3600
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2 RealMemory=8000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=8000
PartitionName=main Nodes=ALL Default=YES LLN=YES State=UP
"""


class Cluster:
    """A running cluster; `stop` ends it.

    Args:
        folder: where its configuration, state and logs lie; a short path, as a socket's name has at most 107 bytes.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = {
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PATH": f"{folder}/bin:{os.environ['PATH']}:{SBIN}",
        }
        self.daemons: dict[str, subprocess.Popen] = {}
        self._configure()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def jobs(self) -> list[dict[str, str]]:
        """Every job that there was or is, by the names of scontrol: JobId, JobState, BatchHost, Comment, Restarts, ..."""
        lines = self._asked("scontrol", "--oneliner", "show", "jobs").splitlines()
        return [dict(word.partition("=")[::2] for word in line.split()) for line in lines if "JobId=" in line]

    def states(self) -> dict[str, str]:
        """What the controller holds of every node: idle, mixed, allocated, down, ..."""
        lines = self._asked("sinfo", "--noheader", "--Node", "--format=%N %T").splitlines()
        return dict(line.split() for line in lines)

    def kill_node(self, node: str) -> None:
        """End a node as a power cut does: its daemon first, then whatever runs there."""
        if (daemon := self.daemons.pop(node, None)) is not None:
            daemon.kill()
            daemon.wait()
        for process in self._running(node):
            process.kill()

    def stop(self) -> None:
        """End every job and every daemon."""
        for node in NODES:
            self.kill_node(node)
        for daemon in self.daemons.values():
            daemon.terminate()
        for daemon in self.daemons.values():
            daemon.wait()

    def _configure(self) -> None:
        ports = _free_ports(3)
        host = socket.gethostname().partition(".")[0]
        text = CONFIGURATION.format(host=host, user=getuser(), folder=self.folder, ports=ports)
        (self.folder / "slurm.conf").write_text(text)
        for name in ("bin", "state", *(f"spool-{node}" for node in NODES)):
            (self.folder / name).mkdir()
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(128))
        # Snakemake starts srun without SLURM_CONF, as a cluster's configuration lies where Slurm looks for it.
        srun = shutil.which("srun", path=self.environment["PATH"])
        wrapper = self.folder / "bin/srun"
        wrapper.write_text(f'#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf exec {srun} "$@"\n')
        wrapper.chmod(0o755)

    def _start(self) -> None:
        files = [f"--{name}={self.folder}/munge.{end}" for name, end in (("key-file", "key"), ("socket", "socket"))]
        files += [f"--{name}-file={self.folder}/munge.{name}" for name in ("pid", "log", "seed")]
        self._daemon("munged", "munged", "--foreground", "--force", *files)
        self._until(lambda: (self.folder / "munge.socket").exists())
        self._daemon("slurmctld", "slurmctld", "-D")
        self._until(lambda: "UP" in self._asked("scontrol", "ping", check=False))
        for node in NODES:
            self._daemon(node, "slurmd", "-D", "-N", node)
        self._until(lambda: set(self.states().values()) == {"idle"})

    def _daemon(self, name: str, *command: str) -> None:
        """Start a daemon that ends with this process, however that ends."""
        with (self.folder / f"{name}.out").open("w") as output:
            self.daemons[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                env={**os.environ, **self.environment},
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )

    def _until(self, holds) -> None:
        """Wait until something holds; an error where a daemon has ended."""
        while not holds():
            for name, daemon in self.daemons.items():
                assert daemon.poll() is None, (self.folder / f"{name}.out").read_text()
            time.sleep(0.1)

    def _asked(self, *command: str, check: bool = True) -> str:
        environment = {**os.environ, **self.environment}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=check).stdout

    def _running(self, node: str) -> list[psutil.Process]:
        """The processes of a node's jobs, with the daemons that watch over each."""
        found = {}
        for process in psutil.process_iter():
            try:
                environment = process.environ()
                if environment.get("SLURM_CONF") != self.environment["SLURM_CONF"]:
                    continue
                if environment.get("SLURMD_NODENAME") == node:
                    watching = [parent for parent in process.parents() if parent.name() == "slurmstepd"]
                    for parent in (*watching, process):
                        found |= {each.pid: each for each in (parent, *parent.children(recursive=True))}
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return list(found.values())


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
