"""Attacks, on every level that works here.

What a level does not prevent is said in docs/sandbox.md; where it can be shown without harm, it is asserted here.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.sandbox import MIB, Verdict
from harness.sandbox.namespace import Bubblewrap
from harness.sandbox.run import Level
from tests.sandbox.conftest import Attacked, processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the attacks are looked for in /proc")

Attack = Callable[..., Attacked]
ROOT = os.geteuid() == 0  # then jobs run as nobody, which prevents more


@pytest.fixture(autouse=True)
def nothing_survives(request: pytest.FixtureRequest) -> Iterator[None]:
    """This process has no children more than before."""
    before = children()
    yield
    assert children() <= before


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


# Resources


def test_fork_bomb(level: Level, attack: Attack) -> None:
    """Six doublings at most, so that no machine is harmed where nothing stops them."""
    code = """
import os, time
for _ in range(6):
    try:
        os.fork()
    except OSError:
        break
os.write(1, b"x")
time.sleep(60)
"""
    if isinstance(level, Bubblewrap) and ROOT:
        pytest.skip("not prevented")
    found = attack(code, processes=20, seconds=1)
    assert found.outcome.verdict is Verdict.TIMEOUT
    # On 'process' the user's other processes, which come and go, are counted with them.
    assert 1 < len(found.outcome.stdout) <= (20 if level.name == "namespace" else 50)
    assert not found.survivors


@pytest.mark.parametrize(
    "code",
    [
        "bytearray(1 << 30)",
        "import mmap; mmap.mmap(-1, 1 << 30).write(bytes(1 << 20))",
        "keep = []\nwhile True: keep.append(' ' * (1 << 20))",
    ],
    ids=["at once", "shared", "slowly"],
)
def test_memory(attack: Attack, code: str) -> None:
    found = attack(code, memory=256 * MIB)
    assert not found.outcome.ok
    assert found.outcome.verdict is (Verdict.FAILED if "mmap" in code else Verdict.MEMORY)


def test_one_huge_file(attack: Attack) -> None:
    found = attack("open('big', 'wb').write(bytes(1 << 22))", file_bytes=MIB)
    assert found.outcome.verdict is Verdict.FAILED
    assert "File too large" in found.outcome.stderr


def test_many_files(level: Level, attack: Attack) -> None:
    code = "for i in range(12): open(str(i), 'wb').write(bytes(1 << 20))"
    found = attack(code, file_bytes=2 * MIB, disk=8 * MIB)
    if level.name == "namespace":
        assert "No space left" in found.outcome.stderr
    else:
        assert found.outcome.ok  # bounded by time alone; removed afterwards


def test_very_many_files(level: Level, attack: Attack) -> None:
    if level.name == "process" or isinstance(level, Bubblewrap):
        pytest.skip("not prevented, and slow")
    found = attack("for i in range(40_000): open(str(i), 'w').close()", seconds=10, total_seconds=20)
    assert "No space left" in found.outcome.stderr


@pytest.mark.parametrize("stream", [1, 2])
def test_endless_output(attack: Attack, stream: int) -> None:
    found = attack(f"import os\nwhile True: os.write({stream}, b'x' * 60_000)", output=MIB)
    assert found.outcome.verdict is Verdict.OUTPUT
    assert len(found.outcome.stdout) <= MIB
    assert len(found.outcome.stderr) <= 16_384
    assert found.outcome.seconds < 2
    assert not found.survivors


def test_output_up_to_the_limit_is_whole(attack: Attack) -> None:
    found = attack(f"print('x' * {MIB - 1})", output=MIB)
    assert found.outcome.ok
    assert len(found.outcome.stdout) == MIB


# Time


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "import os, time; [os.close(i) for i in range(3)]; time.sleep(60)",
        "import signal as s, time\nfor n in s.valid_signals() - {9, 19}: s.signal(n, s.SIG_IGN)\ntime.sleep(60)",
    ],
    ids=["sleep", "busy", "closed stdio", "signals ignored"],
)
def test_past_the_deadline(attack: Attack, code: str) -> None:
    found = attack(code, seconds=0.5)
    assert found.outcome.verdict is Verdict.TIMEOUT
    assert found.outcome.seconds < 1.5
    assert not found.survivors


def test_processor_time(attack: Attack) -> None:
    found = attack("while True: pass", seconds=6, cpu_seconds=1)
    assert found.outcome.verdict is Verdict.TIMEOUT
    assert found.outcome.signal == signal.SIGXCPU


def test_closing_stdio_is_allowed(attack: Attack) -> None:
    assert attack("import os\nfor i in range(3): os.close(i)\nos._exit(0)").outcome.ok


# Escaping


DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        {close}
        time.sleep(60)
    os._exit(0)
print("gone")
"""


@pytest.mark.parametrize("close", ["[os.close(i) for i in range(3)]", "pass"], ids=["quiet", "holds the pipes"])
def test_a_daemon(attack: Attack, close: str) -> None:
    found = attack(DAEMON.format(close=close))
    assert found.outcome.ok
    assert found.outcome.stdout == "gone\n"
    assert found.outcome.seconds < 1.5  # nobody waits for it
    assert not found.survivors


SIGNAL = """
import os, time
try:
    os.kill(os.getppid(), {number})
except PermissionError:
    pass
time.sleep(0.2)
print("here")
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD])
def test_killing_the_parent(level: Level, attack: Attack, number: int) -> None:
    """The first process of a namespace takes no signals from within, and nobody may signal root's."""
    found = attack(SIGNAL.format(number=int(number)))
    if level.name == "namespace" or ROOT or number in (signal.SIGINT, signal.SIGCHLD):
        assert found.outcome.stdout == "here\n"
    else:
        assert found.outcome.verdict is Verdict.KILLED
    assert not found.survivors


def test_stopping_the_parent(level: Level, attack: Attack) -> None:
    found = attack(SIGNAL.format(number=int(signal.SIGSTOP)), total_seconds=1)
    assert found.outcome.ok or (level.name == "process" and not ROOT and found.outcome.verdict is Verdict.KILLED)
    assert not found.survivors


def test_killing_everything(level: Level, attack: Attack) -> None:
    if level.name == "process":
        pytest.skip("would end this user's other processes")
    found = attack("import os\ntry: os.kill(-1, 9)\nexcept OSError: pass\nprint('alone')")
    assert found.outcome.stdout == "alone\n" or found.outcome.verdict is Verdict.KILLED


def test_tracing_the_parent(attack: Attack) -> None:
    code = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(16, os.getppid(), 0, 0), libc.ptrace(16, 1, 0, 0))
"""
    assert attack(code).outcome.stdout == "-1 -1\n"


@pytest.mark.parametrize(("file", "how"), [("fd/1", "ab"), ("fd/0", "rb"), ("mem", "r+b"), ("environ", "rb")])
def test_the_parent_cannot_be_opened(attack: Attack, file: str, how: str) -> None:
    """By way of its standard output a job could write its own report."""
    found = attack(f"import os; open(f'/proc/{{os.getppid()}}/{file}', '{how}')")
    assert found.outcome.verdict is Verdict.FAILED
    assert "PermissionError" in found.outcome.stderr


def test_a_run_that_is_killed_takes_its_job_along(
    level: Level, root: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    mark = f"attack-{os.getpid()}-{time.monotonic_ns()}"
    script = tmp_path / "run.py"
    script.write_text(
        "import sys\nfrom harness.sandbox import Job, python\nfrom harness.sandbox.run import run_on\n"
        "from tests.sandbox.conftest import LEVELS\n"
        f"job = Job(python('-c', 'import time; time.sleep(60)', '{mark}'))\n"
        f"run_on(LEVELS[{request.node.callspec.params['level']!r}](), job)\n"
    )
    path = {"PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
    victim = subprocess.Popen([sys.executable, script], start_new_session=True, env={**os.environ, **path})
    end = time.monotonic() + 10
    while not processes(mark, patience=0) and time.monotonic() < end:
        time.sleep(0.02)
    victim.kill()
    victim.wait()
    assert time.monotonic() < end
    assert not processes(mark, patience=3)


# Other people's things


def test_network(level: Level, attack: Attack) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        found = attack(f"import socket; socket.create_connection(('127.0.0.1', {port}), 1); print('connected')")
    if level.name == "namespace":
        assert "unreachable" in found.outcome.stderr or "refused" in found.outcome.stderr
    else:
        assert found.outcome.stdout == "connected\n"  # not prevented


def test_sockets_without_a_file(level: Level, attack: Attack) -> None:
    name = f"harness-{os.getpid()}"
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(f"\0{name}")
        server.listen()
        found = attack(f"import socket; socket.socket(socket.AF_UNIX).connect('\\0{name}'); print('connected')")
    assert (found.outcome.stdout == "connected\n") == (level.name == "process")


def test_the_environment(monkeypatch: pytest.MonkeyPatch, level: Level, attack: Attack) -> None:
    monkeypatch.setenv("SECRET_KEY", "very-secret-value")
    code = """
import glob, os
print("very-secret-value" in str(os.environ), sorted(os.environ))
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        if b"very-secret-value" in open(path, "rb").read():
            print("found")
            break
    except OSError:
        pass
"""
    out = attack(code).outcome.stdout
    assert out.startswith("False ['HOME', 'LANG', 'PATH', 'PYTHONHASHSEED', 'TMPDIR']\n")
    if level.name == "namespace" or ROOT:
        assert "found" not in out


def test_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, level: Level, attack: Attack) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("very-secret-value")
    monkeypatch.setenv("HOME", str(tmp_path))
    code = f"""
import os
for path in ("~/secret.txt", "{secret}"):
    try:
        print(open(os.path.expanduser(path)).read())
    except OSError:
        print("hidden")
"""
    assert attack(code).outcome.stdout.splitlines()[0] == "hidden"
    if level.name == "namespace":
        assert attack(code).outcome.stdout == "hidden\nhidden\n"


def test_the_results(tmp_path: Path, level: Level, attack: Attack) -> None:
    if level.name == "process" and not ROOT:
        pytest.skip("not prevented")
    result = tmp_path / "scores.json"
    result.write_text("0.1")
    for path in (tmp_path, result):
        path.chmod(0o700)
    found = attack(f"open('{result}', 'w').write('1.0')")
    assert not found.outcome.ok
    assert result.read_text() == "0.1"


def test_what_a_namespace_shows(level: Level, attack: Attack) -> None:
    if level.name == "process":
        pytest.skip("sees the whole machine")
    code = """
import os
from pathlib import Path
print(sorted(os.listdir("/dev")))
print([name for name in os.listdir("/") if name in ("home", "root", "var", "srv", "mnt", "work", "old")])
print(sorted(path.name for path in Path("/proc").glob("[0-9]*")))
def writes(path):
    try:
        Path(path).write_text("x")
        return path
    except OSError:
        return None
places = ["/", "/usr", "/usr/bin", "/etc", "/dev", "/proc", "/proc/sys/kernel", "/job", "/tmp", "/dev/shm"]
print([place for place in places if writes(f"{place}/x")])
"""
    devices, others, numbers, writable = attack(code).outcome.stdout.splitlines()
    assert not {"sda", "vda", "nvme0n1", "mem", "kmsg", "fuse", "kvm"} & set(eval(devices))
    assert set(eval(others)) <= {"root", "home"}  # the way to an interpreter that lies there
    assert len(eval(numbers)) <= 3
    assert set(eval(writable)) <= {"/job", "/tmp", "/dev/shm"}


def test_no_rights_to_gain(level: Level, attack: Attack) -> None:
    code = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(libc.unshare(0x10000000), libc.mount(b"none", b"/job", b"tmpfs", 0, None), libc.umount2(b"/usr", 2))
print(libc.mount(b"", b"/", None, 32 | 4096, None), libc.setuid(0) if os.getuid() else -1, libc.chroot(b"/job"))
print([line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "NoNewPrivs"))])
"""
    lines = attack(code).outcome.stdout.splitlines()
    assert set(lines[0].split()[1:] + lines[1].split()) == {"-1"}
    assert "'1'" in lines[2]
    if level.name == "namespace":
        assert lines[0].startswith("-1")
        assert lines[2] == "['0000000000000000', '1']"


# The job's folder


@pytest.mark.parametrize(
    "code",
    [
        "import shutil; shutil.rmtree(here)",
        "os.chmod(here, 0)",
        "os.makedirs('a/b'); os.chmod('a/b', 0); os.chmod('a', 0)",
        "os.symlink(victim, 'link'); os.symlink('/', 'root'); os.symlink('link', 'loop'); os.symlink('self', 'self')",
        "import shutil; shutil.rmtree(here, ignore_errors=True)\ntry: os.symlink(victim, here)\nexcept OSError: pass",
        "for _ in range(1500): os.mkdir('d'); os.chdir('d')",
        "os.mkfifo('pipe'); open('a' * 200, 'w'); open('new\\nline', 'w'); open(b'\\xff', 'w')",
    ],
    ids=["deleted", "closed", "closed within", "links", "replaced", "deep", "odd files"],
)
def test_clearing_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, attack: Attack, code: str) -> None:
    if Path("/dev/shm").is_dir():
        monkeypatch.setattr(tempfile, "tempdir", "/dev/shm")  # some disks take milliseconds for each folder
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "precious").write_text("x")
    found = attack(f"import os\nhere, victim = os.getcwd(), {str(victim)!r}\nprint(here, flush=True)\n{code}")
    folder = found.outcome.stdout.splitlines()[0]
    assert not os.path.lexists(folder)
    assert (victim / "precious").exists()
    assert not found.survivors
