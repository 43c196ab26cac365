"""Keeps one Ray cluster: starts its daemons, and ends every one of them when its stdin ends, however that comes about.

Usage: python keeper.py FOLDER, the cluster's temporary folder, which is removed at the end. Each line of stdin is a JSON command, each answer a JSON line:
  {"start": NAME, "argv": [...], "env": {...}}  runs argv to its end; the daemons it leaves are kept under NAME. Answers {"code", "output", "kept": number of processes}
  {"end": NAME}                                 ends what is kept under NAME. Answers {"ended": number of processes}
"""

import ctypes
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time

# Ray brings psutil along; importing the whole of Ray for it would take seconds.
sys.path.append(os.path.join(importlib.util.find_spec("ray").submodule_search_locations[0], "thirdparty_files"))
import psutil  # noqa: E402

START_SECONDS = 300
FOLDER = sys.argv[1]
BECOME_REAPER = 36  # PR_SET_CHILD_SUBREAPER
LINUX = sys.platform == "linux"

kept = {}


def descendants():
    """Everything this process started. On Linux daemons come back to it when their parents end; elsewhere the folder in their command line tells them."""
    found = set(psutil.Process().children(recursive=True))
    if not LINUX:
        for process in psutil.process_iter(["cmdline"]):
            if process.pid != os.getpid() and any(FOLDER in word for word in process.info["cmdline"] or []):
                found.add(process)
    return found


def start(name, argv, env):
    before = descendants()
    done = subprocess.run(
        argv, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=START_SECONDS
    )
    kept[name] = descendants() - before
    return {"code": done.returncode, "output": done.stdout, "kept": len(kept[name])}


def end(processes):
    """At once and for good: a test's cluster has nothing to save. What a dying raylet started meanwhile ends too."""
    ended = set(processes)
    for _ in range(100):
        for process in list(ended):
            try:
                ended.update(process.children(recursive=True))
            except psutil.NoSuchProcess:
                pass
        alive = [process for process in ended if running(process)]
        if not alive:
            break
        for process in alive:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                pass
        reap()
        time.sleep(0.05)
    return len(ended)


def running(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def reap():
    """Takes leave of the dead, which would stay in the process table."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def answer(command):
    try:
        if "start" in command:
            return start(command["start"], command["argv"], command["env"])
        return {"ended": end(kept.pop(command["end"]))}
    except Exception as error:
        return {"code": 1, "output": f"{type(error).__name__}: {error}", "kept": 0}


def leave(*_):
    raise SystemExit


def main():
    if LINUX:
        ctypes.CDLL(None).prctl(BECOME_REAPER, 1, 0, 0, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line))), flush=True)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        # Whoever came back to this process while the others ended; then none is left to take leave of.
        for _ in range(100):
            end(descendants())
            if not psutil.Process().children():
                break
            reap()
            time.sleep(0.05)
        shutil.rmtree(FOLDER, ignore_errors=True)


main()
