"""Python's own client reads the bodies.

    python client.py ROUNDS FILE...    prints the processor's seconds of each round, one a line
"""
import sys
import time

from prometheus_client.parser import text_string_to_metric_families

rounds = int(sys.argv[1])
bodies = [open(path, encoding='utf-8').read() for path in sys.argv[2:]]
for _ in range(rounds):
    start = time.process_time()
    for body in bodies:
        for family in text_string_to_metric_families(body):
            len(family.samples)
    print(time.process_time() - start)
