"""What both sides of the benchmark share: waiting, counting, the table."""
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


def pause(seconds):
    threading.Event().wait(seconds)


def until(true, process=None, every_s=0.005, limit_s=3600):
    """Wait for it; @process is not to end meanwhile.  Seconds it took."""
    start = time.perf_counter()
    while not true():
        if process and process.poll() is not None:
            sys.exit(f"{process.args} ended with {process.returncode}")
        if time.perf_counter() - start > limit_s:
            sys.exit(f"not reached within {limit_s} s")
        pause(every_s)
    return time.perf_counter() - start


def stop(process):
    if process.poll() is None:
        process.terminate()
        process.wait()


def cpu_s(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICKS


def resident_mb(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0


def folder_bytes(folder, pattern="*"):
    return sum(path.stat().st_blocks * 512
               for path in pathlib.Path(folder).glob(pattern))


def median(times):
    return statistics.median(times)


def part(times, share):
    """The value that @share of them do not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def timed(action, inputs):
    times = []
    for each in inputs:
        start = time.perf_counter()
        action(each)
        times.append(time.perf_counter() - start)
    return times


class Relay:
    """The tests' relay, of which we want the counts only."""

    def __init__(self, port):
        self.process = subprocess.Popen(
            [sys.executable, str(TOP / "tests/relay/relay.py"),
             f"127.0.0.1:{port}"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def bytes(self):
        self.process.stdin.write("count\n")
        self.process.stdin.flush()
        return sum(int(n) for n in
                   self.process.stdout.readline().split()[2:])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def figure(value):
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


class Table:
    """Rows of: what, ours, unit, goal, factor of the goal, slapd's, ratio.

    A factor above 1 is better than the goal, or than the other program.
    """

    def __init__(self):
        self.rows = []

    def add(self, what, ours, unit, goal=None, other=None, more=False):
        """@more: more is better; otherwise less is."""
        def better(reference):
            if not reference or not ours:
                return "-"
            ratio = ours / reference if more else reference / ours
            return f"x {figure(ratio)}"
        self.rows.append((what, figure(ours), unit, figure(goal), better(goal),
                          figure(other), better(other)))

    def text(self):
        head = ("", "c2c", "unit", "goal", "to goal", "slapd", "to slapd")
        rows = [head] + self.rows
        width = [max(len(row[i]) for row in rows) for i in range(len(head))]
        return "\n".join("  ".join(
            cell.ljust(width[i]) if i in (0, 2) else cell.rjust(width[i])
            for i, cell in enumerate(row)).rstrip() for row in rows)
