"""Ray actors that publish vLLM's metrics the way vLLM's own Ray logger does, at rates that are known.

Usage: python engines.py ADDRESS ENGINES, where ENGINES is the JSON list of what each engine does (test/ray/truth.ts).
Prints one JSON line, the list of {"workerId", "pid"} in the order of ENGINES, when every engine publishes. Then each line of stdin is a JSON command:
  {"idle": INDEX}    the engine has no work any more: it sets its gauges to 0 once, and publishes nothing after that
  {"work": INDEX, "ticks": COUNT}  an engine that is idle works for exactly so many ticks, and is idle again
  {"kill": INDEX}    its process is killed, as when it crashed
  {"start": ENGINE}  one more engine
  {"agents": true}   where the agents of the nodes that Ray says are alive publish their metrics
and each answer a JSON line: {"workerId", "pid"} of the engine meant, or the list of the agents' ports. Ends with its stdin.
"""

import json
import os
import re
import signal
import sys
import threading
import time

import ray
from ray.util.metrics import Counter, Gauge, Histogram

TICKS_PER_SECOND = 10

# vLLM's own bounds (vllm/v1/metrics/loggers.py).
TTFT_BOUNDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0, 160.0, 640.0, 2560.0]
ITL_BOUNDS = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0]

LABELS = {"model_name": "tiny/qwen2-random", "engine": "0", "ReplicaId": ""}


# As vLLM names them: awake, and the levels of sleep.
SLEEP_STATES = ("awake", "weights_offloaded", "discard_all")


def make(kind, name, tag_keys=(), **options):
    """A metric by vLLM's name, made as vLLM's RayPrometheusMetric makes it: Ray takes no colon."""
    metric = kind(re.sub(r"[^a-zA-Z0-9_]", "_", name), description=name, tag_keys=(*LABELS, *tag_keys), **options)
    metric.set_default_tags(LABELS)
    return metric


@ray.remote(num_cpus=0, max_restarts=0)
class VLLMServerActor:
    """Named as SkyRL's actor is: that is how an engine is told from other actors."""

    def __init__(self, engine):
        self.gauges = {make(Gauge, name): value for name, value in engine["gauges"].items()}
        self.counters = {make(Counter, name): by for name, by in engine["perTick"].items()}
        self.histograms = [
            (make(Histogram, "vllm:time_to_first_token_seconds", boundaries=TTFT_BOUNDS), engine["ttftSeconds"]),
            (make(Histogram, "vllm:inter_token_latency_seconds", boundaries=ITL_BOUNDS), engine["itlSeconds"]),
        ]
        self.sleep_state = make(Gauge, "vllm:engine_sleep_state", ["sleep_state"]) if engine.get("sleeps") else None
        self.working = True
        threading.Thread(target=self.publish, daemon=True).start()

    def publish(self):
        """As many ticks as are due: a machine that is busy delays them, and loses none."""
        self.enter("awake")
        start = time.monotonic()
        done = 0
        while self.working:
            due = int((time.monotonic() - start) * TICKS_PER_SECOND) - done
            for _ in range(due):
                self.tick()
            done += due
            time.sleep(1 / TICKS_PER_SECOND)
        self.rest()

    def enter(self, now):
        """Like vLLM: on a change only."""
        if self.sleep_state:
            for state in SLEEP_STATES:
                self.sleep_state.set(1 if state == now else 0, {"sleep_state": state})

    def rest(self):
        for gauge in self.gauges:
            gauge.set(0)
        self.enter("weights_offloaded")

    def tick(self):
        for counter, by in self.counters.items():
            counter.inc(by)
        for gauge, value in self.gauges.items():
            gauge.set(value)
        for histogram, value in self.histograms:
            histogram.observe(value)

    def idle(self):
        self.working = False

    def work(self, ticks):
        threading.Thread(target=self.publish_ticks, args=(ticks,), daemon=True).start()

    def publish_ticks(self, ticks):
        self.enter("awake")
        for _ in range(ticks):
            self.tick()
            time.sleep(1 / TICKS_PER_SECOND)
        self.rest()

    def identity(self):
        return {"workerId": ray.get_runtime_context().get_worker_id(), "pid": os.getpid()}


def start(engine):
    """On the node that the engine names by a resource, or on any."""
    return VLLMServerActor.options(resources={engine["node"]: 0.001} if "node" in engine else {}).remote(engine)


def agents():
    return sorted(node["MetricsExportPort"] for node in ray.nodes() if node["Alive"])


def do(command, actors, identities):
    if "agents" in command:
        return agents()
    if "start" in command:
        actors.append(start(command["start"]))
        identities.append(ray.get(actors[-1].identity.remote()))
        return identities[-1]
    if "idle" in command:
        ray.get(actors[command["idle"]].idle.remote())
        return identities[command["idle"]]
    if "work" in command:
        ray.get(actors[command["work"]].work.remote(command["ticks"]))
        return identities[command["work"]]
    os.kill(identities[command["kill"]]["pid"], signal.SIGKILL)
    return identities[command["kill"]]


def own_stdout():
    """Ray prints what it thinks a person should know; here it goes to stderr, and answers alone to stdout."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def main():
    answers = own_stdout()
    ray.init(address=sys.argv[1], log_to_driver=False, logging_level="warning")
    actors = [start(engine) for engine in json.loads(sys.argv[2])]
    identities = ray.get([actor.identity.remote() for actor in actors])
    print(json.dumps(identities), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(do(json.loads(line), actors, identities)), file=answers, flush=True)
    # A cluster that is gone already would keep an orderly end waiting.
    os._exit(0)


main()
